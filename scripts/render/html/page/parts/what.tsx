import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { describeEstimate } from '../span.ts';

type Named = Pick<Report['accounting'][number], 'name' | 'location' | 'caller' | 'samples'>;

/** What time was spent on, where that is, which of the reader's own functions called it, and whether it is an estimate. */
export function What({ name, location, caller, samples }: Named) {
  return (
    <>
      <span class="what-name">{clean(name)}</span> {location !== null && <code>{clean(location)}</code>}
      {caller !== null && (
        <span class="faint">
          {' '}
          called by <code>{clean(caller)}</code>
        </span>
      )}
      {samples > 0 && <span class="faint secondary"> ({describeEstimate({ samples })})</span>}
    </>
  );
}

/** A time, marked where it is not a measurement. */
export const estimated = ({ samples }: Pick<Named, 'samples'>, value: number): string =>
  samples > 0 ? `≈ ${ms(value)}` : ms(value);
