import { performance } from 'node:perf_hooks';
import type { Context, Span } from '@opentelemetry/api';
import type { ComponentInstance, Walk } from '../../astro/bridge.ts';
import { spanIn } from '../../spans/contexts.ts';
import { contexts } from '../contexts.ts';
import type { Component, Group } from './component.ts';
import { isPromise } from './recorded-span.ts';
import { callInit, componentOf, describe, setComponent } from './render.ts';
import type { RequestTrace } from './request-trace.ts';

/** Lies on Astro's stack below what a component returned, and comes up when all of that has been walked. */
class Leave {
  /** Where the walk was before. */
  span!: Span;
  context!: Context;
  component: Component | undefined;
  group: Group | undefined;
  start = 0;
}

/**
 * Components whose frontmatter has shown to be synchronous: it need not be entered like an asynchronous one, which Astro's compiler
 * makes an `async` function, so that it always returns a promise.
 */
const synchronous = new WeakSet<ComponentInstance['factory']>();

/**
 * Astro 7 renders a stream in one loop over a stack of its own, so that no call contains what is inside a component. The loop is
 * synchronous: which component it is in can be kept here.
 */
export class StreamWalk implements Walk {
  readonly #request: RequestTrace;
  /** Where the walk is. */
  #span: Span;
  #context: Context;
  /** That came up again, to be used anew: there is one for each component of the page. */
  readonly #spare: Leave[] = [];

  constructor(request: RequestTrace, context: Context) {
    this.#request = request;
    this.#span = spanIn(context) ?? request.root;
    this.#context = context;
  }

  init(instance: WalkedInstance, result: object, stack: unknown[]): unknown {
    // Those that put something into the page's head have begun before.
    if (componentOf(instance) !== undefined) return this.#entered(instance, instance.init(result), stack);
    const group = this.#request.group(this.#span, instance.factory, describe);
    return group.count < this.#request.limits.repeat
      ? this.#single(group, instance, result, stack)
      : this.#surplus(group, instance, result, stack);
  }

  left(node: unknown): boolean {
    if (!(node instanceof Leave)) return false;
    this.#span = node.span;
    this.#context = node.context;
    this.#spare.push(node);
    node.component?.end();
    node.group?.done(node.start, performance.now());
    return true;
  }

  dynamic<T extends (...args: never[]) => unknown>(node: unknown, work: T): T {
    return mayRunCode(node) ? contexts.bind(this.#context, work) : work;
  }

  run<T>(work: () => T): T {
    return contexts.with(this.#context, work);
  }

  /** What is asynchronous is rendered by its own `render`, which sees its end. */
  #entered(instance: WalkedInstance, value: unknown, stack: unknown[]): unknown {
    if (isPromise(value)) return value;
    synchronous.add(instance.factory);
    const component = componentOf(instance);
    if (component?.isRecording()) {
      stack.push(this.#leave(component, undefined, 0));
      this.#span = component;
      this.#context = component.layer;
    }
    return value;
  }

  #leave(component: Component | undefined, group: Group | undefined, start: number): Leave {
    const leave = this.#spare.pop() ?? new Leave();
    leave.span = this.#span;
    leave.context = this.#context;
    leave.component = component;
    leave.group = group;
    leave.start = start;
    return leave;
  }

  #single(group: Group, instance: WalkedInstance, result: object, stack: unknown[]): unknown {
    const component = this.#request.begin(this.#context, group);
    setComponent(instance, component);
    component.started = true;
    let value: unknown;
    try {
      group.synchronous ||= synchronous.has(instance.factory);
      value = frontmatterOf(group, instance, component.layer, result);
    } catch (error) {
      component.fail(error);
      throw error;
    }
    if (isPromise(value)) watch(component, value);
    else component.frontmatterDone();
    return this.#entered(instance, value, stack);
  }

  /** One of very many: two readings of the clock, unless it turns out to be asynchronous, or throws. Makes no object. */
  #surplus(group: Group, instance: WalkedInstance, result: object, stack: unknown[]): unknown {
    const standIn = group.standIn(this.#request, this.#context);
    const start = performance.now();
    let value: unknown;
    try {
      value = frontmatterOf(group, instance, standIn.layer, result);
    } catch (error) {
      this.#request.begin(this.#context, group, start).fail(error);
      throw error;
    }
    if (isPromise(value)) {
      const component = this.#request.begin(this.#context, group, start);
      setComponent(instance, component);
      component.started = true;
      watch(component, value);
      return value;
    }
    group.begun(start, true);
    stack.push(this.#leave(undefined, group, start));
    this.#span = standIn;
    this.#context = standIn.layer;
    return value;
  }
}

function frontmatterOf(group: Group, instance: WalkedInstance, layer: Context, result: object): unknown {
  return group.synchronous
    ? contexts.section(layer, callInit, instance, result)
    : contexts.with(layer, callInit, undefined, instance, result);
}

/** What is asynchronous tells in time how it went. */
function watch(component: Component, value: Promise<unknown>): void {
  value.then(
    () => component.frontmatterDone(),
    (error: unknown) => component.fail(error),
  );
}

/** Where nothing is recorded: else each component would have to find that out by itself. */
export const unrecordedWalk: Walk = {
  init: callInit,
  left: () => false,
  run: (work) => work(),
  dynamic: (_, work) => work,
};

type WalkedInstance = ComponentInstance & { init(result: object): unknown };

/** Most of what is not static is an instruction to Astro's own head or script, of which every component has one. */
function mayRunCode(node: unknown): boolean {
  if (typeof node === 'function') return true;
  if (typeof node !== 'object' || node === null) return false;
  return isPromise(node) || 'render' in node || Symbol.iterator in node || Symbol.asyncIterator in node;
}
