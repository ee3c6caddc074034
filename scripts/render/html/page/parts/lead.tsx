import type { ComponentChildren } from 'preact';
import { ms } from '../../../numbers.ts';

interface LeadProps {
  totalMs: number;
  /** What the total is. */
  unit: string;
  title: string;
  level?: 'h1' | 'h2';
  /** The facts in small print; what is falsy is left out. */
  facts: readonly ComponentChildren[];
}

/** The one figure that everything below explains, and of what it is. */
export function Lead({ totalMs, unit, title, level: Heading = 'h1', facts }: LeadProps) {
  return (
    <div class="headline">
      <p class="total">
        {ms(totalMs)} <span class="unit">{unit}</span>
      </p>
      <div>
        <Heading>{title}</Heading>
        <p class="faint">{facts.filter(Boolean).join(' · ')}</p>
      </div>
    </div>
  );
}

/** "1 span", "1,200 spans" */
export function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
