import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { ROOT_CONTEXT } from '../spans/otel.ts';
import { toRemote } from './remote-span.ts';
import { RunSpan } from './run-span.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
/** Whose run has the id 00f067aa0ba902b7. */
const TASK = '80f067aa0ba902b7';

function run() {
  const seen: unknown[] = [];
  const processor = {
    onStart: (span: unknown) => seen.push(['start', span]),
    onEnd: (span: unknown) => seen.push(['end', span]),
  } as unknown as SpanProcessor;
  return { seen, span: new RunSpan(`${TRACE}-00f067aa0ba902b7-01`, 1000, ROOT_CONTEXT, [processor]) };
}

test('is below the task that asked, and ends once', () => {
  const { seen, span } = run();
  span.endAt(1002.5);
  span.endAt(1009);
  expect(seen).toEqual([
    ['start', span],
    ['end', span],
  ]);
  expect(span.duration).toEqual([0, 2_500_000]);
  expect(span.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: TASK });
  expect(span.spanContext()).toMatchObject({ traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags: 1 });
});

test('whatever the app says of it, it can be posted', () => {
  const { span } = run();
  const junk = () => undefined;
  span
    .setAttribute('junk', junk as never)
    .setAttributes({ 'app.rows': 3, list: ['a', 1] as never, more: { junk } as never });
  span.setStatus({ code: 2, message: junk as never }).addEvent('event', { junk: junk as never, size: 1 });
  span.addEvent('alone', null as never).updateName(junk as never);
  span
    .setAttributes(undefined as never)
    .setStatus(undefined as never)
    .setStatus({ code: junk as never })
    .addLink(junk as never)
    .addLink({ context: { junk } as never })
    .addLinks(undefined as never);
  span.recordException(Object.assign(new Error('no'), { name: junk as never }));
  span.recordException(undefined as never);
  span.endAt(1001);
  const posted = structuredClone(toRemote(span));
  expect(posted.attributes).toEqual({ 'app.rows': 3, list: ['a', 1] });
  expect(posted.links).toBeUndefined();
  expect(posted.events?.map(({ attributes }) => attributes)).toMatchObject([
    { size: 1 },
    undefined,
    { 'exception.message': 'no' },
  ]);
});

test('after its end it stays as it is', () => {
  const { span } = run();
  span.end();
  span.setAttribute('late', 1).setStatus({ code: 2 }).updateName('late').addEvent('late');
  expect(toRemote(span)).toMatchObject({ name: 'worker.run', attributes: {} });
  expect(toRemote(span).events).toBeUndefined();
});

test.each<[string, (span: RunSpan) => unknown]>([
  ['an attribute', (span) => span.setAttribute('app.rows', 3)],
  ['a status', (span) => span.setStatus({ code: 2 })],
  ['an event', (span) => span.addEvent('retry')],
  ['a link', (span) => span.addLink({ context: span.spanContext() })],
  ['a name', (span) => span.updateName('job')],
])('its times are all there is to say, until it gets %s', (_, say) => {
  const { span } = run();
  expect(span.plain).toBe(true);
  say(span);
  expect(span.plain).toBe(false);
});
