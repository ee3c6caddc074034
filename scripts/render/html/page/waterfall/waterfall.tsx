import { useSignal } from '@preact/signals';
import { useId, useMemo, useRef } from 'preact/hooks';
import type { Report } from '../../../../report/schema.ts';
import { Details } from './details.tsx';
import { Grid } from './grid.tsx';
import { Help } from './help.tsx';
import { Legend } from './legend.tsx';
import { Overview } from './overview.tsx';
import { activateSpan, createWaterfall, type Waterfall, zoomTo } from './state.ts';
import { Toolbar } from './toolbar.tsx';

/** Shows a span, wherever on the page it is spoken of; the stretch, where one is given. */
export type ShowSpan = (spanId: string, stretch?: { startMs: number; durationMs: number }) => void;

/** A waterfall, and the way for other parts of the page to point into it. */
export function useWaterfall(report: Report): { waterfall: Waterfall; id: string; show: ShowSpan } {
  const waterfall = useMemo(() => createWaterfall(report), [report]);
  const id = useId();
  const show: ShowSpan = (spanId, stretch) => {
    if (!activateSpan(waterfall, spanId)) return;
    if (stretch) zoomTo(waterfall, stretch);
    const grid = document.getElementById(`${id}-grid`);
    grid?.scrollIntoView({ block: 'center' });
    grid?.focus({ preventScroll: true });
  };
  return { waterfall, id, show };
}

export function WaterfallSection({ waterfall, id }: { waterfall: Waterfall; id: string }) {
  const help = useSignal(false);
  const search = useRef<HTMLInputElement>(null);
  return (
    <section class="card waterfall" aria-labelledby={`${id}-title`}>
      <header class="card-head">
        <h2 id={`${id}-title`}>What happened when</h2>
        <Toolbar waterfall={waterfall} search={search} onHelp={() => (help.value = true)} gridId={`${id}-grid`} />
      </header>
      <Overview waterfall={waterfall} />
      <div class="waterfall-body">
        <Grid
          waterfall={waterfall}
          id={`${id}-grid`}
          onSearch={() => search.current?.focus()}
          onHelp={() => (help.value = true)}
        />
        <Details waterfall={waterfall} id={`${id}-details`} />
      </div>
      <Legend waterfall={waterfall} />
      <Help open={help} />
    </section>
  );
}
