import { median } from 'simple-statistics';
import { covered } from '../../analysis/coverage.ts';
import type { Node } from '../../analysis/node.ts';
import { buildTree } from '../../analysis/tree.ts';
import { absent } from '../../failure.ts';
import { demoUrl } from '../../stack/services.ts';
import { collectAll, isComplete } from '../trace/collect.ts';
import { shootAll, warmUp } from '../trace/shoot.ts';
import { type Promised, percent } from './measurement.ts';

const requests = 30;
const leastCovered = 0.95;

/** The demo page, one request at a time: how much of the app's server span lies within what was recorded below it. Samples do not count. */
export const inside: Promised = {
  name: 'inside',
  title: `inside the app: ${requests} requests`,
  measure: async (settings, report) => {
    const request = { url: demoUrl(settings), options: [], key: settings.ONETRACE_KEY };
    await warmUp(request, requests);
    const { answered } = await shootAll(request, { sent: requests, concurrency: 1 }, settings, report);
    const complete = (await collectAll(request.url, answered, settings, report)).filter(isComplete);
    const servers = complete.flatMap(({ arrived }) =>
      serverOf(buildTree(arrived.trace).roots, settings.OTEL_SERVICE_NAME),
    );
    if (servers.length < requests)
      throw absent({
        expected: `${requests} traces with a server span of ${settings.OTEL_SERVICE_NAME}`,
        got: `${servers.length}`,
        next: 'make status',
      });
    const shares = servers.map(shareCovered);
    return [
      {
        promise: 'inside the app',
        measure: `${requests} requests to the demo page: ≥ ${leastCovered * 100} % of the server span within spans below it`,
        figure: `median ${percent(median(shares))}, least ${percent(Math.min(...shares))}`,
        kept: median(shares) >= leastCovered,
      },
    ];
  },
};

function serverOf(nodes: readonly Node[], service: string): Node[] {
  return nodes.flatMap((node) =>
    node.span.kind === 'server' && node.span.service === service ? node : serverOf(node.children, service),
  );
}

/** A streamed page goes on after the middleware that is its parent: not only the direct children count. */
function shareCovered(server: Node): number {
  const { start, end } = server;
  const parts = below(server)
    .map((node) => ({ ...node, start: Math.max(node.start, start), end: Math.min(node.end, end) }))
    .filter((part) => part.end > part.start);
  return covered(parts) / (end - start);
}

function below({ children }: Node): Node[] {
  return children.flatMap((child) => [child, ...below(child)]);
}
