import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, test, vi } from 'vitest';
import type { PreciseClock } from '../spans/clock.ts';
import { PreciseStart } from './precise-start.ts';

const micros = ([seconds, nanos]: [number, number]) => seconds * 1e6 + nanos / 1e3;

function tracerAt(offset: () => number) {
  const provider = new TracerProvider({ spanProcessors: [new PreciseStart({ offset } as PreciseClock)] });
  return provider.getTracer('test');
}

test('spans lie inside their parent, to the microsecond', () => {
  const tracer = tracerAt(() => performance.timeOrigin);
  for (let i = 0; i < 100; i++) {
    const before = (performance.timeOrigin + performance.now()) * 1e3;
    const outer = tracer.startSpan('outer') as unknown as ReadableSpan & { end(): void };
    const inner = tracer.startSpan('inner') as unknown as ReadableSpan & { end(): void };
    inner.end();
    outer.end();
    const after = (performance.timeOrigin + performance.now()) * 1e3;
    const times = [before, ...[outer.startTime, inner.startTime, inner.endTime, outer.endTime].map(micros), after];
    // A quarter of a microsecond is as fine as a double tells the time of today.
    for (const [n, time] of times.entries()) expect(time).toBeGreaterThanOrEqual((times[n - 1] ?? 0) - 0.5);
  }
});

test('ends and events stated as readings of performance.now() follow', () => {
  const tracer = tracerAt(() => performance.timeOrigin + 5000);
  const span = tracer.startSpan('a');
  const reading = performance.now();
  span.addEvent('event', reading);
  span.end(reading);
  const { endTime, events } = span as unknown as ReadableSpan;
  const expected = (performance.timeOrigin + 5000 + reading) * 1e3;
  expect(Math.abs(micros(endTime) - expected)).toBeLessThan(1);
  expect(Math.abs(micros(events[0]?.time ?? [0, 0]) - expected)).toBeLessThan(1);
});

test('a start that was stated stays', () => {
  const span = tracerAt(() => 0).startSpan('a', { startTime: [1_700_000_000, 123] });
  expect((span as unknown as ReadableSpan).startTime).toEqual([1_700_000_000, 123]);
});

test('a span of another shape is left alone, with one line', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const span = { startTime: [1, 2] } as unknown as Parameters<PreciseStart['onStart']>[0];
  new PreciseStart().onStart(span);
  new PreciseStart().onStart(span);
  expect(span).toEqual({ startTime: [1, 2] });
  expect(stderr.mock.calls.map(([line]) => line)).toEqual([expect.stringMatching(/spans start at whole milliseconds/)]);
  stderr.mockRestore();
});
