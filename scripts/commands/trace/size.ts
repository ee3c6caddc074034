import { misuse } from '../../failure.ts';

/** How much to send. */
export interface Size {
  sent: number;
  /** At a time. */
  concurrency: number;
}

/** Jaeger keeps 2,000 traces in memory (jaeger.yaml). */
const MOST_REQUESTS = 1000;
const MOST_AT_A_TIME = 64;

/**
 * @param command what to type instead: `make trace URL=…`
 * @param n N=, as given
 * @param c C=, as given; undefined: one
 * @throws Failure (usage) for numbers that mean nothing
 */
export function readSize(command: string, n: string, c: string | undefined): Size {
  const sent = wholeNumber('N', 'requests', n, MOST_REQUESTS, `${command} N=20`);
  if (!c) return { sent, concurrency: 1 };
  const most = Math.min(sent, MOST_AT_A_TIME);
  const concurrency = wholeNumber('C', 'requests at a time', c, most, `${command} N=${sent} C=${Math.min(4, most)}`);
  return { sent, concurrency };
}

function wholeNumber(variable: string, what: string, given: string, most: number, next: string): number {
  const number = /^\d{1,7}$/.test(given) ? Number(given) : 0;
  if (number >= 1 && number <= most) return number;
  throw misuse({
    expected: `${variable} to be a whole number of ${what} from 1 to ${most}`,
    got: `"${given.slice(0, 40)}"`,
    next,
  });
}
