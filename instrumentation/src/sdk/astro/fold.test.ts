import type { Context } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { api } from '../api.ts';
import type { Component } from './component.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { Root } from './recorder.ts';
import { RequestTrace } from './request-trace.ts';

const ROOT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

test('as many as the limit are spans of their own', () => {
  const page = recorded();
  for (let i = 0; i < 5; i++) page.component('Card').end();
  expect(page.tree()).toEqual(['Card', 'Card', 'Card', 'Card', 'Card']);
});

test('one more, and they are one span that counts them, with what is inside them counted as well', () => {
  const page = recorded();
  for (let i = 0; i < 6; i++) {
    const card = page.component('Card');
    page.component('Badge', card).end();
    card.end();
  }
  expect(page.tree()).toEqual(['Card ×6', '  Badge ×6']);
});

test('a span of somebody else keeps the component it is in; beyond the limit it is in the one for all', () => {
  const page = recorded();
  const cards = Array.from({ length: 8 }, () => page.component('Card'));
  const kept = cards[1]?.spanContext().spanId;
  const folded = cards.slice(6).map((card) => card.spanContext().spanId);
  for (const card of cards) card.end();
  expect(page.tree()).toEqual(['Card', 'Card ×7']);
  const [own, all] = page.spans.map((span) => span.spanContext().spanId);
  expect([kept, folded]).toEqual([own, [all, all]]);
});

test('one that failed is to be seen among the many', () => {
  const page = recorded();
  const cards = Array.from({ length: 8 }, () => page.component('Card'));
  cards[7]?.fail(new TypeError('no such icon'));
  for (const card of cards) card.end();
  expect(page.tree()).toEqual(['Card ! no such icon', 'Card ×7']);
});

test('fast ones are left out, unless something refers to them', () => {
  const page = recorded({ minMs: 1000 });
  const card = page.component('Card');
  const badge = page.component('Badge', card);
  badge.spanContext();
  badge.end();
  card.end();
  expect(page.tree()).toEqual(['Badge']);
});

test('when all is over, a component that somebody still holds keeps none of the others', () => {
  const page = recorded();
  const cards = Array.from({ length: 8 }, () => page.component('Card'));
  for (const card of cards) page.component('Badge', card).end();
  for (const card of cards) card.end();
  page.tree();
  for (const { children, group } of cards)
    expect([children, group.children, group.kept]).toEqual([undefined, undefined, []]);
});

test('deep ones are left out', () => {
  const page = recorded({ depth: 1 });
  const card = page.component('Card');
  page.component('Badge', card).end();
  card.end();
  expect(page.tree()).toEqual(['Card']);
});

test('a component lasts until what is inside it has ended', () => {
  const page = recorded();
  const card = page.component('Card');
  const late = page.component('Late', card);
  card.end();
  expect(card.isRecording()).toBe(true);
  late.end();
  expect(card.isRecording()).toBe(false);
});

test('what is open when the request is over is cut off, and what ends later is not sent again', () => {
  const page = recorded();
  const card = page.component('Card');
  expect(page.tree()).toEqual(['Card ! the request ended before this did']);
  card.end();
  expect(page.spans).toHaveLength(1);
});

/** Components below a server span, and the spans that come out when it ends. */
function recorded(limits: Partial<Limits> = {}) {
  const spans: ReadableSpan[] = [];
  const root = { spanContext: () => ROOT, resource: {} } as unknown as Root;
  const request = new RequestTrace(root, { ...DEFAULT_LIMITS, minMs: 0, ...limits }, (span) => spans.push(span));
  const at = api.trace.setSpan(api.ROOT_CONTEXT, root);
  return {
    spans,
    component(name: string, parent?: Component): Component {
      const where: Context = parent?.layer ?? at;
      return request.component(where, name, () => ({ name, attributes: {} }));
    },
    /** As text, one line a span, nested by parents. */
    tree(): string[] {
      request.finish();
      const below = (id: string, depth: number): string[] =>
        spans
          .filter((span) => span.parentSpanContext?.spanId === id)
          .flatMap((span) => [`${'  '.repeat(depth)}${line(span)}`, ...below(span.spanContext().spanId, depth + 1)]);
      return below(ROOT.spanId, 0);
    },
  };
}

function line({ name, attributes, status }: ReadableSpan): string {
  const count = attributes['onetrace.folded.count'];
  return `${name}${count === undefined ? '' : ` ×${count}`}${status.message ? ` ! ${status.message}` : ''}`;
}
