import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import type { FlameFrame } from '../../../../report/profile.ts';
import { clean } from '../../../clean.ts';
import { ms, percent } from '../../../numbers.ts';
import { type Kind, KindLabel } from '../parts/kind.tsx';
import { FlameTable } from './flame-table.tsx';
import { FlameTree } from './flame-tree.tsx';
import { type Frame, layOut, search, selfMs } from './layout.ts';

/** Time by span and function, callers above what they call, and the same as a table. */
export function FlameGraph({ root: data }: { root: FlameFrame }) {
  const root = useMemo(() => layOut(data), [data]);
  const focus = useSignal(root);
  const active = useSignal(root);
  const query = useSignal('');
  const found = search(root, query.value);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    focus.value = root;
    active.value = root;
  }, [root, focus, active]);

  const goTo = (frame: Frame) => {
    focus.value = frame;
    active.value = frame;
  };
  const onMatch = (direction: 1 | -1) => {
    const matches = [...(found?.found ?? [])].sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
    const next = matches.at((matches.indexOf(active.value) + direction + matches.length) % (matches.length || 1));
    if (next) goTo(next);
  };
  return (
    <section class="card flame-card" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>Flame graph</h2>
        <div class="toolbar">
          <search class="group">
            <input
              ref={input}
              type="search"
              placeholder="Search functions and files"
              aria-label="Search functions and files"
              value={query.value}
              onInput={({ currentTarget }) => {
                query.value = currentTarget.value;
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter') onMatch(event.shiftKey ? -1 : 1);
              }}
            />
            <button type="button" disabled={!found?.found.size} onClick={() => onMatch(-1)} aria-label="Previous match">
              ↑
            </button>
            <button type="button" disabled={!found?.found.size} onClick={() => onMatch(1)} aria-label="Next match">
              ↓
            </button>
            <output class="count">
              {found && `${found.found.size} found, ${percent(found.ms / (root.data.valueMs || 1))}`}
            </output>
          </search>
          <button type="button" disabled={focus.value === root} onClick={() => goTo(root)}>
            Whole
          </button>
        </div>
      </header>
      <FlameTree
        root={root}
        focus={focus}
        active={active}
        found={found?.found ?? null}
        onSearch={() => input.current?.focus()}
      />
      <Facts frame={active.value} root={root} />
      <ul class="legend" aria-label="Legend">
        <li class="kind-span">
          <span class="swatch" aria-hidden="true" />
          span
        </li>
        {accountKinds(root).map((kind) => (
          <li key={kind}>
            <KindLabel kind={kind} />
          </li>
        ))}
      </ul>
      <p class="faint hint">
        Click or Enter zooms, Esc zooms out, the arrow keys move, / searches. Width is time over all requests; frames
        with a dashed edge are estimates from samples.
      </p>
      <FlameTable root={root} query={query.value} />
    </section>
  );
}

function accountKinds(root: Frame): Kind[] {
  const kinds = new Set(root.descendants().map(({ data }) => data.kind));
  return [...kinds].filter((kind) => kind !== 'span');
}

function Facts({ frame, root }: { frame: Frame; root: Frame }) {
  const { name, location, kind, valueMs, samples } = frame.data;
  return (
    <p class="flame-facts">
      {kind !== 'span' && <KindLabel kind={kind} />} <b>{clean(name)}</b>
      {location !== null && <code>{clean(location)}</code>}
      <span>
        {ms(valueMs)} ms ({percent(valueMs / (root.data.valueMs || 1))}), self {ms(selfMs(frame))} ms
        {samples !== null && `, ≈ from ${samples.toLocaleString('en')} samples`}
      </span>
    </p>
  );
}
