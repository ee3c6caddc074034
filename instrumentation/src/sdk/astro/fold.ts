import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { hrTimeOf } from '../../spans/clock.ts';
import { FinishedSpan } from '../../spans/finished-span.ts';
import { api } from '../api.ts';
import { type Component, Group, rounded } from './component.ts';
import { Groups } from './groups.ts';
import type { Recorder } from './recorder.ts';

type Export = (span: ReadableSpan) => void;

/** Makes spans of the components below one span: each its own, or one for all when there are too many. */
export function unfold(groups: Groups<Group>, parent: SpanContext, request: Recorder, send: Export): void {
  for (const group of groups.values()) {
    if (group.count > request.limits.repeat) fold(group, parent, request, send);
    else for (const component of group.kept) single(component, parent, request, send);
    group.letGo();
  }
}

function single(component: Component, parent: SpanContext, request: Recorder, send: Export): void {
  if (component.isRecording()) component.cutOff();
  const { minMs, depth } = request.limits;
  const wanted = component.duration >= minMs && component.depth <= depth;
  const shown = wanted || component.asked || component.failed;
  if (shown) send(component.readable(parent));
  if (component.children !== undefined)
    unfold(component.children, shown ? component.spanContext() : parent, request, send);
  component.children = undefined;
}

/** Those that others refer to, and those that failed, stay visible; the others, with what is below them, are added up. */
function fold(group: Group, parent: SpanContext, request: Recorder, send: Export): void {
  for (const component of group.kept) {
    if (component.asked || component.failed || isReferredTo(component.children)) {
      single(component, parent, request, send);
      group.count--;
      group.total -= component.duration;
    } else {
      group.coverFrom(component.start);
      absorb(group, component.children);
      component.children = undefined;
    }
  }
  if (group.count === 0) return;
  const shown = group.context !== undefined || group.total >= request.limits.minMs;
  if (shown) send(folded(group, parent, request));
  if (group.children !== undefined) unfold(group.children, shown ? group.spanContext(request) : parent, request, send);
}

/** A group's id cannot be merged with another's. */
function isReferredTo(groups: Groups<Group> | undefined): boolean {
  return groups !== undefined && [...groups.values()].some((group) => group.context !== undefined);
}

function absorb(into: { children: Groups<Group> | undefined }, children: Groups<Group> | undefined): void {
  if (children === undefined) return;
  into.children ??= new Groups<Group>();
  merge(into.children, children);
}

function merge(into: Groups<Group>, from: Groups<Group>): void {
  for (const [key, group] of from.entries()) {
    let sum = into.get(key);
    if (sum === undefined) {
      sum = new Group(group.of);
      into.set(key, sum);
    }
    sum.count += group.count;
    sum.total += group.total;
    sum.max = Math.max(sum.max, group.max);
    sum.first = Math.min(sum.first, group.first);
    sum.last = Math.max(sum.last, group.last);
    sum.kept.push(...group.kept);
    absorb(sum, group.children);
  }
}

function folded(group: Group, parent: SpanContext, request: Recorder): ReadableSpan {
  return new FinishedSpan({
    name: group.of.name,
    kind: api.SpanKind.INTERNAL,
    context: group.spanContext(request),
    parent,
    startTime: hrTimeOf(group.first),
    endTime: hrTimeOf(Math.max(group.last, group.first)),
    attributes: {
      ...group.of.attributes,
      'onetrace.folded.count': group.count,
      'onetrace.folded.total_ms': rounded(group.total),
      'onetrace.folded.max_ms': rounded(group.max),
    },
    resource: request.resource,
    scope: request.scope,
  });
}
