import { isLeaf, type Row } from './rows.ts';
import { activate, collapseAll, expandAll, nextMatch, toggle, type Waterfall, zoomTo } from './state.ts';
import { pan, zoom } from './view.ts';

type Action = (waterfall: Waterfall) => void;

const ZOOM_STEP = 1.5;
const PAN_STEP = 0.2;
/** Rows that Page Up and Page Down pass. */
const PAGE = 20;

/** The treegrid's own keys are those of the ARIA pattern; single letters act only while the focus is in it (WCAG 2.1.4). */
const actions: Record<string, Action> = {
  ArrowDown: (waterfall) => move(waterfall, 1),
  ArrowUp: (waterfall) => move(waterfall, -1),
  PageDown: (waterfall) => move(waterfall, PAGE),
  PageUp: (waterfall) => move(waterfall, -PAGE),
  Home: (waterfall) => move(waterfall, Number.NEGATIVE_INFINITY),
  End: (waterfall) => move(waterfall, Number.POSITIVE_INFINITY),
  ArrowRight: inward,
  ArrowLeft: outward,
  'Shift+ArrowRight': (waterfall) => panBy(waterfall, PAN_STEP),
  'Shift+ArrowLeft': (waterfall) => panBy(waterfall, -PAN_STEP),
  ' ': (waterfall) => onActive(waterfall, (row) => toggle(waterfall, row)),
  Enter: (waterfall) => onActive(waterfall, ({ span }) => zoomTo(waterfall, span)),
  f: (waterfall) => onActive(waterfall, ({ span }) => zoomTo(waterfall, span)),
  '+': (waterfall) => zoomBy(waterfall, 1 / ZOOM_STEP),
  '=': (waterfall) => zoomBy(waterfall, 1 / ZOOM_STEP),
  '-': (waterfall) => zoomBy(waterfall, ZOOM_STEP),
  '0': resetView,
  c: toggleCritical,
  e: expandAll,
  'Shift+E': collapseAll,
  n: (waterfall) => nextMatch(waterfall, 1),
  'Shift+N': (waterfall) => nextMatch(waterfall, -1),
  Escape: (waterfall) => {
    waterfall.active.value = null;
  },
};

/** What the help says of them. */
export const keyHelp: readonly (readonly [keys: string, action: string])[] = [
  ['↑ ↓ · Page Up, Page Down · Home, End', 'move through the spans'],
  ['→', 'expand, then go to the first child'],
  ['←', 'collapse, then go to the parent'],
  ['Space', 'expand or collapse'],
  ['e · Shift E', 'expand all, collapse all'],
  ['Enter or f', 'zoom to the span'],
  ['+ · −', 'zoom in and out (also Ctrl and the mouse wheel)'],
  ['Shift ← →', 'move the view (also drag, or Shift and the mouse wheel)'],
  ['0', 'show the whole time'],
  ['c', 'critical path only, or everything'],
  ['/', 'search'],
  ['n · Shift N', 'next and previous match'],
  ['Esc', 'close the details'],
];

/** @returns whether the key meant something */
export function press(waterfall: Waterfall, event: Pick<KeyboardEvent, 'key' | 'shiftKey'>): boolean {
  const shifted = event.shiftKey && /^(Arrow\w+|[A-Z])$/.test(event.key) ? `Shift+${event.key}` : event.key;
  const action = actions[shifted];
  action?.(waterfall);
  return action !== undefined;
}

export function zoomBy({ view, whole, active }: Waterfall, factor: number): void {
  const { start, end } = view.value;
  const span = active.value?.span;
  const middle = span ? span.startMs + span.durationMs / 2 : Number.NaN;
  view.value = zoom(view.value, factor, middle > start && middle < end ? middle : (start + end) / 2, whole);
}

export function panBy({ view, whole }: Waterfall, by: number): void {
  view.value = pan(view.value, by, whole);
}

export function resetView({ view, whole }: Waterfall): void {
  view.value = whole;
}

export function toggleCritical({ criticalOnly, active }: Waterfall): void {
  criticalOnly.value = !criticalOnly.value;
  if (criticalOnly.value && active.value?.span.onCriticalPath === false) active.value = null;
}

function onActive({ active }: Waterfall, act: (row: Row) => void): void {
  if (active.value) act(active.value);
}

function move(waterfall: Waterfall, by: number): void {
  const rows = waterfall.visible.value;
  const from = waterfall.active.value ? rows.indexOf(waterfall.active.value) : -1;
  const row = rows[Math.min(rows.length - 1, Math.max(0, from + by))];
  if (row) activate(waterfall, row);
}

function inward(waterfall: Waterfall): void {
  const row = waterfall.active.value;
  if (row && waterfall.collapsed.value.has(row.span.id)) toggle(waterfall, row);
  else if (!row || !isLeaf(row)) move(waterfall, 1);
}

function outward(waterfall: Waterfall): void {
  const row = waterfall.active.value;
  if (!row) return;
  const parent = waterfall.rows[row.parent];
  if (!isLeaf(row) && !waterfall.collapsed.value.has(row.span.id)) toggle(waterfall, row);
  else if (parent) activate(waterfall, parent);
}
