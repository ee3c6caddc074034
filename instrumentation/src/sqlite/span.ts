import type { Attributes, Span } from '@opentelemetry/api';
import { now, sinceEpoch } from '../worker/clock.ts';
import { context, SpanKind, SpanStatusCode, TraceFlags, trace } from '../worker/otel.ts';
import { describe, type Statement } from './statement.ts';

/** Statements come again and again; one-off texts (values written into the SQL) must not fill the memory. */
const MAX_REMEMBERED = 500;

const tracer = trace.getTracer('@onetrace/instrumentation/sqlite');
const remembered = new Map<string, { name: string; attributes: Attributes }>();

/** Whether a statement now would be part of a trace that is kept: no other gets a span, least of all one of its own. */
export function isTraced(): boolean {
  const active = trace.getSpanContext(context.active());
  return active !== undefined && (active.traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Precise times: the SDK's own begin at whole milliseconds, and most statements take less than one. */
export function startSpan(sql: string): Span {
  return tracer.startSpan(...describeOnce(sql));
}

export function endSpan(span: Span, rows?: number): void {
  if (rows !== undefined) span.setAttribute('db.response.returned_rows', rows);
  span.end(sinceEpoch(now()));
}

/** By its code: a message may quote what was asked for (`fts5: syntax error near "…"`), and that is a parameter's value. */
export function failSpan(span: Span, error: unknown): void {
  const { name, code, errcode, errstr } = error as { name?: string; code?: string; errcode?: number; errstr?: string };
  const status = errcode ?? code;
  span.setAttribute('error.type', code ?? name ?? 'error');
  if (status !== undefined) span.setAttribute('db.response.status_code', String(status));
  span.setStatus({ code: SpanStatusCode.ERROR, message: errstr ?? code ?? name ?? 'error' });
  span.end(sinceEpoch(now()));
}

function describeOnce(sql: string): [string, { kind: number; startTime: number; attributes: Attributes }] {
  let known = remembered.get(sql);
  if (known === undefined) {
    const statement = describe(sql);
    known = { name: statement.summary, attributes: attributesOf(statement) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(sql, known);
  }
  return [known.name, { kind: SpanKind.CLIENT, startTime: sinceEpoch(now()), attributes: known.attributes }];
}

function attributesOf({ text, operation, collection }: Statement): Attributes {
  return {
    'db.system.name': 'sqlite',
    'db.query.text': text,
    ...(operation ? { 'db.operation.name': operation } : {}),
    ...(collection ? { 'db.collection.name': collection } : {}),
  };
}
