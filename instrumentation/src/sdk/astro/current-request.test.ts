import type { Span } from '@opentelemetry/api';
import { beforeAll, expect, test } from 'vitest';
import { contexts } from '../../spans/context-manager.ts';
import { api } from '../api.ts';
import { ServerContext } from '../http/server-context.ts';
import { currentRequest, withRequest } from './current-request.ts';
import type { RequestTrace } from './request-trace.ts';

beforeAll(() => {
  api.context.setGlobalContextManager(contexts);
});

const span = () => ({}) as Span;
const traceOf = (root: Span) => ({ root, closed: false }) as RequestTrace;

test('a request is recorded in the context of its server span, where all below find it', () => {
  const server = new ServerContext(api.ROOT_CONTEXT, span());
  const below = server.setValue(Symbol('framework'), 1);
  const trace = traceOf(server.span);
  expect(withRequest(below, trace)).toBe(below);
  for (const context of [server, below]) expect(api.context.with(context, currentRequest)).toBe(trace);
});

test("below a span of somebody else's it has a context of its own", () => {
  const server = new ServerContext(api.ROOT_CONTEXT, span());
  const trace = traceOf(span());
  for (const at of [api.ROOT_CONTEXT, server]) {
    const context = withRequest(at, trace);
    expect(context).not.toBe(at);
    expect(api.context.with(context, currentRequest)).toBe(trace);
  }
  expect(api.context.with(server, currentRequest)).toBeUndefined();
});

test('one that is over is no longer current', () => {
  const server = new ServerContext(api.ROOT_CONTEXT, span());
  const trace = traceOf(server.span);
  withRequest(server, trace);
  trace.closed = true;
  expect(contexts.with(server, currentRequest)).toBeUndefined();
});
