import { clean } from '../../../clean.ts';
import { estimateOf } from '../span.ts';
import type { Waterfall } from './state.ts';

export function Legend({ waterfall: { colours, rows } }: { waterfall: Waterfall }) {
  const estimates = rows.some(({ span }) => estimateOf(span) !== null);
  return (
    <ul class="legend" aria-label="Legend">
      {[...colours].map(([service, colour]) => (
        <li key={service} class={colour}>
          <span class="swatch" aria-hidden="true" />
          {clean(service)}
        </li>
      ))}
      <li>
        <span class="marker" aria-hidden="true">
          ◆
        </span>
        on the critical path, solid where its own time
      </li>
      <li>
        <span class="swatch gap-sample" aria-hidden="true" />
        gap: no child runs
      </li>
      {estimates && (
        <li>
          <span class="swatch inferred-sample" aria-hidden="true" />≈ n: estimate from n samples
        </li>
      )}
    </ul>
  );
}
