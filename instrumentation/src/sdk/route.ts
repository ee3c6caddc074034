import { api, core } from './api.ts';

/** The HTTP instrumentation, when the response ends, renames the span and sets http.route by what it finds in the RPC metadata. */
export function nameRoute(route: string): void {
  const rpc = core.getRPCMetadata(api.context.active());
  // A rewrite or an error page comes by again with another route; the first is the one that was asked for.
  if (rpc?.type === core.RPCType.HTTP && rpc.route === undefined) rpc.route = route;
}
