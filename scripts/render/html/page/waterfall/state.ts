import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Report } from '../../../../report/schema.ts';
import { colourServices } from '../colours.ts';
import { textOf } from '../span.ts';
import { ancestors, isLeaf, type Row, step, toRows, visibleRows } from './rows.ts';
import { around, type View } from './view.ts';

type Stretch = Pick<Report['criticalPath'][number], 'startMs' | 'durationMs'>;

/** A waterfall and what its reader has done to it. */
export interface Waterfall {
  report: Report;
  rows: readonly Row[];
  colours: ReadonlyMap<string, string>;
  /** Stretches of the critical path that are a span's own, by its id. */
  critical: ReadonlyMap<string, readonly Stretch[]>;
  gaps: ReadonlyMap<string, readonly Report['gaps'][number][]>;
  whole: View;
  view: Signal<View>;
  /** Ids of the spans whose children are hidden. */
  collapsed: Signal<ReadonlySet<string>>;
  criticalOnly: Signal<boolean>;
  visible: ReadonlySignal<Row[]>;
  /** The row that the keyboard is on, and that the details are of. */
  active: Signal<Row | null>;
  query: Signal<string>;
  /** null: nothing is searched for. */
  matches: ReadonlySignal<Row[] | null>;
}

export function createWaterfall(report: Report): Waterfall {
  const rows = toRows(report.spans);
  const whole = extent(report);
  const collapsed = signal<ReadonlySet<string>>(new Set());
  const criticalOnly = signal(false);
  const query = signal('');
  let texts: string[] | null = null;
  return {
    report,
    rows,
    colours: colourServices(report.spans.map(({ service }) => service)),
    critical: Map.groupBy(report.criticalPath, ({ spanId }) => spanId),
    gaps: Map.groupBy(report.gaps, ({ spanId }) => spanId),
    whole,
    view: signal(whole),
    collapsed,
    criticalOnly,
    visible: computed(() => visibleRows(rows, collapsed.value, criticalOnly.value)),
    active: signal<Row | null>(null),
    query,
    matches: computed(() => {
      const wanted = query.value.trim().toLowerCase();
      if (wanted === '') return null;
      texts ??= report.spans.map(textOf);
      return rows.filter(({ index }) => texts?.[index]?.includes(wanted));
    }),
  };
}

/** Makes a row the active one, and visible where it was not. */
export function activate(waterfall: Waterfall, row: Row): void {
  batch(() => {
    const hidden = ancestors(waterfall.rows, row).filter(({ span }) => waterfall.collapsed.value.has(span.id));
    if (hidden.length > 0) {
      const left = new Set(waterfall.collapsed.value);
      for (const { span } of hidden) left.delete(span.id);
      waterfall.collapsed.value = left;
    }
    if (!row.span.onCriticalPath) waterfall.criticalOnly.value = false;
    waterfall.active.value = row;
  });
}

/** @returns whether there is a span of this id */
export function activateSpan(waterfall: Waterfall, id: string): boolean {
  const row = waterfall.rows.find(({ span }) => span.id === id);
  if (row) activate(waterfall, row);
  return row !== undefined;
}

export function toggle(waterfall: Waterfall, row: Row): void {
  if (isLeaf(row)) return;
  const next = new Set(waterfall.collapsed.value);
  if (!next.delete(row.span.id)) next.add(row.span.id);
  collapse(waterfall, next);
}

export function expandAll({ collapsed }: Waterfall): void {
  collapsed.value = new Set();
}

/** Leaves the roots and what is right below them. */
export function collapseAll(waterfall: Waterfall): void {
  const inner = waterfall.rows.filter((row) => !isLeaf(row) && row.span.depth > 0);
  collapse(waterfall, new Set(inner.map(({ span }) => span.id)));
}

/** Where the active row vanishes, the one that it vanishes into takes its place. */
function collapse({ rows, collapsed, active }: Waterfall, ids: ReadonlySet<string>): void {
  batch(() => {
    collapsed.value = ids;
    const row = active.value;
    if (row) active.value = ancestors(rows, row).findLast(({ span }) => ids.has(span.id)) ?? row;
  });
}

export function nextMatch(waterfall: Waterfall, direction: 1 | -1): void {
  const { matches, active } = waterfall;
  const row = step(matches.value ?? [], active.value?.index ?? -1, direction);
  if (row) activate(waterfall, row);
}

/** Shows a stretch of time in full width. */
export function zoomTo({ view, whole }: Waterfall, { startMs, durationMs }: Stretch): void {
  view.value = around({ start: startMs, end: startMs + durationMs }, whole);
}

/** From the first start to the last end: spans may lie outside of the main root. */
function extent({ spans, totalMs }: Report): View {
  let start = 0;
  let end = totalMs;
  for (const { startMs, durationMs } of spans) {
    start = Math.min(start, startMs);
    end = Math.max(end, startMs + durationMs);
  }
  return { start, end: end > start ? end : start + 0.001 };
}
