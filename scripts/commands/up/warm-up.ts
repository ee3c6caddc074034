import { reason } from '../../failure.ts';
import type { Settings } from '../../settings.ts';
import { demoUrl, instances } from '../../stack/services.ts';

/** An unsampled parent: these requests leave no span. */
const untraced = { traceparent: '00-00000000000000000000000000000001-0000000000000001-00' };
const rounds = 3;

/**
 * Asks both instances for the demo page a few times. The first request of a process compiles everything it touches and takes
 * twenty times as long as the next ones: not what somebody wants to see explained in their first trace.
 * @returns what happened, for the progress line; a page that fails is left for the trace to explain
 */
export async function warmUp(settings: Settings): Promise<string> {
  const answers = new Set<string>();
  for (let request = 0; request < rounds * instances; request += 1) {
    try {
      const response = await fetch(demoUrl(settings), { headers: untraced, signal: AbortSignal.timeout(20_000) });
      await response.arrayBuffer();
      answers.add(String(response.status));
    } catch (error) {
      answers.add(reason(error));
    }
  }
  return `demo page answered ${[...answers].join(', ')}`;
}
