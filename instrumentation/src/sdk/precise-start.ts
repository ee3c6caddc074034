import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { type PreciseClock, processClock } from '../spans/clock.ts';
import { OpenSpan } from '../spans/open-span.ts';
import { setStart, startWasChosen } from './internals.ts';

/**
 * The SDK starts a span at a whole millisecond and measures its duration to the microsecond: children shorter than a millisecond then
 * lie beside their parent, or outside. Gives every span whose start the SDK chose the same moment to the microsecond; its end and its
 * events are counted from there. A start that somebody stated stays.
 */
export class PreciseStart implements SpanProcessor {
  readonly #clock: PreciseClock;

  constructor(clock = processClock) {
    this.#clock = clock;
  }

  onStart(span: Parameters<SpanProcessor['onStart']>[0]): void {
    // Ours are precise.
    if (span instanceof OpenSpan) return;
    if (startWasChosen(span)) setStart(span, this.#clock.offset());
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
