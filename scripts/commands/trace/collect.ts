import pMap from 'p-map';
import type { Trace } from '../../model/trace.ts';
import type { Settings } from '../../settings.ts';
import { jaegerOn } from '../../sources/jaeger.ts';
import { type Arrived, awaitTrace } from './await-trace.ts';
import { expectation } from './expectation.ts';
import type { Shot } from './shoot.ts';

/** A shot and what Jaeger has of its trace. */
export interface Collected extends Shot {
  arrived: Arrived;
}

export type Complete = Collected & { arrived: { raw: string; trace: Trace } };

export function isComplete(collected: Collected): collected is Complete {
  const { raw, trace, completeness } = collected.arrived;
  return raw !== null && trace !== null && completeness.complete;
}

/** Traces that are looked for at a time. */
const AT_A_TIME = 4;
/** Once the time for all is up, each of the rest still gets a look. */
const ONE_LOOK_MS = 500;

/** The traces of all shots. They share one deadline: where a hop is missing, it is missing for all. */
export async function collectAll(
  url: string,
  shots: readonly Shot[],
  settings: Settings,
  report: (line: string) => void,
): Promise<Collected[]> {
  const jaeger = jaegerOn(settings.ONETRACE_JAEGER_UI_PORT);
  const deadline = performance.now() + settings.ONETRACE_TRACE_TIMEOUT_MS;
  let done = 0;
  const collect = async (shot: Shot): Promise<Collected> => {
    const left = Math.ceil(Math.max(ONE_LOOK_MS, deadline - performance.now()));
    const expected = expectation(url, shot.context, settings);
    const arrived = await awaitTrace(jaeger, shot.context.traceId, expected, left);
    done += 1;
    report(`${done} of ${shots.length}`);
    return { ...shot, arrived };
  };
  return pMap(shots, collect, { concurrency: AT_A_TIME });
}
