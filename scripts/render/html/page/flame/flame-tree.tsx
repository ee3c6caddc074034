import type { Signal } from '@preact/signals';
import { useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { type Frame, framesIn, placeIn, selfMs } from './layout.ts';

/** px, as in the style sheet. */
const ROW = 20;

interface FlameTreeProps {
  root: Frame;
  focus: Signal<Frame>;
  active: Signal<Frame>;
  /** null: nothing is searched for. */
  found: ReadonlySet<Frame> | null;
  onSearch: () => void;
}

/** The drawing, as an ARIA tree: the focus stays on it and names the active frame. */
export function FlameTree({ root, focus, active, found, onSearch }: FlameTreeProps) {
  const id = useId();
  const tree = useRef<HTMLDivElement>(null);
  const zoomed = focus.value;
  const frames = useMemo(() => framesIn(zoomed), [zoomed]);
  const at = frames.indexOf(active.value);
  const deepest = frames.reduce((most, { depth }) => Math.max(most, depth), 0);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') onSearch();
    else if (event.key === 'Enter') focus.value = active.value;
    else if (event.key === 'Escape' || event.key === 'Backspace') focus.value = zoomed.parent ?? root;
    else {
      const next = neighbour(event.key, active.value, root, frames);
      if (next === undefined) return;
      if (next) active.value = next;
    }
    event.preventDefault();
  };
  useLayoutEffect(() => {
    tree.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest' });
  }, [active.value]);
  return (
    <div
      ref={tree}
      class="flame"
      role="tree"
      tabIndex={0}
      aria-label="Time by span and function"
      aria-activedescendant={at < 0 ? undefined : `${id}-${at}`}
      onKeyDown={onKeyDown}
    >
      <div role="none" class="flame-body" style={{ height: `${(deepest + 1) * ROW}px` }}>
        {frames.map((frame, index) => (
          <FrameBox
            key={index}
            id={`${id}-${index}`}
            frame={frame}
            root={root}
            focus={zoomed}
            active={frame === active.value}
            found={found}
            onClick={() => {
              focus.value = frame;
              active.value = frame;
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface FrameBoxProps {
  id: string;
  frame: Frame;
  root: Frame;
  focus: Frame;
  active: boolean;
  found: ReadonlySet<Frame> | null;
  onClick: () => void;
}

function FrameBox({ id, frame, root, focus, active, found, onClick }: FrameBoxProps) {
  const { name, location, kind, valueMs, samples } = frame.data;
  const { left, width } = placeIn(frame, focus);
  const share = percent(valueMs / (root.data.valueMs || 1));
  const estimate = samples === null ? '' : `, estimate from ${samples} samples`;
  const label = `${clean(name)}${location === null ? '' : `, ${clean(location)}`}, ${kind}, ${ms(valueMs)} ms, ${share}, self ${ms(selfMs(frame))} ms${estimate}`;
  const siblings = frame.parent?.children ?? [frame];
  const classes = [
    'frame',
    `kind-${kind}`,
    samples !== null && 'inferred',
    active && 'active',
    found && (found.has(frame) ? 'matched' : 'unmatched'),
  ];
  return (
    <div
      id={id}
      role="treeitem"
      class={classes.filter(Boolean).join(' ')}
      style={{ left: `${left}%`, width: `${width}%`, top: `${frame.depth * ROW}px` }}
      title={label}
      aria-label={label}
      aria-level={frame.depth + 1}
      aria-setsize={siblings.length}
      aria-posinset={siblings.indexOf(frame) + 1}
      aria-selected={active}
      onClick={onClick}
    >
      {width > 1.5 ? clean(name) : ''}
    </div>
  );
}

/** @returns undefined: the key means nothing here; null: there is nothing in that direction */
function neighbour(key: string, frame: Frame, root: Frame, shown: readonly Frame[]): Frame | null | undefined {
  const siblings = (frame.parent?.children ?? [frame]).filter((sibling) => shown.includes(sibling));
  const at = siblings.indexOf(frame);
  const to = {
    ArrowDown: () => frame.children?.find((child) => shown.includes(child)),
    ArrowUp: () => frame.parent,
    ArrowRight: () => siblings[at + 1],
    ArrowLeft: () => siblings[at - 1],
    Home: () => root,
  }[key];
  return to && (to() ?? null);
}
