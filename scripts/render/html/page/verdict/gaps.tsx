import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { useFirst } from '../parts/more.tsx';
import type { ShowSpan } from '../waterfall/waterfall.tsx';

type Gap = Report['gaps'][number];

/** Time of a span in which none of its children was running, the longest first. */
export function Gaps({ report, show }: { report: Report; show: ShowSpan }) {
  const gaps = report.gaps.toSorted((a, b) => b.durationMs - a.durationMs);
  const { shown, more } = useFirst(gaps, 8);
  const names = new Map(report.spans.map(({ id, service, name }) => [id, `${service}: ${name}`]));
  return (
    <Card title="Gaps" count={gaps.length}>
      {gaps.length === 0 && <p class="faint">Every stretch of a hundredth of the total has a span.</p>}
      {gaps.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col" class="number">
                  ms
                </th>
                <th scope="col" class="number">
                  from
                </th>
                <th scope="col" class="wide">
                  where
                </th>
                <th scope="col">
                  <span class="hidden">Action</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((gap) => (
                <tr key={`${gap.spanId}${gap.startMs}`}>
                  <td class="number">{ms(gap.durationMs)}</td>
                  <td class="number faint">{ms(gap.startMs)}</td>
                  <td>
                    in <b>{clean(names.get(gap.spanId) ?? gap.spanId)}</b>, {neighbours(gap)}
                  </td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Show the gap of ${ms(gap.durationMs)} ms in ${clean(names.get(gap.spanId) ?? '')}`}
                      onClick={() => show(gap.spanId, gap)}
                    >
                      show
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more}
    </Card>
  );
}

function neighbours({ before, after }: Gap): string {
  if (before && after) return `between ${clean(before.name)} and ${clean(after.name)}`;
  if (before) return `after ${clean(before.name)}`;
  return after ? `before ${clean(after.name)}` : 'all of it';
}
