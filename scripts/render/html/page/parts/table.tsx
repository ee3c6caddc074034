import type { ComponentChildren } from 'preact';
import { useFirst } from './more.tsx';

export interface Column<T> {
  /** '': a column for the eye alone, which says nothing that the others do not. */
  title: string;
  /** What the title means, where it is not plain. */
  hint?: string;
  /** Of the cells and the heading: `number`, `wide`, `faint`, `secondary` (not on narrow screens) … */
  class?: string;
  cell: (row: T) => ComponentChildren;
}

interface TableProps<T> {
  columns: readonly Column<T>[];
  rows: readonly T[];
  /** More rows than this wait behind a button. */
  most: number;
  caption?: string;
}

export function Table<T>({ columns, rows, most, caption }: TableProps<T>) {
  const { shown, more } = useFirst(rows, most);
  return (
    <>
      <div class="scroll">
        <table>
          {caption !== undefined && <caption>{caption}</caption>}
          <thead>
            <tr>{columns.map(heading)}</tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index}>
                {columns.map(({ title, class: name, cell }) => (
                  <td key={title} class={name} aria-hidden={title === '' || undefined}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more}
    </>
  );
}

function heading<T>({ title, hint, class: name }: Column<T>) {
  if (title === '') return <td key={title} class={name} />;
  return (
    <th key={title} scope="col" class={name} title={hint}>
      {title}
    </th>
  );
}
