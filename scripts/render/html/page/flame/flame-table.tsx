import { useMemo } from 'preact/hooks';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { KindLabel } from '../parts/kind.tsx';
import { useFirst } from '../parts/more.tsx';
import { type Frame, toRows } from './layout.ts';

/** The flame graph without its drawing: one row a function or span, by its own time. */
export function FlameTable({ root, query }: { root: Frame; query: string }) {
  const rows = useMemo(() => toRows(root), [root]);
  const wanted = query.trim().toLowerCase();
  const { shown, more } = useFirst(
    rows.filter(({ name, location }) => `${name} ${location ?? ''}`.toLowerCase().includes(wanted)),
    15,
  );
  const total = root.data.valueMs || 1;
  return (
    <>
      <div class="scroll">
        <table>
          <caption>The same as a table{wanted && ', what was searched for'}</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                self ms
              </th>
              <th scope="col" class="number">
                share
              </th>
              <th scope="col" class="number secondary">
                total ms
              </th>
              <th scope="col" class="number secondary">
                samples
              </th>
              <th scope="col">kind</th>
              <th scope="col" class="wide">
                function or span
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ kind, name, location, selfMs, totalMs, samples }) => (
              <tr key={`${kind} ${name} ${location}`}>
                <td class="number">{ms(selfMs)}</td>
                <td class="number">{percent(selfMs / total)}</td>
                <td class="number secondary">{ms(totalMs)}</td>
                <td class="number faint secondary">{samples?.toLocaleString('en') ?? ''}</td>
                <td>{kind === 'span' ? 'span' : <KindLabel kind={kind} />}</td>
                <td>
                  {clean(name)} {location !== null && <code>{clean(location)}</code>}
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
