import { absent } from '../../failure.ts';
import { demoUrl } from '../../stack/services.ts';
import { measure } from '../profile/measure.ts';
import { type Promised, percent } from './measurement.ts';

const requests = 50;
const mostUnknown = 0.05;

/** `make profile` on the demo page: of the wall time of all requests, what has a name. */
export const everyMillisecond: Promised = {
  name: 'every-millisecond',
  title: `every millisecond: ${requests} requests, profiled`,
  measure: async (settings, report) => {
    const request = { url: demoUrl(settings), options: [], key: settings.ONETRACE_KEY };
    const { profile } = await measure(request, { sent: requests, concurrency: 1 }, settings, (title, run) =>
      run((line) => report(`${title}: ${line}`)),
    );
    if (profile.samples === 0)
      throw absent({
        expected: 'samples of the app',
        got: profile.warnings[0]?.message ?? 'none',
        next: 'ONETRACE_PROFILE=always make up MODE=local',
      });
    const unknown = profile.categories.find(({ kind }) => kind === 'unknown')?.share ?? 0;
    const { mean, p50 } = profile.totalMs;
    return [
      {
        promise: 'every millisecond',
        measure: `${requests} requests to the demo page: ≥ ${(1 - mostUnknown) * 100} % of the wall time named`,
        figure: `${percent(1 - unknown)} named, ${percent(unknown)} unknown (mean ${mean.toFixed(1)} ms, p50 ${p50.toFixed(1)} ms, ${profile.requests} traces, ${profile.samples} samples)`,
        kept: unknown <= mostUnknown && profile.failed === 0,
      },
    ];
  },
};
