import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { describeEstimate, type Estimate, estimateOf } from '../span.ts';
import { isLeaf, type Row } from './rows.ts';
import { activate, toggle, type Waterfall } from './state.ts';
import { place } from './view.ts';

interface GridRowProps {
  waterfall: Waterfall;
  row: Row;
  id: string;
  rowIndex: number;
  /** px from the first row. */
  top: number;
  active: boolean;
}

export function GridRow({ waterfall, row, id, rowIndex, top, active }: GridRowProps) {
  const { span } = row;
  const estimate = estimateOf(span);
  const expanded = isLeaf(row) ? undefined : !waterfall.collapsed.value.has(span.id);
  const matched = waterfall.matches.value?.includes(row) ?? false;
  const above = waterfall.rows[row.parent]?.span.service;
  const classes = ['grid-row', waterfall.colours.get(span.service), active && 'active', matched && 'matched'];
  return (
    <div
      id={id}
      role="row"
      class={classes.filter(Boolean).join(' ')}
      style={{ top: `${top}px` }}
      aria-rowindex={rowIndex}
      aria-level={Math.max(1, span.depth + 1)}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={expanded}
      aria-selected={active}
      onClick={() => activate(waterfall, row)}
      onDblClick={() => toggle(waterfall, row)}
    >
      <div role="gridcell" class="name">
        <Mark shown={span.onCriticalPath} mark="◆" meaning="on the critical path" class="marker" />
        <span class="indent" style={{ '--depth': span.depth }} />
        <Twisty expanded={expanded} onToggle={() => toggle(waterfall, row)} />
        {span.error !== null && <Mark shown mark="✖" meaning={`failed: ${clean(span.error)}`} class="error-mark" />}
        <span class={above === span.service ? 'hidden' : 'service'}>{clean(span.service)}</span>
        <span class="title" title={clean(span.name)}>
          {clean(span.name)}
        </span>
        {estimate && (
          <Mark shown mark={`≈ ${estimate.samples ?? ''}`} meaning={describeEstimate(estimate)} class="estimate" />
        )}
      </div>
      <div role="gridcell" class="timeline" aria-label={`starts at ${ms(span.startMs)} ms`}>
        <Bar waterfall={waterfall} row={row} estimate={estimate} />
      </div>
      <div role="gridcell" class="number">
        {estimate && '≈ '}
        {ms(span.durationMs)}
      </div>
      <div role="gridcell" class="number faint">
        {ms(span.selfMs)}
      </div>
    </div>
  );
}

/** A sign for the eye, and in words what it stands for. */
function Mark({ shown, mark, meaning, class: name }: { shown: boolean; mark: string; meaning: string; class: string }) {
  return (
    <>
      <span class={name} aria-hidden="true">
        {shown ? mark : ''}
      </span>
      {shown && <span class="hidden">{meaning}</span>}
    </>
  );
}

/** For the mouse: the keyboard has the arrows. */
function Twisty({ expanded, onToggle }: { expanded: boolean | undefined; onToggle: () => void }) {
  const mark = expanded === undefined ? '' : expanded ? '▾' : '▸';
  return (
    <span
      class="twisty"
      aria-hidden="true"
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      {mark}
    </span>
  );
}

/** Pale while the span runs, solid where it is the critical path's own time, dotted where none of its children runs. */
function Bar({
  waterfall,
  row: { span },
  estimate,
}: Pick<GridRowProps, 'waterfall' | 'row'> & { estimate: Estimate | null }) {
  const view = waterfall.view.value;
  const bar = place(view, span.startMs, span.durationMs);
  if (!bar) return <span class="beyond">{span.startMs < view.start ? '◂' : '▸'}</span>;
  const critical = estimate ? [] : (waterfall.critical.get(span.id) ?? []);
  return (
    <span class={`bar${estimate ? ' inferred' : ''}${span.error === null ? '' : ' failed'}`} style={percentages(bar)}>
      {inBar(span, waterfall.gaps.get(span.id) ?? [], view, 'gap')}
      {inBar(span, critical, view, 'critical')}
    </span>
  );
}

type Stretch = { startMs: number; durationMs: number };

/** Stretches of a span as parts of its bar, both cut to the view. */
function inBar(span: Stretch, stretches: readonly Stretch[], view: { start: number; end: number }, kind: string) {
  const start = Math.max(view.start, span.startMs);
  const shown = { start, end: Math.min(view.end, span.startMs + span.durationMs) };
  return stretches.map(({ startMs, durationMs }) => {
    const part = place(shown, startMs, durationMs);
    return part && <span key={`${kind}${startMs}`} class={kind} style={percentages(part)} />;
  });
}

const percentages = ({ left, width }: { left: number; width: number }) => ({ left: `${left}%`, width: `${width}%` });
