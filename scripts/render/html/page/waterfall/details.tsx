import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { Facts } from '../parts/facts.tsx';
import { describeEstimate, estimateOf, locationOf, show } from '../span.ts';
import { activateSpan, type Waterfall, zoomTo } from './state.ts';

/** Everything that is known of the active span. */
export function Details({ waterfall, id }: { waterfall: Waterfall; id: string }) {
  const row = waterfall.active.value;
  if (!row) return null;
  const { span } = row;
  const { report } = waterfall;
  const estimate = estimateOf(span);
  const location = locationOf(span);
  const own = (waterfall.critical.get(span.id) ?? []).reduce((sum, { durationMs }) => sum + durationMs, 0);
  const gaps = waterfall.gaps.get(span.id) ?? [];
  const findings = report.findings.filter(({ spanIds }) => spanIds.includes(span.id));
  const share = report.totalMs > 0 ? ` (${percent(span.durationMs / report.totalMs)})` : '';
  return (
    <aside class={`details ${waterfall.colours.get(span.service)}`} aria-labelledby={id}>
      <header>
        <h3 id={id}>{clean(span.name)}</h3>
        <button type="button" aria-label="Close the details" onClick={() => (waterfall.active.value = null)}>
          ✕
        </button>
      </header>
      <p class="origin">
        <span class="swatch" aria-hidden="true" />
        {clean(span.service)} · {span.kind}
      </p>
      {span.error !== null && (
        <p class="error-text">
          <span aria-hidden="true">✖ </span>
          {clean(span.error)}
        </p>
      )}
      {estimate && (
        <p class="note">
          ≈ {describeEstimate(estimate)}
          {estimate.kind && ` (${estimate.kind})`}
        </p>
      )}
      <Facts
        facts={[
          ['Duration', `${ms(span.durationMs)} ms${share}`],
          ['Self', `${ms(span.selfMs)} ms`],
          ['Start', `${ms(span.startMs)} ms`],
          ['Critical path', span.onCriticalPath ? `${ms(own)} ms of its own` : 'not on it'],
          ...(location === null ? [] : [['Where', location] as const]),
        ]}
      />
      <p>
        <button type="button" onClick={() => zoomTo(waterfall, span)}>
          Zoom to it
        </button>
        {row.parent >= 0 && (
          <button type="button" onClick={() => span.parentId && activateSpan(waterfall, span.parentId)}>
            Parent
          </button>
        )}
      </p>
      {findings.map(({ rule, message, next }) => (
        <p class="note" key={`${rule}${message}`}>
          <strong>{rule}</strong> {clean(message)} <br />→ {clean(next)}
        </p>
      ))}
      {gaps.length > 0 && (
        <>
          <h4>Gaps</h4>
          <ul class="plain">
            {gaps.map((gap) => (
              <li key={gap.startMs}>
                {ms(gap.durationMs)} ms from {ms(gap.startMs)} ms
              </li>
            ))}
          </ul>
        </>
      )}
      <Attributes title="Attributes" attributes={span.attributes} />
      {span.events.length > 0 && <h4>Events</h4>}
      {span.events.map((event, index) => (
        <Attributes key={index} title={`${clean(event.name)} at ${ms(event.atMs)} ms`} attributes={event.attributes} />
      ))}
      <p class="faint">
        Span <code>{span.id}</code>
      </p>
    </aside>
  );
}

function Attributes({ title, attributes }: { title: string; attributes: Record<string, unknown> }) {
  const entries = Object.entries(attributes);
  return (
    <>
      <h4>{title}</h4>
      {entries.length === 0 && <p class="faint">none</p>}
      <dl class="attributes">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{clean(name)}</dt>
            <dd>{show(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
