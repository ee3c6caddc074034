import { type Bridge, openBridge } from '../../astro/bridge.ts';
import { contexts } from '../../spans/context-manager.ts';
import { nameRoute } from '../route.ts';
import { currentRequest } from './current-request.ts';
import { type Limits, readLimits } from './limits.ts';
import { initComponent, renderComponent, renderPageComponent, renderPageMarkup } from './render.ts';
import type { Requests } from './requests.ts';
import { StreamWalk } from './stream-walk.ts';

/** What the seams in the bundle call. Each begins with one look at the async context, and without a recorded request ends there. */
export function openAstroBridge(requests: Requests, env: NodeJS.ProcessEnv): void {
  const bridge: Bridge = {
    nameRoute,
    configure(options, islandKey) {
      requests.limits = readLimits(env, options as Partial<Limits>);
      requests.islands.key = islandKey;
    },
    islandToken: () => (currentRequest() === undefined ? undefined : requests.islands.token()),
    incoming: (request, response, run) => requests.incoming(request, response, run),
    handled(request, run) {
      currentRequest()?.matching?.end();
      return requests.handled(request, run);
    },
    routeMatch() {
      const request = currentRequest();
      if (request === undefined) return;
      request.matching = request.span(contexts.active(), 'astro.route.match', {});
      // In middleware mode it may be another's request.
      request.matching.mayBeCutOff = true;
    },
    span(name, attributes, run) {
      const request = currentRequest();
      return request === undefined ? run() : request.span(contexts.active(), name, attributes).cover(run);
    },
    repeated(key, describe, run) {
      const request = currentRequest();
      if (!request?.limits.components) return run();
      return request.component(contexts.active(), key, describe).cover(run);
    },
    staticLookup() {
      const request = currentRequest();
      if (request === undefined) return undefined;
      const span = request.span(contexts.active(), 'astro.static_lookup', {});
      // A file that was found is the answer, and nobody asks Astro.
      span.mayBeCutOff = true;
      return () => span.end();
    },
    page(attributes, run) {
      const request = currentRequest();
      return request === undefined ? run() : request.page(contexts.active(), attributes).cover(run);
    },
    pageComponent: renderPageComponent,
    body: renderPageMarkup,
    init: initComponent,
    render: renderComponent,
    walk() {
      const request = currentRequest();
      return request?.limits.components ? new StreamWalk(request, contexts.active()) : undefined;
    },
    write(destination, run) {
      const request = currentRequest();
      if (request === undefined) return run();
      const span = request.span(contexts.active(), 'astro.response.write', {});
      destination.on('finish', () => span.end());
      return contexts.with(span.layer, run);
    },
  };
  requests.islands.watch();
  openBridge(bridge);
}
