import { performance } from 'node:perf_hooks';
import type { Context } from '@opentelemetry/api';
import type { ComponentInstance, Walk } from '../../astro/bridge.ts';
import { contexts } from '../../spans/context-manager.ts';
import { spanIn } from '../../spans/contexts.ts';
import { type Component, type Group, groupOf } from './component.ts';
import type { Groups } from './groups.ts';
import { isPromise } from './recorded-span.ts';
import { callInit, componentOf, describe, setComponent } from './render.ts';
import type { RequestTrace } from './request-trace.ts';

/** Where a walk is: inside of a component, as a rule. */
type Place = Pick<Component, 'layer' | 'groups'>;

/** Lies on Astro's stack below what a component returned, and comes up when all of that has been walked. */
class Leave {
  /** The one that comes up after it. */
  outer: Leave | undefined;
  /** Where the walk was before. */
  place!: Place;
  component: Component | undefined;
  group: Group | undefined;
  start = 0;
}

/**
 * Astro 7 renders a stream in one loop over a stack of its own, so that no call contains what is inside a component. The loop is
 * synchronous: which component it is in can be kept here.
 */
export class StreamWalk implements Walk {
  readonly #request: RequestTrace;
  #place: Place;
  /** The one that comes up next: cheaper to know than to ask of each of a thousand nodes whether it is one. */
  #next: Leave | undefined;
  /** That came up again, to be used anew: there is one for each component of the page. */
  readonly #spare: Leave[] = [];

  constructor(request: RequestTrace, context: Context) {
    this.#request = request;
    this.#place = new Start(request, context);
  }

  init(instance: WalkedInstance, result: object, stack: unknown[]): unknown {
    const begun = componentOf(instance);
    // Those that put something into the page's head have begun before.
    if (begun !== undefined) return this.#entered(begun, instance.init(result), stack);
    const group = groupOf(instance.factory, this.#place.groups, describe);
    return group.count < this.#request.limits.repeat
      ? this.#single(group, instance, result, stack)
      : this.#surplus(group, instance, result, stack);
  }

  left(node: unknown): boolean {
    const leave = this.#next;
    if (leave === undefined || node !== leave) return false;
    this.#next = leave.outer;
    this.#place = leave.place;
    this.#spare.push(leave);
    leave.component?.end();
    leave.group?.done(leave.start, performance.now());
    return true;
  }

  dynamic<T extends (...args: never[]) => unknown>(node: unknown, work: T): T {
    return mayRunCode(node) ? contexts.bind(this.#place.layer, work) : work;
  }

  run<T>(work: () => T): T {
    return contexts.with(this.#place.layer, work);
  }

  /** What is asynchronous is rendered by its own `render`, which sees its end. */
  #entered(component: Component, value: unknown, stack: unknown[]): unknown {
    if (isPromise(value)) return value;
    component.group.of.synchronous = true;
    if (component.isRecording()) {
      stack.push(this.#leave(component, undefined, 0));
      this.#place = component;
    }
    return value;
  }

  #leave(component: Component | undefined, group: Group | undefined, start: number): Leave {
    const leave = this.#spare.pop() ?? new Leave();
    leave.outer = this.#next;
    leave.place = this.#place;
    leave.component = component;
    leave.group = group;
    leave.start = start;
    this.#next = leave;
    return leave;
  }

  #single(group: Group, instance: WalkedInstance, result: object, stack: unknown[]): unknown {
    const component = this.#request.begin(this.#place.layer, group);
    let value: unknown;
    try {
      value = frontmatterOf(group, instance, component.layer, result);
    } catch (error) {
      component.fail(error);
      throw error;
    }
    if (isPromise(value)) awaited(component, instance, value);
    else component.frontmatterDone();
    return this.#entered(component, value, stack);
  }

  /** One of very many: two readings of the clock, unless it turns out to be asynchronous, or throws. Makes no object. */
  #surplus(group: Group, instance: WalkedInstance, result: object, stack: unknown[]): unknown {
    const { layer } = this.#place;
    const standIn = group.standIn(this.#request, layer);
    const start = performance.now();
    let value: unknown;
    try {
      value = frontmatterOf(group, instance, standIn.layer, result);
    } catch (error) {
      this.#request.begin(layer, group, start).fail(error);
      throw error;
    }
    if (isPromise(value)) {
      awaited(this.#request.begin(layer, group, start), instance, value);
      return value;
    }
    group.begun(start, true);
    stack.push(this.#leave(undefined, group, start));
    this.#place = standIn;
    return value;
  }
}

/** Where a walk begins: the page's own component, or whatever calls for a stream. */
class Start implements Place {
  readonly layer: Context;
  readonly #request: RequestTrace;

  constructor(request: RequestTrace, context: Context) {
    this.#request = request;
    this.layer = context;
  }

  get groups(): Groups<Group> {
    return this.#request.groupsBelow(spanIn(this.layer) ?? this.#request.root);
  }
}

function frontmatterOf(group: Group, instance: WalkedInstance, layer: Context, result: object): unknown {
  return group.of.synchronous
    ? contexts.section(layer, callInit, instance, result)
    : contexts.with(layer, callInit, undefined, instance, result);
}

/** What is asynchronous tells in time how it went, and is found again when its own `render` is called. */
function awaited(component: Component, instance: WalkedInstance, value: Promise<unknown>): void {
  setComponent(instance, component);
  component.started = true;
  value.then(
    () => component.frontmatterDone(),
    (error: unknown) => component.fail(error),
  );
}

type WalkedInstance = ComponentInstance & { init(result: object): unknown };

/** Most of what is not static is an instruction to Astro's own head or script, of which every component has one. */
function mayRunCode(node: unknown): boolean {
  if (typeof node === 'function') return true;
  if (typeof node !== 'object' || node === null) return false;
  return isPromise(node) || 'render' in node || Symbol.iterator in node || Symbol.asyncIterator in node;
}
