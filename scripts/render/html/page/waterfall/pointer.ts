import { useEffect } from 'preact/hooks';
import type { Waterfall } from './state.ts';
import { pan, zoom } from './view.ts';

/** px: less is a click with an unsteady hand. */
const DRAG = 4;

/** Ctrl and the wheel zoom, Shift and the wheel (or a sideways one) and dragging move; the plain wheel scrolls, as everywhere. */
export function usePointer(grid: { current: HTMLElement | null }, { view, whole }: Waterfall): void {
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    const timeline = () => element.querySelector('.ruler')?.getBoundingClientRect() ?? new DOMRect();

    const onWheel = (event: WheelEvent) => {
      const { left, width } = timeline();
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        const { start, end } = view.value;
        const at = start + ((event.clientX - left) / width) * (end - start);
        view.value = zoom(view.value, 1.0015 ** event.deltaY, Math.min(end, Math.max(start, at)), whole);
      } else if (sideways !== 0 && Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        view.value = pan(view.value, sideways / width, whole);
      } else return;
      event.preventDefault();
    };

    let from: { x: number; view: typeof view.value } | null = null;
    let moved = false;
    const onDown = (event: PointerEvent) => {
      const inTimeline = (event.target as Element).closest('.timeline') !== null;
      if (event.button === 0 && event.pointerType === 'mouse' && inTimeline)
        from = { x: event.clientX, view: view.value };
      moved = false;
    };
    const onMove = (event: PointerEvent) => {
      if (!from || Math.abs(event.clientX - from.x) < DRAG) return;
      moved = true;
      element.classList.add('dragging');
      view.value = pan(from.view, (from.x - event.clientX) / timeline().width, whole);
    };
    const onUp = () => {
      from = null;
      element.classList.remove('dragging');
    };
    // What ends a drag is no click on the row below.
    const onClick = (event: MouseEvent) => moved && event.stopPropagation();

    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', onUp);
    element.addEventListener('click', onClick, { capture: true });
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', onUp);
      element.removeEventListener('click', onClick, { capture: true });
    };
  }, [grid, view, whole]);
}
