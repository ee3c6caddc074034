import type { ProfileReport } from '../../report/profile.ts';
import type { Timeline } from '../../report/timeline.ts';
import { splitLocation, stacksOf } from './stacks.ts';

interface Frame {
  name: string;
  location: string | null;
}

/**
 * For https://www.speedscope.app: all requests on top of one another, then single requests in the order of time.
 *
 * Format: https://www.speedscope.app/file-format-schema.json
 */
export function renderSpeedscope(profile: ProfileReport, timelines: readonly Timeline[]): string {
  const table = createFrameTable();
  const all = stacksOf(profile.flame).map(({ frames, ms }) => ({ frames, ms }));
  const single = timelines.map(({ label, stretches }) => {
    return draw(
      label,
      stretches.map(({ frames, ns }) => ({ frames, ms: ns / 1e6 })),
      table.indexOf,
    );
  });
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: `${profile.method} ${profile.url}`,
    exporter: 'onetrace',
    activeProfileIndex: 0,
    profiles: [draw(profile.flame.name, all, table.indexOf), ...single],
    shared: { frames: table.frames },
  });
}

function draw(name: string, stacks: { frames: readonly Frame[]; ms: number }[], indexOf: (frame: Frame) => number) {
  return {
    type: 'sampled',
    name,
    unit: 'milliseconds',
    startValue: 0,
    endValue: stacks.reduce((sum, { ms }) => sum + ms, 0),
    samples: stacks.map(({ frames }) => frames.map(indexOf)),
    weights: stacks.map(({ ms }) => ms),
  };
}

function createFrameTable() {
  const frames: { name: string; file?: string; line?: number }[] = [];
  const known = new Map<string, number>();
  const indexOf = ({ name, location }: Frame): number => {
    const key = JSON.stringify([name, location]);
    let index = known.get(key);
    if (index === undefined) {
      index = frames.push({ name, ...splitLocation(location) }) - 1;
      known.set(key, index);
    }
    return index;
  };
  return { frames, indexOf };
}
