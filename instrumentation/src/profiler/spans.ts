import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { api } from '../sdk/api.ts';
import { childOf, FinishedSpan } from '../spans/finished-span.ts';
import { hrTime } from '../spans/hr-time.ts';
import type { Inferred } from './call-tree.ts';
import type { Explanation } from './explain.ts';
import type { SpanTree } from './span-tree.ts';

const SCOPE = { name: '@onetrace/instrumentation/profiler' };

/** Spans for what was inferred, callers before what they call; of the trace, and with the marks, of their root. */
export function inferredSpans(tree: SpanTree, { inferred }: Explanation): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const { span: root } = tree.root;
  const add = (call: Inferred, parent: SpanContext, bounds: { start: number; end: number }) => {
    const start = Math.max(call.from, bounds.start);
    const end = Math.min(call.to, bounds.end);
    if (end <= start) return;
    const context = childOf(root.spanContext());
    spans.push(toSpan(call, context, parent, root, start, end));
    for (const child of call.children) add(child, context, { start, end });
  };
  for (const [id, calls] of inferred) {
    const node = tree.get(id);
    if (node !== undefined) for (const call of calls) add(call, node.span.spanContext(), node);
  }
  return spans;
}

/** What the root says about itself. */
export function accounting({ times, samples }: Explanation, intervalUs: number): Attributes {
  return {
    'onetrace.time.cpu_ms': rounded(times.cpu),
    'onetrace.time.gc_ms': rounded(times.gc),
    'onetrace.time.blocked_ms': rounded(times.blocked),
    'onetrace.time.wait_ms': rounded(times.wait),
    'onetrace.time.unknown_ms': rounded(times.unknown),
    'onetrace.profile.interval_us': intervalUs,
    'onetrace.profile.samples': samples,
  };
}

function toSpan(
  call: Inferred,
  context: SpanContext,
  parent: SpanContext,
  root: ReadableSpan,
  start: number,
  end: number,
): ReadableSpan {
  return new FinishedSpan({
    name: nameOf(call),
    kind: api.SpanKind.INTERNAL,
    context,
    parent,
    startTime: hrTime(start),
    endTime: hrTime(end),
    attributes: attributesOf(call),
    resource: root.resource,
    scope: SCOPE,
  });
}

function nameOf({ kind, code, what }: Inferred): string {
  if (kind === 'gc') return 'garbage collection';
  if (kind === 'wait') return 'idle';
  if (kind === 'blocked') return `event loop busy: ${what}`;
  return code?.name ?? '';
}

function attributesOf({ kind, samples, code }: Inferred): Attributes {
  const attributes: Attributes = { 'onetrace.inferred': true, 'onetrace.kind': kind, 'onetrace.samples': samples };
  if (code === undefined || kind === 'gc') return attributes;
  attributes['code.function.name'] = code.name;
  attributes['onetrace.origin'] = code.origin;
  if (code.file !== undefined) attributes['code.file.path'] = code.file;
  if (code.line !== undefined) attributes['code.line.number'] = code.line;
  if (code.library !== undefined) attributes['onetrace.library'] = code.library;
  return attributes;
}

/** Microseconds are more than samples tell. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
