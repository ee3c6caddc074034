import { absent, type Failure } from '../../failure.ts';
import type { Settings } from '../../settings.ts';
import { type Collected, isComplete } from './collect.ts';
import { complain, nothingArrived } from './complaint.ts';

/** Many requests, and not one that could be looked at. */
export function nothingToMeasure(
  collected: readonly Collected[],
  failures: readonly string[],
  settings: Settings,
): Failure {
  const [first] = collected;
  if (!first)
    return absent({ expected: 'an answer to one of the requests', got: failures[0] ?? 'none', next: 'make status' });
  const { completeness } = first.arrived;
  if (first.arrived.trace === null) return nothingArrived(completeness, settings);
  return absent({
    expected: 'a complete trace of one of the requests',
    got: `none. ${complain(completeness, settings)}`,
    next: 'make trace with the same URL and without N= shows what there is',
  });
}

/** Which requests are not among the figures, and what to check. */
export function describeLosses(
  collected: readonly Collected[],
  failures: readonly string[],
  sent: number,
  settings: Settings,
): string {
  const lost = collected.filter((each) => !isComplete(each));
  const [first] = lost;
  return [
    `${sent - collected.length + lost.length} of ${sent} requests are not among the figures.`,
    ...(failures.length > 0 ? [`${failures.length} had no answer: ${failures[0]}`] : []),
    ...(first
      ? [`${lost.length} left an incomplete trace. The first of them:`, complain(first.arrived.completeness, settings)]
      : []),
  ].join('\n');
}
