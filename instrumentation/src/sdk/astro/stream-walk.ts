import type { Context } from '@opentelemetry/api';
import type { Walk } from '../../astro/bridge.ts';
import { api } from '../api.ts';
import type { Component } from './component.ts';
import { isPromise } from './recorded-span.ts';
import { componentOf } from './render.ts';

/** Lies on Astro's stack below what a component returned, and comes up when all of that has been walked. */
class Leave {
  readonly component: Component;
  readonly before: Context;

  constructor(component: Component, before: Context) {
    this.component = component;
    this.before = before;
  }
}

/**
 * Astro 7 renders a stream in one loop over a stack of its own, so that no call contains what is inside a component. The loop is
 * synchronous: which component it is in can be kept here.
 */
export class StreamWalk implements Walk {
  #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  init: Walk['init'] = (instance, result, stack) => {
    const value = api.context.with(this.#context, callInit, undefined, instance, result);
    const component = componentOf(instance);
    // What is asynchronous is rendered by its own `render`, which sees its end.
    if (component?.isRecording() && !isPromise(value)) {
      stack.push(new Leave(component, this.#context));
      this.#context = component.layer;
    }
    return value;
  };

  left(node: unknown): boolean {
    if (!(node instanceof Leave)) return false;
    this.#context = node.before;
    node.component.end();
    return true;
  }

  run<T>(work: () => T): T {
    return api.context.with(this.#context, work);
  }

  bind<T extends (...args: never[]) => unknown>(work: T): T {
    return api.context.bind(this.#context, work);
  }
}

function callInit(instance: { init(result: object): unknown }, result: object): unknown {
  return instance.init(result);
}
