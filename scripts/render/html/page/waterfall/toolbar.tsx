import type { RefObject } from 'preact';
import { panBy, resetView, toggleCritical, zoomBy } from './keys.ts';
import { collapseAll, expandAll, nextMatch, type Waterfall } from './state.ts';

interface ToolbarProps {
  waterfall: Waterfall;
  search: RefObject<HTMLInputElement | null>;
  onHelp: () => void;
  gridId: string;
}

export function Toolbar({ waterfall, search, onHelp, gridId }: ToolbarProps) {
  return (
    <div class="toolbar">
      <Search waterfall={waterfall} input={search} gridId={gridId} />
      <fieldset class="group">
        <legend class="hidden">Time</legend>
        <button type="button" onClick={() => zoomBy(waterfall, 1 / 1.5)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => zoomBy(waterfall, 1.5)} aria-label="Zoom out">
          −
        </button>
        <button type="button" onClick={() => panBy(waterfall, -0.2)} aria-label="Move to the left">
          ←
        </button>
        <button type="button" onClick={() => panBy(waterfall, 0.2)} aria-label="Move to the right">
          →
        </button>
        <button type="button" onClick={() => resetView(waterfall)}>
          Whole
        </button>
      </fieldset>
      <fieldset class="group">
        <legend class="hidden">Rows</legend>
        <button type="button" onClick={() => expandAll(waterfall)}>
          Expand
        </button>
        <button type="button" onClick={() => collapseAll(waterfall)}>
          Collapse
        </button>
        <button type="button" aria-pressed={waterfall.criticalOnly.value} onClick={() => toggleCritical(waterfall)}>
          <span aria-hidden="true">◆ </span>Critical path only
        </button>
      </fieldset>
      <button type="button" onClick={onHelp}>
        Keys
      </button>
    </div>
  );
}

function Search({
  waterfall,
  input,
  gridId,
}: {
  waterfall: Waterfall;
  input: RefObject<HTMLInputElement | null>;
  gridId: string;
}) {
  const { query, matches, active } = waterfall;
  const found = matches.value;
  const at = found && active.value ? found.indexOf(active.value) + 1 : 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') nextMatch(waterfall, event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && query.value !== '') query.value = '';
    else if (event.key === 'Escape' || event.key === 'ArrowDown') document.getElementById(gridId)?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <search class="group">
      <input
        ref={input}
        type="search"
        placeholder="Search spans and attributes"
        aria-label="Search spans and attributes"
        value={query.value}
        onInput={({ currentTarget }) => {
          query.value = currentTarget.value;
        }}
        onKeyDown={onKeyDown}
      />
      <button
        type="button"
        disabled={!found?.length}
        onClick={() => nextMatch(waterfall, -1)}
        aria-label="Previous match"
      >
        ↑
      </button>
      <button type="button" disabled={!found?.length} onClick={() => nextMatch(waterfall, 1)} aria-label="Next match">
        ↓
      </button>
      <output class="count">{found && (at > 0 ? `${at} of ${found.length}` : `${found.length} found`)}</output>
    </search>
  );
}
