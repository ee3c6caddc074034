import type { Node } from '../../scripts/analysis/node.ts';
import { buildTree } from '../../scripts/analysis/tree.ts';
import { type Arrived, awaitTrace } from '../../scripts/commands/trace/await-trace.ts';
import { deliver } from '../../scripts/sources/collector.ts';
import { type Exchange, send } from '../../scripts/sources/curl/send.ts';
import { jaegerOn } from '../../scripts/sources/jaeger.ts';
import { newTraceContext, type TraceContext } from '../../scripts/sources/trace-context.ts';
import type { Stack } from './stack.ts';

export interface Sent {
  context: TraceContext;
  exchange: Exchange;
}

/** One request through nginx, marked to be kept, with a trace id of its own. */
export async function request(stack: Stack, path: string): Promise<Sent> {
  const context = newTraceContext();
  const url = `http://127.0.0.1:${stack.variables.ONETRACE_NGINX_PORT}${path}`;
  return { context, exchange: await send({ url, options: [], context, key: '' }) };
}

/** Adds curl's own span, the root, and waits for the rest. */
export async function collect(stack: Stack, { context, exchange }: Sent, deadlineMs = 20_000): Promise<Arrived> {
  await deliver(exchange, context, Number(stack.variables.ONETRACE_OTLP_HTTP_PORT));
  const jaeger = jaegerOn(Number(stack.variables.ONETRACE_JAEGER_UI_PORT));
  const expectation = {
    clientSpanId: context.spanId,
    hops: ['curl', 'nginx', 'app'] as const,
    appService: 'astro-ssr',
  };
  return awaitTrace(jaeger, context.traceId, expectation, deadlineMs);
}

/** The trace as nested text, one service a line: what a failed assertion prints. Spans below the app's first are left out. */
export function hops({ trace, raw }: Arrived): string {
  if (trace === null) return `no trace: ${raw}`;
  return buildTree(trace)
    .roots.map((root) => outline(root, ''))
    .join('\n');
}

function outline({ span, children }: Node, indent: string): string {
  const own = `${indent}${span.service} ${span.kind}`;
  if (span.service === 'astro-ssr') return own;
  return [own, ...children.map((child) => outline(child, `${indent}  `))].join('\n');
}
