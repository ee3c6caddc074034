import {
  Label,
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { FlameFrame, ProfileReport } from '../../report/profile.ts';
import { splitLocation, stacksOf } from './stacks.ts';

/**
 * For `go tool pprof` and whatever reads its format, not compressed. Two values a stack: the samples behind it (0: measured) and its
 * wall-clock time over all requests. The label `kind` says what the time was: cpu, gc, blocked, wait, network, unknown.
 *
 * Format: https://github.com/google/pprof/blob/main/proto/profile.proto
 *
 * @param startNs of the first request, ns since 1970
 */
export function renderPprof(profile: ProfileReport, startNs: bigint): Uint8Array {
  const stringTable = new StringTable();
  const text = (value: string) => stringTable.dedup(value);
  const locations = createLocations(text);
  const stacks = stacksOf(profile.flame);
  const sample = stacks.map(({ frames, ms, samples }) => {
    const kind = frames.at(-1)?.kind ?? 'span';
    return new Sample({
      locationId: frames.map(locations.idOf).reverse(), // innermost first
      value: [samples, Math.round(ms * 1e6)],
      label: [new Label({ key: text('kind'), str: text(kind) })],
    });
  });
  return new Profile({
    sampleType: [
      new ValueType({ type: text('samples'), unit: text('count') }),
      new ValueType({ type: text('wall'), unit: text('nanoseconds') }),
    ],
    defaultSampleType: text('wall'),
    sample,
    location: locations.locations,
    function: locations.functions,
    stringTable,
    timeNanos: startNs,
    durationNanos: Math.round(profile.flame.valueMs * 1e6),
    comment: [text(`onetrace: ${profile.requests} × ${profile.method} ${profile.url}`)],
  }).encode();
}

/** A location for each frame; ids count from 1. */
function createLocations(text: (value: string) => number) {
  const functions: PprofFunction[] = [];
  const locations: Location[] = [];
  const known = new Map<string, number>();
  const idOf = ({ name, location }: FlameFrame): number => {
    const key = JSON.stringify([name, location]);
    let id = known.get(key);
    if (id === undefined) {
      id = known.size + 1;
      known.set(key, id);
      const { file = '', line = 0 } = splitLocation(location);
      functions.push(
        new PprofFunction({ id, name: text(name), systemName: text(name), filename: text(file), startLine: line }),
      );
      locations.push(new Location({ id, line: [new Line({ functionId: id, line })] }));
    }
    return id;
  };
  return { functions, locations, idOf };
}
