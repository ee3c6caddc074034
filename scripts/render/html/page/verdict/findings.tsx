import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { describePlan } from '../../../plan-words.ts';
import { Card } from '../parts/card.tsx';
import type { ShowSpan } from '../waterfall/waterfall.tsx';

const marks = { error: '✖', warning: '▲', info: '•' } as const;

export function Findings({ report: { findings, spans }, show }: { report: Report; show: ShowSpan }) {
  return (
    <Card title="Findings" count={findings.length}>
      {findings.length === 0 && <p class="faint">Nothing stands out.</p>}
      <ul class="findings">
        {findings.map(({ rule, severity, message, ms: stake, spanIds, next, plan }) => (
          <li key={`${rule}${message}`} class={severity}>
            <p>
              <span class="severity">
                <span aria-hidden="true">{marks[severity]}</span> {severity}
              </span>
              <code>{rule}</code>
              {stake !== null && <span class="stake">{ms(stake)} ms</span>}
            </p>
            <p>{clean(message)}</p>
            {plan && <p class="faint">{describePlan(plan)}</p>}
            <p class="next">→ {clean(next)}</p>
            <SpanButtons ids={spanIds} spans={spans} show={show} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** More buttons than this would be a second waterfall. */
const MOST = 3;

export function SpanButtons({ ids, spans, show }: { ids: readonly string[]; spans: Report['spans']; show: ShowSpan }) {
  const known = ids.flatMap((id) => spans.find((span) => span.id === id) ?? []);
  if (known.length === 0) return null;
  return (
    <p class="span-buttons">
      {known.slice(0, MOST).map(({ id, name }) => (
        <button type="button" key={id} onClick={() => show(id)}>
          {clean(name)}
        </button>
      ))}
      {known.length > MOST && <span class="faint">and {known.length - MOST} more</span>}
    </p>
  );
}
