import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What a response hears, perhaps in place of `close`, when the connection breaks on which it waits for the ones before it. */
export const CUT_OFF = Symbol('onetrace cut off');

const queues = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Clients may send requests without waiting for answers. Of the responses that wait for their turn, Node 22 closes none when the
 * connection breaks.
 */
export function onCutOff(response: ServerResponse, socket: Socket, listener: (this: ServerResponse) => void): void {
  const queue = queues.get(socket) ?? watch(socket);
  queue.add(response);
  response.once(CUT_OFF, listener);
  response.once('close', () => queue.delete(response));
}

/** One listener for all: a client may send any number of requests. */
function watch(socket: Socket): Set<ServerResponse> {
  const queue = new Set<ServerResponse>();
  queues.set(socket, queue);
  socket.once('close', () => {
    for (const response of queue) response.emit(CUT_OFF);
  });
  return queue;
}
