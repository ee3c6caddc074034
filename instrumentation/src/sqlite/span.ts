import type { Attributes, Span, SpanContext, SpanStatus } from '@opentelemetry/api';
import { contexts } from '../spans/context-manager.ts';
import { SPAN_KEY } from '../spans/contexts.ts';
import { childOf, FinishedSpan } from '../spans/finished-span.ts';
import { hrTime } from '../spans/hr-time.ts';
import { SpanKind, SpanStatusCode, TraceFlags } from '../spans/otel.ts';
import { sinkOfThread } from '../spans/sink.ts';
import { now, sinceEpoch } from '../worker/clock.ts';
import { describe, MAX_SQL, type Statement, withoutQuoted } from './statement.ts';

/** Statements come again and again; one-off texts (values written into the SQL) must not fill the memory. */
const MAX_REMEMBERED = 500;

const SCOPE = { name: '@onetrace/instrumentation/sqlite' };
const remembered = new Map<string, Description>();

interface Problem {
  name?: string;
  code?: string;
  errcode?: number;
  errstr?: string;
}

interface Description {
  name: string;
  text: string;
  attributes: Attributes;
}

/** Takes a statement that was run, both times on the clock that all threads share. `rows` is -1 where nobody knows. */
export type StatementSink = (parent: Span, sql: string, start: number, end: number, rows: number) => void;

let send: StatementSink = (parent, sql, start, end, rows) =>
  finishStatement(parent.spanContext(), sql, start, end, rows);

/** A worker has a shorter way for them than a span each. */
export function statementsGoTo(sink: StatementSink): void {
  send = sink;
}

/** `undefined` where a statement would be part of no trace that is kept: then it gets no span, least of all one of its own. */
export function recordingParent(): Span | undefined {
  const parent = contexts.active().getValue(SPAN_KEY) as Span | undefined;
  if (parent === undefined || (parent.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return parent;
}

/** @param rows how many it returned; -1: nobody knows */
export function ran(parent: Span, sql: string, start: number, rows: number): void {
  const end = now();
  send(parent, beginningOf(sql), start, end, rows);
}

/** By its code: a message may quote what was asked for (`fts5: syntax error near "…"`), and that is a parameter's value. */
export function failed(parent: Span, sql: string, start: number, error: unknown): void {
  const end = now();
  // A function of the app's that a statement calls may throw anything.
  const { name, code, errcode, errstr } = (error ?? {}) as Problem;
  const status = errcode ?? code;
  const beginning = beginningOf(sql);
  const outcome: Attributes = {
    'error.type': code ?? name ?? 'error',
    'db.query.text': withoutQuoted(describeOnce(beginning).text),
  };
  if (status !== undefined) outcome['db.response.status_code'] = String(status);
  finish(parent.spanContext(), beginning, start, end, outcome, {
    code: SpanStatusCode.ERROR,
    message: errstr ?? code ?? name ?? 'error',
  });
}

function beginningOf(sql: string): string {
  return sql.length > MAX_SQL ? sql.slice(0, MAX_SQL) : sql;
}

/** The span of a statement, which a worker may have run. */
export function finishStatement(parent: SpanContext, sql: string, start: number, end: number, rows: number): void {
  finish(parent, sql, start, end, rows === -1 ? {} : { 'db.response.returned_rows': rows });
}

function finish(
  parent: SpanContext,
  sql: string,
  start: number,
  end: number,
  outcome: Attributes,
  status?: SpanStatus,
): void {
  const sink = sinkOfThread();
  if (sink === undefined) return;
  const { name, attributes } = describeOnce(sql);
  const span = new FinishedSpan({
    name,
    kind: SpanKind.CLIENT,
    context: childOf(parent),
    parent,
    startTime: hrTime(sinceEpoch(start)),
    endTime: hrTime(sinceEpoch(end)),
    attributes: { ...attributes, ...outcome },
    resource: sink.resource,
    scope: SCOPE,
  });
  if (status !== undefined) span.status = status;
  sink.onEnd(span);
}

function describeOnce(sql: string): Description {
  let known = remembered.get(sql);
  if (known === undefined) {
    const own = sql.length < MAX_SQL ? sql : detached(sql);
    const statement = describe(own);
    known = { name: statement.summary, text: statement.text, attributes: attributesOf(statement) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(own, known);
  }
  return known;
}

/** To V8 the beginning of a text is a view of it, and keeps all of it: of values in an INSERT, megabytes. */
function detached(beginning: string): string {
  return Buffer.from(beginning, 'utf16le').toString('utf16le');
}

function attributesOf({ text, operation, collection }: Statement): Attributes {
  return {
    'db.system.name': 'sqlite',
    'db.query.text': text,
    ...(operation ? { 'db.operation.name': operation } : {}),
    ...(collection ? { 'db.collection.name': collection } : {}),
  };
}
