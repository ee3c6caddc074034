import type { ProfileReport, ProfileRow } from '../../../../report/profile.ts';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { KindBar, KindLabel } from '../parts/kind.tsx';
import { useFirst } from '../parts/more.tsx';

export function ProfileTables({ profile: { categories, functions } }: { profile: ProfileReport }) {
  return (
    <>
      <Card title="By kind">
        <KindBar parts={categories} />
        <Rows rows={categories} />
      </Card>
      <Card title="By function and span" count={functions.length}>
        <Rows rows={functions} what="function or span" />
      </Card>
    </>
  );
}

function Rows({ rows, what }: { rows: readonly ProfileRow[]; what?: string }) {
  const { shown, more } = useFirst(rows, 25);
  const widest = rows.reduce((most, row) => Math.max(most, Math.abs(row.slowMs - row.fastMs)), 0) || 1;
  return (
    <>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                share
              </th>
              <th scope="col" class="number">
                p50 ms
              </th>
              <th scope="col" class="number secondary">
                p95 ms
              </th>
              <th scope="col" class="number secondary" title="mean over the fast half of the requests">
                fast half
              </th>
              <th scope="col" class="number secondary" title="mean over the slow half of the requests">
                slow half
              </th>
              <th scope="col" class="number">
                difference
              </th>
              <th scope="col">kind</th>
              {what === undefined ? (
                <td class="wide" />
              ) : (
                <th scope="col" class="wide">
                  {what}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={`${row.kind} ${row.name} ${row.location}`}>
                <td class="number">{percent(row.share)}</td>
                <td class="number">{ms(row.p50Ms)}</td>
                <td class="number secondary">{ms(row.p95Ms)}</td>
                <td class="number faint secondary">{ms(row.fastMs)}</td>
                <td class="number faint secondary">{ms(row.slowMs)}</td>
                <td class="number difference">
                  <Difference by={row.slowMs - row.fastMs} widest={widest} />
                </td>
                <td>
                  <KindLabel kind={row.kind} />
                </td>
                <td>
                  {row.name === row.kind ? '' : clean(row.name)}{' '}
                  {row.location !== null && <code>{clean(row.location)}</code>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more}
    </>
  );
}

/** What the slow requests spend more (or less) than the fast ones. */
function Difference({ by, widest }: { by: number; widest: number }) {
  return (
    <>
      <span class="difference-bar" aria-hidden="true" style={{ width: `${(Math.abs(by) / widest) * 100}%` }} />
      <span class="difference-text">{by < 0 ? `−${ms(-by)}` : `+${ms(by)}`}</span>
    </>
  );
}
