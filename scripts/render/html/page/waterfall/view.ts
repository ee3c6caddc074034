/** A stretch of time, ms. */
export interface View {
  start: number;
  end: number;
}

/** The narrowest view, as a part of the whole. */
const NARROWEST = 1e-5;

/** @param factor below 1 zooms in @param at the time that stays where it is */
export function zoom(view: View, factor: number, at: number, whole: View): View {
  const length = (view.end - view.start) * factor;
  const narrowest = (whole.end - whole.start) * NARROWEST;
  const wanted = Math.max(narrowest, length);
  const share = (at - view.start) / (view.end - view.start || 1);
  return within({ start: at - wanted * share, end: at + wanted * (1 - share) }, whole);
}

/** @param by part of the view's own length; below 0: to the left */
export function pan(view: View, by: number, whole: View): View {
  const distance = (view.end - view.start) * by;
  return within({ start: view.start + distance, end: view.end + distance }, whole);
}

/** A stretch with some air around it. */
export function around(stretch: View, whole: View): View {
  const narrowest = (whole.end - whole.start) * NARROWEST;
  const air = Math.max((stretch.end - stretch.start) * 0.05, narrowest);
  return within({ start: stretch.start - air, end: stretch.end + air }, whole);
}

/** Moved, and where it is too long cut, so that it lies in the whole. */
function within(view: View, whole: View): View {
  const length = Math.min(view.end - view.start, whole.end - whole.start);
  const start = Math.min(Math.max(view.start, whole.start), whole.end - length);
  return { start, end: start + length };
}

/** Times for a ruler: round, and at most so many. */
export function ticks({ start, end }: View, most: number): number[] {
  const least = (end - start) / most;
  if (!(least > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(least));
  const unit = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least) ?? power * 10;
  const times: number[] = [];
  for (let count = Math.ceil(start / unit); count * unit <= end; count++) times.push(count * unit);
  return times;
}

/** As many digits as the distance of the ticks needs, without those of a rounding error. */
export function tickLabel(time: number, [first = 0, second = 1]: readonly number[]): string {
  const digits = Math.min(6, Math.max(0, -Math.floor(Math.log10(second - first) + 1e-9)));
  return `${time.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** Where a stretch lies in the view, in percent; null: outside of it. */
export function place(view: View, startMs: number, durationMs: number): { left: number; width: number } | null {
  const length = view.end - view.start || 1;
  const from = Math.max(view.start, startMs);
  const to = Math.min(view.end, startMs + durationMs);
  if (to < from) return null;
  return { left: ((from - view.start) / length) * 100, width: ((to - from) / length) * 100 };
}
