import { leftovers } from '../../stack/leftovers.ts';
import type { Promised } from './measurement.ts';
import { make } from './warm-start.ts';

const rounds = 10;

/** Ends with the stack up, as it was found. */
export const nothingSticks: Promised = {
  name: 'nothing-sticks',
  title: `nothing sticks: ${rounds} times make up and make down`,
  measure: async (settings, report) => {
    const left: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      await make('up');
      await make('down');
      left.push(...(await leftovers(settings)));
      report(`round ${round} of ${rounds}: ${left.length} left`);
    }
    await make('up');
    return [
      {
        promise: 'nothing sticks',
        measure: `make up, make down ${rounds} times: no process, port or lock left`,
        figure: left.length === 0 ? `nothing left in ${rounds} rounds` : left.join(', '),
        kept: left.length === 0,
      },
    ];
  },
};
