import { isProfiled } from '../../analysis/profile/inferred.ts';
import type { Settings } from '../../settings.ts';
import { instances } from '../../stack/services.ts';
import { collect, type Profiled, sendMany, type Target } from './requests.ts';

/** Each instance of the app has a profiler of its own, and nginx goes round them in turn. */
const inARound = 2 * instances;
const mostRounds = 4;

/**
 * Starts the profilers: that takes the event loop of each for about a tenth of a second, which no request that counts may pay for.
 * Goes on until a whole round came with samples; after a second one without any there is no profiler to wait for.
 * @returns what is to be said of it
 */
export async function warmUp(target: Target, settings: Settings, report: (line: string) => void): Promise<string> {
  let withSamples = 0;
  for (let round = 1; round <= mostRounds; round += 1) {
    const sent = await sendMany(target, { requests: inARound, concurrency: 1 }, settings, () => {});
    const traces = (await collect(sent, settings, () => {})).filter((one) => one !== null);
    withSamples = traces.filter(hasSamples).length;
    report(`round ${round}: ${withSamples} of ${sent.length} requests with samples`);
    if (withSamples === inARound || (withSamples === 0 && round === 2)) break;
  }
  return withSamples > 0 ? 'the profiler is on' : 'no profiler: spans only';
}

const hasSamples = ({ trace }: Profiled): boolean => trace.spans.some(isProfiled);
