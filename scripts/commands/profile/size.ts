import { misuse } from '../../failure.ts';

/** How much to send. */
export interface ProfileSize {
  requests: number;
  /** At a time. */
  concurrency: number;
}

/** More would keep the machine busy with itself: each request is a curl of its own. */
const MOST_REQUESTS = 1000;
const MOST_AT_ONCE = 64;

/** @throws Failure (usage) for numbers that mean nothing */
export function readSize(requests: string, concurrency: string): ProfileSize {
  const size = {
    requests: whole('N', 'requests', requests, MOST_REQUESTS, 50),
    concurrency: whole('C', 'requests at a time', concurrency, MOST_AT_ONCE, 1),
  };
  if (size.concurrency <= size.requests) return size;
  throw misuse({
    expected: `C to be at most N (${size.requests}): so many requests there are`,
    got: concurrency,
    next: `make profile URL=… N=${size.requests} C=${size.requests}`,
  });
}

function whole(name: string, what: string, text: string, most: number, example: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1 && value <= most) return value;
  throw misuse({
    expected: `${name} to be a whole number of ${what} from 1 to ${most}`,
    got: `"${text.slice(0, 40)}"`,
    next: `make profile URL=… ${name}=${example}`,
  });
}
