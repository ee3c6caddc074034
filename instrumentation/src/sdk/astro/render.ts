import type { Bridge, ComponentInstance } from '../../astro/bridge.ts';
import { contexts } from '../../spans/context-manager.ts';
import { spanIn } from '../../spans/contexts.ts';
import type { Component, Described } from './component.ts';
import { currentRequest } from './current-request.ts';
import { type HeldSpan, PageSpan } from './held-span.ts';
import { isPromise } from './recorded-span.ts';

/** On Astro's objects: the component that records them. */
const COMPONENT = Symbol('onetrace component');
type Recorded = { [COMPONENT]?: Component };

export function componentOf(instance: object): Component | undefined {
  return (instance as Recorded)[COMPONENT];
}

export function setComponent(instance: object, component: Component): void {
  (instance as Recorded)[COMPONENT] = component;
}

/**
 * The frontmatter. Astro comes by here from three sides: from `render`, before it (components that put something into the page's head),
 * and from the loop that walks a stream; later calls get what the first one returned.
 */
export const initComponent: Bridge['init'] = (instance, result) => {
  let component = componentOf(instance);
  if (component?.started) return instance.onetrace_init(result);
  const begun = component === undefined;
  component ??= begin(instance, instance.factory);
  if (component === undefined) return instance.onetrace_init(result);
  component.started = true;
  // `render` has entered the component's context already.
  return frontmatter(component, () =>
    begun ? contexts.with(component.layer, callInit, undefined, instance, result) : instance.onetrace_init(result),
  );
};

/** The whole component, where Astro renders by recursion. */
export const renderComponent: Bridge['render'] = (instance, destination) => {
  const component = componentOf(instance) ?? begin(instance, instance.factory);
  if (component === undefined) return instance.onetrace_render(destination);
  return markup(component, () => contexts.with(component.layer, callRender, undefined, instance, destination));
};

export const renderPageComponent: Bridge['pageComponent'] = (result, factory, run) => {
  const component = begin(result, factory);
  if (component === undefined) return run();
  component.started = true;
  const promise = frontmatter(component, () => contexts.with(component.layer, run));
  // A frontmatter may answer by itself, with a redirect; then no markup follows.
  promise.then(
    (value) => value instanceof Response && component.end(),
    () => undefined,
  );
  return promise;
};

export const renderPageMarkup: Bridge['body'] = (result, run) => {
  const component = componentOf(result);
  if (component !== undefined) return markup(component, () => contexts.with(component.layer, run));
  const page = spanIn(contexts.active());
  if (!(page instanceof PageSpan)) return run();
  page.hold();
  return markup(page, run);
};

function begin(owner: object, factory: ComponentInstance['factory']): Component | undefined {
  const request = currentRequest();
  if (!request?.limits.components) return undefined;
  const component = request.component(contexts.active(), factory, describe);
  setComponent(owner, component);
  return component;
}

const described = new WeakMap<ComponentInstance['factory'], Described>();

/** The same object each time for the same component. */
export function describe(factory: ComponentInstance['factory']): Described {
  let description = described.get(factory);
  if (description === undefined) {
    description = describeAnew(factory);
    described.set(factory, description);
  }
  return description;
}

function describeAnew({ name, moduleId }: ComponentInstance['factory']): Described {
  // Astro wraps the component of a server island in a function of its own.
  const shown = (name === 'Component' && fileName(moduleId)) || name || 'Anonymous';
  const attributes = { 'astro.component.name': shown };
  return {
    name: `astro.component ${shown}`,
    attributes: moduleId ? { ...attributes, 'code.file.path': moduleId } : attributes,
  };
}

function fileName(moduleId = ''): string | undefined {
  return /([^/\\]+)\.\w+$/.exec(moduleId)?.[1];
}

function frontmatter<T>(component: Component, run: () => T): T {
  return watched(
    run,
    () => component.frontmatterDone(),
    (error) => component.fail(error),
  );
}

/** The last part of a component, or of a page without them. */
function markup<T>(component: HeldSpan, run: () => T): T {
  return watched(
    run,
    () => component.end(),
    (error, late) => {
      // First the page, which waits for nothing else: the response has gone out by now, and it would end as if all were well.
      if (late && component.parent instanceof PageSpan) component.parent.fail(error);
      component.fail(error);
    },
  );
}

/** Runs it and tells how it went, at once or (`late`) when its promise has settled; what it returns and throws stays the same. */
function watched<T>(run: () => T, done: () => void, failed: (error: unknown, late: boolean) => void): T {
  let value: T;
  try {
    value = run();
  } catch (error) {
    failed(error, false);
    throw error;
  }
  if (isPromise(value)) value.then(done, (error: unknown) => failed(error, true));
  else done();
  return value;
}

export function callInit(instance: ComponentInstance, result: object): unknown {
  return instance.onetrace_init(result);
}

function callRender(instance: ComponentInstance, destination: object): unknown {
  return instance.onetrace_render(destination);
}
