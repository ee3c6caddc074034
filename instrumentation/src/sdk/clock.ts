import type { HrTime } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Beyond this the wall clock was set, or the machine slept, since the anchor was taken. */
const TOLERANCE_MS = 2;

/** ms since the epoch at performance.now() === 0 */
let anchor = performance.timeOrigin;

/** A moment of performance.now(), in ms, as OpenTelemetry writes it. */
export function hrTimeOf(moment: number): HrTime {
  const epoch = anchor + moment;
  const seconds = Math.floor(epoch / 1000);
  return [seconds, Math.round((epoch - seconds * 1000) * 1e6)];
}

export function hrDurationOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

/** The monotonic clock and the wall clock part slowly; spans of other processes go by the wall clock. */
function keepAnchor(): void {
  // Date.now() is whole milliseconds, half of one behind on average.
  const drift = Date.now() + 0.5 - (anchor + performance.now());
  if (Math.abs(drift) > TOLERANCE_MS) anchor += drift;
}

/** The fields of the SDK's span that hold its start; there is no public door. */
interface Started {
  startTime: HrTime;
  _performanceStartTime?: number;
  _startTimeProvided?: boolean;
}

/**
 * The SDK starts a span at a whole millisecond and ends it a precise duration later, so that a child measured precisely may start
 * before its parent or end after it. This puts the start where it was measured; the end follows from it.
 */
export class PreciseStart implements SpanProcessor {
  onStart(span: object): void {
    const started = span as Started;
    if (started._startTimeProvided !== false || started._performanceStartTime === undefined) return;
    keepAnchor();
    started.startTime = hrTimeOf(started._performanceStartTime);
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
