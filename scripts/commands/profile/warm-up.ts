import { isProfiled } from '../../analysis/profile/inferred.ts';
import type { Settings } from '../../settings.ts';
import type { CurlRequest } from '../../sources/curl/send.ts';
import { instances } from '../../stack/services.ts';
import { type Complete, collectAll, isComplete } from '../trace/collect.ts';
import { nothingToMeasure } from '../trace/losses.ts';
import { shootAll } from '../trace/shoot.ts';

/** Each instance of the app has a profiler of its own, and nginx goes round them in turn. */
const inARound = 2 * instances;
const mostRounds = 4;

/**
 * Starts the profilers: that takes the event loop of each for about a tenth of a second, which no request that counts may pay for.
 * Goes on until a whole round came with samples; after a second one without any there is no profiler to wait for.
 * @returns what is to be said of it
 * @throws Failure when none of the first requests was answered, or left a complete trace
 */
export async function startProfilers(
  request: Omit<CurlRequest, 'context'>,
  settings: Settings,
  report: (line: string) => void,
): Promise<string> {
  let withSamples = 0;
  for (let round = 1; round <= mostRounds; round += 1) {
    const size = { sent: inARound, concurrency: 1 };
    const { answered, failures } = await shootAll(request, size, settings, () => undefined, 'profile');
    const collected = await collectAll(request.url, answered, settings, () => undefined);
    const complete = collected.filter(isComplete);
    if (complete.length === 0) throw nothingToMeasure(collected, failures, settings);
    withSamples = complete.filter(hasSamples).length;
    report(`round ${round}: ${withSamples} of ${inARound} requests with samples`);
    if (withSamples === inARound || (withSamples === 0 && round === 2)) break;
  }
  return withSamples > 0 ? 'the profiler is on' : 'no profiler: spans only';
}

const hasSamples = ({ arrived }: Complete): boolean => arrived.trace.spans.some(isProfiled);
