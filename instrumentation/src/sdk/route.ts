import { createRequire } from 'node:module';
import { openBridge } from '../astro/bridge.ts';

const require = createRequire(import.meta.url);

/** The HTTP instrumentation, when the response ends, renames the span and sets http.route by what it finds in the RPC metadata. */
export function acceptRoutes(): void {
  const { context } = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
  const { getRPCMetadata, RPCType } = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
  openBridge({
    nameRoute(route) {
      const rpc = getRPCMetadata(context.active());
      // A rewrite or an error page comes by again with another route; the first is the one that was asked for.
      if (rpc?.type === RPCType.HTTP && rpc.route === undefined) rpc.route = route;
    },
  });
}
