import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { Card } from '../parts/card.tsx';
import { useFirst } from '../parts/more.tsx';
import type { ShowSpan } from '../waterfall/waterfall.tsx';

/** What is odd about the input. */
export function Warnings({ warnings, show }: { warnings: Report['warnings']; show?: ShowSpan }) {
  const { shown, more } = useFirst(warnings, 5);
  if (warnings.length === 0) return null;
  return (
    <Card title="Warnings" count={warnings.length}>
      <ul class="findings">
        {shown.map(({ code, message, spanIds: [first] }) => (
          <li key={`${code}${message}`} class="warning">
            <span aria-hidden="true">▲ </span>
            {clean(message)}
            {show && first !== undefined && (
              <button type="button" class="inline" onClick={() => show(first)}>
                show
              </button>
            )}
          </li>
        ))}
      </ul>
      {more}
    </Card>
  );
}
