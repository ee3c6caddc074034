import type { Attributes, SpanContext, SpanStatus } from '@opentelemetry/api';
import { childOf, FinishedSpan } from '../spans/finished-span.ts';
import { hrTime } from '../spans/hr-time.ts';
import { context, SpanKind, SpanStatusCode, TraceFlags, trace } from '../spans/otel.ts';
import { finish } from '../spans/sink.ts';
import { now, sinceEpoch } from '../worker/clock.ts';
import { describe, type Statement } from './statement.ts';

/** Statements come again and again; one-off texts (values written into the SQL) must not fill the memory. */
const MAX_REMEMBERED = 500;

const scope = { name: '@onetrace/instrumentation/sqlite' };
const remembered = new Map<string, Description>();

interface Description {
  name: string;
  kind: number;
  attributes: Attributes;
}

/** A statement that is being run. */
export interface Running {
  statement: Description;
  parent: SpanContext;
  /** On the clock that all threads share. */
  start: number;
}

/** `undefined` where it would be part of no trace that is kept: then it gets no span, least of all one of its own. */
export function startSpan(sql: () => string): Running | undefined {
  const parent = trace.getSpanContext(context.active());
  if (parent === undefined || (parent.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { statement: describeOnce(sql()), parent, start: now() };
}

export function endSpan(running: Running, rows?: number): void {
  record(running, rows === undefined ? {} : { 'db.response.returned_rows': rows });
}

/** By its code: a message may quote what was asked for (`fts5: syntax error near "…"`), and that is a parameter's value. */
export function failSpan(running: Running, error: unknown): void {
  const { name, code, errcode, errstr } = error as { name?: string; code?: string; errcode?: number; errstr?: string };
  const status = errcode ?? code;
  const attributes: Attributes = { 'error.type': code ?? name ?? 'error' };
  if (status !== undefined) attributes['db.response.status_code'] = String(status);
  record(running, attributes, { code: SpanStatusCode.ERROR, message: errstr ?? code ?? name ?? 'error' });
}

function record({ statement, parent, start }: Running, outcome: Attributes, status?: SpanStatus): void {
  const { name, kind } = statement;
  const attributes = { ...statement.attributes, ...outcome };
  const times = { startTime: hrTime(sinceEpoch(start)), endTime: hrTime(sinceEpoch(now())) };
  finish((resource) => {
    const span = new FinishedSpan({
      name,
      kind,
      attributes,
      ...times,
      parent,
      context: childOf(parent),
      resource,
      scope,
    });
    if (status !== undefined) span.status = status;
    return span;
  });
}

function describeOnce(sql: string): Description {
  let known = remembered.get(sql);
  if (known === undefined) {
    const statement = describe(sql);
    known = { name: statement.summary, kind: SpanKind.CLIENT, attributes: attributesOf(statement) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(sql, known);
  }
  return known;
}

function attributesOf({ text, operation, collection }: Statement): Attributes {
  return {
    'db.system.name': 'sqlite',
    'db.query.text': text,
    ...(operation ? { 'db.operation.name': operation } : {}),
    ...(collection ? { 'db.collection.name': collection } : {}),
  };
}
