import type { Report } from '../report/schema.ts';
import { clean } from './clean.ts';
import type { Paint } from './format.ts';

/** What was odd about the input, a line each; nothing when nothing was. */
export function renderWarnings(all: Report['warnings'], paint: Paint): string {
  if (all.length === 0) return '';
  return [paint('bold', 'Warnings'), ...all.map(({ message }) => `${paint('yellow', '▲')} ${clean(message)}`)].join(
    '\n',
  );
}
