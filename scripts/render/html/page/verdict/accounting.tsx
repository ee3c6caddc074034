import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { KindBar, KindLabel } from '../parts/kind.tsx';
import { useFirst } from '../parts/more.tsx';

/** Where the time went, ranked. */
export function Accounting({ report: { accounting } }: { report: Report }) {
  const { shown, more } = useFirst(accounting, 15);
  const largest = accounting[0]?.share ?? 1;
  return (
    <Card title="Where the time went">
      <KindBar parts={accounting} />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                ms
              </th>
              <th scope="col" class="number">
                share
              </th>
              <td class="share" />
              <th scope="col">kind</th>
              <th scope="col" class="wide">
                what
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ kind, name, location, ms: spent, share }) => (
              <tr key={`${kind} ${name} ${location}`}>
                <td class="number">{ms(spent)}</td>
                <td class="number">{percent(share)}</td>
                <td class="share" aria-hidden="true">
                  <span class={`share-bar kind-${kind}`} style={{ width: `${(share / largest) * 100}%` }} />
                </td>
                <td>
                  <KindLabel kind={kind} />
                </td>
                <td class="what">
                  <span class="what-name">{clean(name)}</span> {location !== null && <code>{clean(location)}</code>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more}
    </Card>
  );
}
