import { subscribe } from 'node:diagnostics_channel';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CUT_OFF, onCutOff } from './queued.ts';

/** How often connections that have become idle are closed while the last requests finish. */
const SWEEP_MS = 20;

const servers = new Set<Server>();
const inFlight = new Set<ServerResponse>();
let draining = false;

interface Started {
  server: Server;
  response: ServerResponse;
  /** With the response whose turn it is. */
  socket: Socket & { _httpMessage?: ServerResponse | null };
}

/** Learns the HTTP servers of the process from their first request; one without any has nothing in flight. */
export function watchServers(): void {
  subscribe('http.server.request.start', (message) => {
    const { server, response, socket } = message as Started;
    inFlight.add(response);
    response.on('close', answered);
    if (socket._httpMessage) onCutOff(response, socket, answered);
    if (draining) response.shouldKeepAlive = false;
    if (servers.has(server)) return;
    servers.add(server);
    server.once('close', () => servers.delete(server));
  });
}

/** One function for all: this costs each request of the process. */
function answered(this: ServerResponse): void {
  inFlight.delete(this);
}

/**
 * Stops accepting and waits until every request in flight is answered, or the time is up. The answers say `Connection: close`, so
 * that no client sends its next request into a connection that is about to go.
 * Node closes only the connections that are idle at the moment of close(); those that become idle later would hold it open.
 */
export async function drainServers(timeoutMs: number): Promise<void> {
  draining = true;
  for (const response of inFlight) response.shouldKeepAlive = false;
  const closed = Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))))
    // A server counts a connection as gone before its response has closed, and with that its span.
    .then(() =>
      Promise.all(
        [...inFlight].map(
          (response) => new Promise<void>((resolve) => response.once('close', resolve).once(CUT_OFF, resolve)),
        ),
      ),
    );
  const sweep = setInterval(() => {
    for (const server of servers) server.closeIdleConnections();
  }, SWEEP_MS);
  await within(timeoutMs, closed);
  clearInterval(sweep);
}

/** Resolves to whether the promise settled in time. */
export async function within(timeoutMs: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const settled = promise.then(
    () => true as const,
    () => true as const,
  );
  const inTime = await Promise.race([settled, timeout]);
  clearTimeout(timer);
  return inTime;
}
