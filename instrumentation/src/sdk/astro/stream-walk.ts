import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Span } from '@opentelemetry/api';
import type { ComponentInstance, Walk } from '../../astro/bridge.ts';
import { api } from '../api.ts';
import type { Component, Group } from './component.ts';
import { isPromise } from './recorded-span.ts';
import { callInit, componentOf, describe, frontmatter, setComponent } from './render.ts';
import type { RequestTrace } from './request-trace.ts';

type Frame = ReturnType<typeof AsyncLocalStorage.snapshot>;

/** Where the walk is. */
interface Position {
  span: Span;
  context: Context;
}

/** Lies on Astro's stack below what a component returned, and comes up when all of that has been walked. */
class Leave {
  readonly before: Position;
  readonly component: Component | undefined;
  readonly group: Group | undefined;
  readonly start: number;

  constructor(before: Position, component: Component | undefined, group?: Group, start = 0) {
    this.before = before;
    this.component = component;
    this.group = group;
    this.start = start;
  }
}

/**
 * Astro 7 renders a stream in one loop over a stack of its own, so that no call contains what is inside a component. The loop is
 * synchronous: which component it is in can be kept here.
 */
export class StreamWalk implements Walk {
  readonly #request: RequestTrace;
  #at: Position;
  /**
   * Entering an async context copies it (0.3 µs and garbage), entering one again does not. All calls of one walk come from the same
   * context, so that what else is in it, of the app's own, is the same for each.
   */
  readonly #frames = new Map<Group, Frame>();

  constructor(request: RequestTrace, context: Context) {
    this.#request = request;
    this.#at = { span: api.trace.getSpan(context) ?? request.root, context };
  }

  init(instance: ComponentInstance & { init(result: object): unknown }, result: object, stack: unknown[]): unknown {
    // Those that put something into the page's head have begun before.
    if (componentOf(instance) !== undefined) return this.#entered(instance, instance.init(result), stack);
    const group = this.#request.group(this.#at.span, instance.factory, () => describe(instance.factory));
    if (group.count >= this.#request.limits.repeat) return this.#surplus(group, instance, result, stack);
    const component = this.#request.begin(this.#at.context, group);
    setComponent(instance, component);
    component.started = true;
    const value = frontmatter(component, () =>
      api.context.with(component.layer, callInit, undefined, instance, result),
    );
    return this.#entered(instance, value, stack);
  }

  left(node: unknown): boolean {
    if (!(node instanceof Leave)) return false;
    this.#at = node.before;
    node.component?.end();
    node.group?.done(node.start, performance.now());
    return true;
  }

  dynamic<T extends (...args: never[]) => unknown>(node: unknown, work: T): T {
    return mayRunCode(node) ? api.context.bind(this.#at.context, work) : work;
  }

  run<T>(work: () => T): T {
    return api.context.with(this.#at.context, work);
  }

  /** What is asynchronous is rendered by its own `render`, which sees its end. */
  #entered(instance: ComponentInstance, value: unknown, stack: unknown[]): unknown {
    const component = componentOf(instance);
    if (component?.isRecording() && !isPromise(value)) {
      stack.push(new Leave(this.#at, component));
      this.#at = { span: component, context: component.layer };
    }
    return value;
  }

  /** One of very many: two readings of the clock, unless it turns out to be asynchronous, or throws. */
  #surplus(group: Group, instance: ComponentInstance, result: object, stack: unknown[]): unknown {
    const standIn = group.standIn(this.#request, this.#at.context);
    const start = performance.now();
    let value: unknown;
    try {
      value = this.#frame(group, standIn.layer)(callInit, instance, result);
    } catch (error) {
      this.#request.begin(this.#at.context, group, start).fail(error);
      throw error;
    }
    if (isPromise(value)) {
      const component = this.#request.begin(this.#at.context, group, start);
      setComponent(instance, component);
      component.started = true;
      return frontmatter(component, () => value);
    }
    group.begun(start, true);
    stack.push(new Leave(this.#at, undefined, group, start));
    this.#at = { span: standIn, context: standIn.layer };
    return value;
  }

  #frame(group: Group, layer: Context): Frame {
    let frame = this.#frames.get(group);
    if (frame === undefined) {
      frame = api.context.with(layer, () => AsyncLocalStorage.snapshot());
      this.#frames.set(group, frame);
    }
    return frame;
  }
}

/** Most of what is not static is an instruction to Astro's own head or script, of which every component has one. */
function mayRunCode(node: unknown): boolean {
  if (typeof node === 'function') return true;
  if (typeof node !== 'object' || node === null) return false;
  return isPromise(node) || 'render' in node || Symbol.iterator in node || Symbol.asyncIterator in node;
}
