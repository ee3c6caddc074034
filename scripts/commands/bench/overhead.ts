import type { Promised } from './measurement.ts';
import { compare, costsOf } from './overhead/rounds.ts';
import { variants } from './overhead/variants.ts';

/** What tracing costs, and what others would cost. */
export const overhead: Promised = {
  name: 'overhead',
  title: 'overhead: CPU per request with and without tracing',
  measure: async (settings, report, size) => {
    const costs = await costsOf(await variants(), settings, size, report);
    const runs = `${size.rounds} rounds of ${size.requests} requests`;
    return [
      compare('overhead', costs, ['ours', 'off'], `≤ 1.30 × no tracing, ${runs}`, (ratio) => ratio <= 1.3),
      compare(
        'overhead',
        costs,
        ['ours', 'everything'],
        'below auto-instrumentations-node with everything on',
        (ratio) => ratio < 1,
      ),
      compare('overhead', costs, ['unsampled', 'off'], 'not sampled: ≤ 1.10 × no tracing', (ratio) => ratio <= 1.1),
    ];
  },
};
