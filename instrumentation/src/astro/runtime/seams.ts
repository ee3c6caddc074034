/**
 * What the build puts around Astro's own functions. Bundled with the app: it holds nothing but the way to the bridge, and every one
 * of these calls straight through when there is none.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIContext, MiddlewareHandler } from 'astro';
import { type Attributes, type Bridge, bridge, type ComponentInstance } from '../bridge.ts';

type NodeHandler = (request: IncomingMessage, response: ServerResponse, ...rest: unknown[]) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: functions of Astro's, passed on as they are
type AnyFunction = (...args: any[]) => any;

export function init(instance: ComponentInstance, result: object): unknown {
  const open = bridge();
  return open === undefined ? instance.onetrace_init(result) : open.init(instance, result);
}

export function render(instance: ComponentInstance, destination: object): unknown {
  const open = bridge();
  return open === undefined ? instance.onetrace_render(destination) : open.render(instance, destination);
}

export function walk(): ReturnType<Bridge['walk']> {
  return bridge()?.walk();
}

export function body<T>(result: object, run: () => T): T {
  const open = bridge();
  return open === undefined ? run() : open.body(result, run);
}

/** `createStandaloneHandler`: what it returns is called with each request. */
export function standalone(create: (...args: unknown[]) => NodeHandler): typeof create {
  return (...args) => {
    const handler = create(...args);
    return (request, response, ...rest) => {
      const open = bridge();
      if (open === undefined) return handler(request, response, ...rest);
      return open.incoming(request, response, () => handler(request, response, ...rest));
    };
  };
}

/** `createAppHandler`: the same for those that no file answers, and the first to be called in middleware mode. */
export function appHandler(create: (...args: unknown[]) => NodeHandler): typeof create {
  return (...args) => {
    const handler = create(...args);
    return (request, response, ...rest) => {
      const open = bridge();
      if (open === undefined) return handler(request, response, ...rest);
      return open.incoming(request, response, () => {
        open.routeMatch();
        return handler(request, response, ...rest);
      });
    };
  };
}

/** In development Astro 5 has Node's request and response in one object, with what else it needs. */
export function devRequest(handle: AnyFunction): AnyFunction {
  return (options) => {
    const open = bridge();
    if (open === undefined) return handle(options);
    return open.incoming(options.incomingRequest, options.incomingResponse, () => handle(options));
  };
}

/** `createStaticHandler`: it looks for a file, and calls its last argument when there is none. */
export function staticLookup(create: (...args: unknown[]) => NodeHandler): typeof create {
  return (...args) => {
    const handler = create(...args);
    return (request, response, ssr) => {
      const done = bridge()?.staticLookup();
      if (done === undefined) return handler(request, response, ssr);
      return handler(request, response, () => {
        done();
        return (ssr as () => unknown)();
      });
    };
  };
}

/** `render` of the app, with every adapter and in development. */
export function handled(request: Request, run: () => Promise<Response>): Promise<Response> {
  const open = bridge();
  return open === undefined || !(request instanceof Request) ? run() : open.handled(request, run);
}

/**
 * What `sequence` returns calls others, which have spans of their own; and ours is none of the app's. A registered symbol, as there are
 * two copies of this module in development.
 */
const TRANSPARENT = Symbol.for('onetrace.transparent');

export function withoutSpan<T extends AnyFunction>(handler: T): T {
  return Object.assign(handler, { [TRANSPARENT]: true });
}

export function sequence(original: (...handlers: MiddlewareHandler[]) => MiddlewareHandler): typeof original {
  return (...handlers) => withoutSpan(original(...handlers.map((handler, index) => middleware(handler, index))));
}

function middleware(handler: MiddlewareHandler, index: number): MiddlewareHandler {
  if (typeof handler !== 'function' || TRANSPARENT in handler) return handler;
  const name = handler.name || String(index);
  return (context, next) => {
    const open = bridge();
    if (open === undefined) return handler(context, next);
    return open.span(`astro.middleware ${name}`, { 'astro.middleware.name': name }, () => handler(context, next));
  };
}

/** Astro's own check has no name; without one it would be the number 0 among the app's. */
export function named(name: string, create: AnyFunction): AnyFunction {
  return (...args) => Object.defineProperty(create(...args), 'name', { value: name });
}

/** Without settings for it, what Astro calls is a function that calls the next one. */
export function i18n(create: AnyFunction): AnyFunction {
  return (settings, ...rest) =>
    settings ? named('i18n', create)(settings, ...rest) : withoutSpan(create(settings, ...rest));
}

interface RouteData {
  route?: string;
  component?: string;
}

export function routeLoad<T>(loaded: unknown, routeData: RouteData | undefined, run: () => T): T {
  const open = bridge();
  if (open === undefined || loaded) return run();
  return open.span('astro.route.load', routeAttributes(routeData), run);
}

export function page(original: AnyFunction): AnyFunction {
  return (...args) => {
    const open = bridge();
    return open === undefined ? original(...args) : open.page(routeAttributes(args[5]), () => original(...args));
  };
}

export function pageComponent(original: AnyFunction): AnyFunction {
  return (...args) => {
    const open = bridge();
    return open === undefined ? original(...args) : open.pageComponent(args[0], args[1], () => original(...args));
  };
}

export function endpoint(original: AnyFunction): AnyFunction {
  return (module, context: APIContext, ...rest) => {
    const open = bridge();
    if (open === undefined) return original(module, context, ...rest);
    const attributes: Attributes = { 'http.request.method': context.request.method };
    if (context.routePattern) attributes['astro.route'] = context.routePattern;
    return open.span('astro.endpoint', attributes, () => original(module, context, ...rest));
  };
}

/** `getActionContext` tells which action a request asks for, if any. */
export function action(original: AnyFunction): AnyFunction {
  return (...args) => {
    const context = original(...args);
    const open = bridge();
    if (open === undefined || !context.action) return context;
    const { handler, calledFrom } = context.action;
    // Astro takes it from the address, with the slash that `trailingSlash: 'always'` asks for.
    const name = context.action.name.replace(/\/$/, '');
    context.action.handler = (...input: unknown[]) => {
      const attributes = { 'astro.action.name': name, 'astro.action.called_from': calledFrom };
      return open.span(`astro.action ${name}`, attributes, () => handler(...input));
    };
    return context;
  };
}

/** `createGetCollection` and its like: the first argument of what they return is a collection, or an entry with one. */
export function content(create: AnyFunction): AnyFunction {
  return (...args) => {
    const get: AnyFunction = create(...args);
    return (...query: Parameters<AnyFunction>) => {
      const open = bridge();
      if (open === undefined) return get(...query);
      const collection = String(query[0]?.collection ?? query[0]);
      const describe = () => ({
        name: `astro.content ${collection}`,
        attributes: { 'astro.content.collection': collection, 'code.function.name': get.name },
      });
      return open.repeated(`${get.name} ${collection}`, describe, () => get(...query));
    };
  };
}

interface Renderer {
  name: string;
  ssr: { renderToStaticMarkup: AnyFunction };
}

/** Stands for `renderToStaticMarkup` of a framework's renderer. */
export function island(
  renderer: Renderer,
  { displayName, hydrate, componentUrl }: { displayName: string; hydrate?: string; componentUrl?: string },
): AnyFunction {
  const { renderToStaticMarkup } = renderer.ssr;
  const open = bridge();
  if (open === undefined) return renderToStaticMarkup;
  const describe = () => {
    const attributes: Attributes = { 'astro.component.name': displayName, 'astro.island.renderer': renderer.name };
    if (hydrate) attributes['astro.island.client'] = hydrate;
    if (componentUrl) attributes['code.file.path'] = componentUrl;
    return { name: `astro.island.render ${displayName}`, attributes };
  };
  return function (this: unknown, component, ...rest) {
    // The component is the key: two of the same name are two.
    return open.repeated(component, describe, () => renderToStaticMarkup.call(this, component, ...rest));
  };
}

/** To be appended to the address of a server island. */
export function islandQuery(separator: '?' | '&'): string {
  const token = bridge()?.islandToken();
  return token === undefined ? '' : `${separator}onetrace=${token}`;
}

export function write(original: AnyFunction): AnyFunction {
  return (response, destination, ...rest) => {
    const open = bridge();
    if (open === undefined) return original(response, destination, ...rest);
    return open.write(destination, () => original(response, destination, ...rest));
  };
}

function routeAttributes(route: RouteData | undefined): Attributes {
  const attributes: Attributes = {};
  if (route?.route) attributes['astro.route'] = route.route;
  if (route?.component) attributes['code.file.path'] = route.component;
  return attributes;
}
