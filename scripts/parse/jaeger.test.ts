import { expect, test } from 'vitest';
import { parseTraces } from './traces.ts';

const traceID = '4bf92f3577b34da6a3ce929d0e0e4736';
const start = 1_790_000_000_000_000;

function parse(...spans: object[]) {
  const processes = {
    p1: { serviceName: 'web', tags: [{ key: 'hostname', type: 'string', value: 'web-1' }] },
  };
  const all = spans.map((span, index) => ({
    traceID,
    spanID: `a${index + 1}`,
    operationName: `s${index + 1}`,
    startTime: start + index,
    duration: 10,
    processID: 'p1',
    ...span,
  }));
  const { traces, warnings } = parseTraces(JSON.stringify({ data: [{ traceID, spans: all, processes }] }));
  return { spans: traces[0]?.spans ?? [], warnings: warnings.map(({ message }) => message) };
}

const id = (short: string) => short.padStart(16, '0');
const reference = (refType: string, spanID: string, trace = traceID) => ({ refType, traceID: trace, spanID });
const tag = (key: string, value: unknown, type = 'string') => ({ key, type, value });

test('µs become ns, and the process the resource', () => {
  const { spans, warnings } = parse({}, { startTime: start + 7, duration: 3.5 });
  expect(spans[1]).toMatchObject({ start: 7000, end: 10_500, service: 'web' });
  expect(spans[1]?.resource).toEqual({ 'service.name': 'web', 'host.name': 'web-1' });
  expect(warnings).toEqual([]);
});

test('the parent is the CHILD_OF in this trace; other references are links', () => {
  const other = 'ff'.repeat(16);
  const references = [reference('FOLLOWS_FROM', 'a1'), reference('CHILD_OF', 'b7', other), reference('CHILD_OF', 'a2')];
  const span = parse({}, {}, { references }).spans[2];
  expect(span?.parentId).toBe(id('a2'));
  expect(span?.links.map((link) => [link.traceId, link.spanId, link.attributes['opentracing.ref_type']])).toEqual([
    [traceID, id('a1'), 'follows_from'],
    [other, id('b7'), 'child_of'],
  ]);
});

test('a span that only follows stands below what it follows, and says so', () => {
  const span = parse({}, { references: [reference('FOLLOWS_FROM', 'a1')] }).spans[1];
  expect(span).toMatchObject({
    parentId: id('a1'),
    links: [{ spanId: id('a1'), attributes: { 'opentracing.ref_type': 'follows_from' } }],
  });
});

test('a parent in the old place', () => {
  expect(parse({}, { parentSpanID: 'a1' }).spans[1]?.parentId).toBe(id('a1'));
});

test('what was OpenTelemetry before Jaeger made tags of it', () => {
  const tags = [
    tag('span.kind', 'server'),
    tag('otel.status_code', 'ERROR'),
    tag('otel.status_description', 'no such table'),
    tag('error', true, 'bool'),
    tag('otel.scope.name', 'http'),
    tag('w3c.tracestate', 'onetrace=force'),
    tag('http.response.status_code', '500', 'int64'),
    tag('large', '9223372036854775807', 'int64'),
  ];
  expect(parse({ tags }).spans[0]).toMatchObject({
    kind: 'server',
    status: { code: 'error', message: 'no such table' },
    scope: { name: 'http', version: '' },
    traceState: 'onetrace=force',
    attributes: { 'http.response.status_code': 500, large: '9223372036854775807' },
  });
});

test("OpenTelemetry's exceptions and OpenTracing's errors are exceptions", () => {
  const logs = [
    { timestamp: start + 2, fields: [tag('event', 'exception'), tag('exception.message', 'boom')] },
    { timestamp: start + 3, fields: [tag('event', 'error'), tag('message', 'bang'), tag('stack', 'at …')] },
    { timestamp: start + 4, fields: [tag('message', 'retrying')] },
  ];
  const [span] = parse({ logs }).spans;
  expect(span?.events.map(({ name, time, attributes }) => [name, time, attributes['exception.message']])).toEqual([
    ['exception', 2000, 'boom'],
    ['exception', 3000, 'bang'],
    ['retrying', 4000, undefined],
  ]);
});

test.each<[string, object, string]>([
  ['no id', { spanID: 'x' }, 'spanID: expected up to 16 hex digits, not all zero, got "x"'],
  ['a start that is none', { startTime: 'soon' }, 'expected a start time, got none'],
  ['tags that are none', { tags: 'a=b' }, 'tags: expected a list, got "a=b"'],
  ['a reference to nothing', { references: [{ refType: 'CHILD_OF' }] }, 'a reference was left out'],
])('%s becomes a warning', (_, span, expected) => {
  expect(parse(span).warnings.join('\n')).toContain(expected);
});

test('an error of the API', () => {
  const answer = { data: null, errors: [{ code: 404, msg: 'trace not found' }] };
  expect(parseTraces(JSON.stringify(answer)).warnings.map(({ message }) => message)).toEqual([
    'Jaeger reported an error: "trace not found"',
  ]);
});
