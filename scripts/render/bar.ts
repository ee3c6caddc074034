export interface Stretch {
  startMs: number;
  durationMs: number;
}

/** What a row of the waterfall spans. */
export interface Scale extends Stretch {
  columns: number;
}

/**
 * A stretch in proportion, at least one column wide; solid where it is on the critical path itself, and not one of its children:
 *
 *     ░░██░░░░░█
 */
export function drawBar(stretch: Stretch, critical: readonly Stretch[], scale: Scale): string {
  const [from, to] = columnsOf(stretch, scale);
  const cells: string[] = Array.from({ length: scale.columns }, (_, column) =>
    column >= from && column < to ? '░' : ' ',
  );
  for (const segment of critical) {
    const [first, end] = columnsOf(segment, scale);
    cells.fill('█', Math.max(from, first), Math.min(to, end));
  }
  return cells.join('');
}

/** A stretch in which nothing ran. */
export function drawGap(stretch: Stretch, scale: Scale): string {
  const [from, to] = columnsOf(stretch, scale);
  return ' '.repeat(from) + '·'.repeat(to - from) + ' '.repeat(scale.columns - to);
}

/** The first column that is touched, and the one after the last. */
function columnsOf({ startMs, durationMs }: Stretch, scale: Scale): [number, number] {
  const from = Math.max(0, Math.min(scale.columns - 1, Math.floor(position(startMs, scale))));
  const to = Math.min(scale.columns, Math.max(from + 1, Math.ceil(position(startMs + durationMs, scale))));
  return [from, to];
}

function position(atMs: number, { startMs, durationMs, columns }: Scale): number {
  return durationMs === 0 ? 0 : ((atMs - startMs) / durationMs) * columns;
}
