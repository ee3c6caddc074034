import type { Node } from './node.ts';

/** The server's span of a call, where the called sends spans. */
export function calledService({ span, children }: Node): Node | undefined {
  return children.find((child) => child.span.kind === 'server' && child.span.service !== span.service);
}

/** A task was posted, and the worker had not taken it yet: it was busy, or waking up. */
export const isWaitInQueue = ({ span }: Node): boolean => span.name === 'worker.queue_wait';

/** A worker's answer was there, and the thread that had asked was busy. */
export const isWaitForLoop = ({ span }: Node): boolean => span.name === 'worker.answer_wait';
