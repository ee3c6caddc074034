import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Waterfall } from './state.ts';
import { around, place } from './view.ts';

const HEIGHT = 44;

/** All spans in one strip, and which part of them is in view. Dragging chooses another; the keyboard has its own way to do it. */
export function Overview({ waterfall }: { waterfall: Waterfall }) {
  const strip = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const brush = useRef<HTMLDivElement>(null);
  const { view, whole } = waterfall;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const draw = () => paint(element, waterfall);
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    const schemes = matchMedia('(prefers-color-scheme: dark)');
    schemes.addEventListener('change', draw);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
      themes.disconnect();
      schemes.removeEventListener('change', draw);
    };
  }, [waterfall]);

  useSignalEffect(() => {
    const part = place(whole, view.value.start, view.value.end - view.value.start);
    if (!brush.current || !part) return;
    brush.current.style.left = `${part.left}%`;
    brush.current.style.width = `${part.width}%`;
    brush.current.hidden = part.width > 99.99;
  });

  const timeAt = (clientX: number) => {
    const { left, width } = strip.current?.getBoundingClientRect() ?? new DOMRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    return whole.start + share * (whole.end - whole.start);
  };
  const onPointerDown = (event: PointerEvent) => {
    strip.current?.setPointerCapture(event.pointerId);
    const from = timeAt(event.clientX);
    const onMove = ({ clientX }: PointerEvent) => {
      const to = timeAt(clientX);
      const stretch = { start: Math.min(from, to), end: Math.max(from, to) };
      if (stretch.end > stretch.start) view.value = around(stretch, whole);
    };
    strip.current?.addEventListener('pointermove', onMove);
    strip.current?.addEventListener('pointerup', () => strip.current?.removeEventListener('pointermove', onMove), {
      once: true,
    });
  };
  return (
    <div
      ref={strip}
      class="overview"
      aria-hidden="true"
      title="Drag to zoom, double click to see everything"
      onPointerDown={onPointerDown}
      onDblClick={() => {
        view.value = whole;
      }}
    >
      <canvas ref={canvas} height={HEIGHT} />
      <div ref={brush} class="brush" />
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, { rows, whole, colours, critical }: Waterfall): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colour = new Map([...colours].map(([service, name]) => [service, resolve(canvas, `--${name}`)]));
  const line = Math.max(1, Math.min(4, height / rows.length));
  const perMs = width / (whole.end - whole.start);
  rows.forEach(({ span }, index) => {
    const y = (index / rows.length) * (height - line);
    context.fillStyle = colour.get(span.service) ?? style.color;
    context.globalAlpha = 0.5;
    context.fillRect((span.startMs - whole.start) * perMs, y, Math.max(1, span.durationMs * perMs), line);
    context.globalAlpha = 1;
    for (const { startMs, durationMs } of critical.get(span.id) ?? [])
      context.fillRect((startMs - whole.start) * perMs, y, Math.max(1, durationMs * perMs), line);
  });
}

/** A custom property as the colour that it is in the current theme: `light-dark()` means nothing to a canvas. */
function resolve(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
