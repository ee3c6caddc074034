import { api, core } from './api.ts';

/** When the response has closed, the server span is renamed and gets `http.route` by what is found in the RPC metadata. */
export function nameRoute(route: string): void {
  const rpc = core.getRPCMetadata(api.context.active());
  // A rewrite or an error page comes by again with another route; the first is the one that was asked for.
  if (rpc?.type === core.RPCType.HTTP && rpc.route === undefined) rpc.route = route;
}
