import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { press } from './keys.ts';
import { usePointer } from './pointer.ts';
import { usePrinting } from './print.ts';
import { GridRow } from './row.tsx';
import type { Waterfall } from './state.ts';
import { place, tickLabel, ticks } from './view.ts';

/** px, as in the style sheet: only rows that are in sight are there at all. */
const ROW = 26;
const HEAD = 30;
/** Rows that are drawn beyond what is in sight. */
const SPARE = 10;
/** px that a label of the ruler needs. */
const TICK = 90;
/** A page on paper has all rows, up to a book. */
const MOST_PRINTED = 2000;

/** What of the rows can be seen, px, and how many labels the ruler has room for. */
interface Sight {
  top: number;
  height: number;
  ticks: number;
}

interface GridProps {
  waterfall: Waterfall;
  id: string;
  onSearch: () => void;
  onHelp: () => void;
}

/** The spans as an ARIA treegrid. The focus stays on the grid and names the active row, which may scroll in and out of being. */
export function Grid({ waterfall, id, onSearch, onHelp }: GridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const sight = useSignal<Sight>({ top: 0, height: 600, ticks: 6 });
  const printing = usePrinting();
  usePointer(grid, waterfall);
  useFollowActive(grid, waterfall);
  useSight(grid, sight);

  const rows = waterfall.visible.value;
  const active = waterfall.active.value;
  const first = printing ? 0 : Math.max(0, Math.floor(sight.value.top / ROW) - SPARE);
  const last = printing ? MOST_PRINTED : Math.ceil((sight.value.top + sight.value.height) / ROW) + SPARE;
  const shown = rows.slice(first, last).map((row, offset) => ({ row, at: first + offset }));
  const activeAt = active ? rows.indexOf(active) : -1;
  if (active && activeAt >= 0 && (activeAt < first || activeAt >= last)) shown.push({ row: active, at: activeAt });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') onSearch();
    else if (event.key === '?') onHelp();
    else if (!press(waterfall, event)) return;
    event.preventDefault();
  };
  return (
    <div
      ref={grid}
      id={id}
      class="grid"
      role="treegrid"
      tabIndex={0}
      aria-label="Spans by time"
      aria-rowcount={rows.length + 1}
      aria-colcount={4}
      aria-readonly="true"
      aria-activedescendant={active && activeAt >= 0 ? `${id}-${active.index}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) => {
        sight.value = { ...sight.value, top: currentTarget.scrollTop };
      }}
    >
      <div role="rowgroup" class="grid-head">
        <div role="row" class="grid-row" aria-rowindex={1}>
          <div role="columnheader">Span</div>
          <div role="columnheader" class="ruler">
            <span class="hidden">Time</span>
            <Ruler waterfall={waterfall} most={sight.value.ticks} />
          </div>
          <div role="columnheader" class="number">
            ms
          </div>
          <div role="columnheader" class="number" title="while no child was running">
            self
          </div>
        </div>
      </div>
      <div
        role="rowgroup"
        class="grid-body"
        style={{ height: `${Math.min(rows.length, printing ? MOST_PRINTED : Infinity) * ROW}px` }}
      >
        <Lines waterfall={waterfall} most={sight.value.ticks} />
        {shown.map(({ row, at }) => (
          <GridRow
            key={row.index}
            waterfall={waterfall}
            row={row}
            id={`${id}-${row.index}`}
            rowIndex={at + 2}
            top={at * ROW}
            active={row === active}
          />
        ))}
      </div>
    </div>
  );
}

function Ruler({ waterfall, most }: { waterfall: Waterfall; most: number }) {
  const view = waterfall.view.value;
  const times = ticks(view, most);
  return (
    <>
      {times.map((time) => (
        <span class="tick" key={time} style={{ left: `${place(view, time, 0)?.left}%` }} aria-hidden="true">
          {tickLabel(time, times)}
        </span>
      ))}
    </>
  );
}

/** The ruler's ticks, through all rows. */
function Lines({ waterfall, most }: { waterfall: Waterfall; most: number }) {
  const view = waterfall.view.value;
  return (
    <div class="lines" aria-hidden="true">
      {ticks(view, most).map((time) => (
        <span key={time} style={{ left: `${place(view, time, 0)?.left}%` }} />
      ))}
    </div>
  );
}

/** Scrolls the active row into sight whenever another one becomes it. */
function useFollowActive(grid: { current: HTMLDivElement | null }, { active, visible }: Waterfall): void {
  const at = useComputed(() => (active.value ? visible.value.indexOf(active.value) : -1)).value;
  useLayoutEffect(() => {
    const element = grid.current;
    if (!element || at < 0) return;
    const top = at * ROW;
    const height = element.clientHeight - HEAD;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + height) element.scrollTop = top + ROW - height;
  }, [grid, at]);
}

function useSight(grid: { current: HTMLDivElement | null }, sight: { value: Sight }): void {
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const ruler = element.querySelector('.ruler')?.clientWidth ?? 0;
      sight.value = {
        top: element.scrollTop,
        height: element.clientHeight,
        ticks: Math.max(1, Math.floor(ruler / TICK)),
      };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [grid, sight]);
}
