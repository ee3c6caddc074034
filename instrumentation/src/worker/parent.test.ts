import { MessageChannel } from 'node:worker_threads';
import { defaultResource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test, vi } from 'vitest';
import { withSpan } from '../spans/contexts.ts';
import { ROOT_CONTEXT, trace } from '../spans/otel.ts';
import { finishedSpansGoTo } from '../spans/sink.ts';
import { meet } from './parent.ts';
import type { Report } from './protocol.ts';
import { ask } from './tasks.ts';

const finished: ReadableSpan[] = [];
finishedSpansGoTo({ resource: defaultResource(), onEnd: (span) => finished.push(span) });
afterEach(() => {
  finished.length = 0;
});

/** A worker that has said hello and was asked twice. */
function setUp() {
  const thread = { id: 7, name: '', file: '/srv/worker.mjs' };
  const { port1: port } = new MessageChannel();
  const { port1: control, port2: controlOfWorker } = new MessageChannel();
  const emit = vi.fn();
  const { onHello, onClose } = meet(emit);
  onHello(port, { thread, control });
  const parent = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 });
  const [first] = [1, 2].map((n) => ask(7654321, n, port, thread, withSpan(ROOT_CONTEXT, parent)));
  return {
    first: first?.[4] as number,
    emit,
    says: (report: Report) => controlOfWorker.postMessage(report),
    ends: () => {
      onClose(port);
      controlOfWorker.close();
    },
  };
}

test('the last words of a worker are heard before its tasks are ended: what it does not name there it has not begun', () => {
  const { first, emit, says, ends } = setUp();
  says({ told: ['the run'] });
  says({ abandoned: [first] });
  ends();
  expect(emit.mock.calls).toEqual([[['the run']]]);
  expect(finished.map(({ name }) => name)).toEqual(['worker.task worker.mjs', 'worker.task worker.mjs']);
});

test('a worker that had no last words may have begun any of its tasks', () => {
  setUp().ends();
  expect(finished.map(({ name }) => name.split(' ')[0])).toEqual([
    'worker.task',
    'worker.run',
    'worker.task',
    'worker.run',
  ]);
});
