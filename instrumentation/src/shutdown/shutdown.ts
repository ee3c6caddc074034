import { drainServers, watchServers, within } from './servers.ts';

export interface Shutdown {
  /** All of it: requests in flight, then the last export. */
  timeoutMs: number;
  underPm2: boolean;
  /** The process may end at any moment: export what ends from now on without delay. */
  hurry(): void;
  /** Exports what there is and closes the SDK. */
  shutdown(): Promise<void>;
}

type Signal = 'SIGINT' | 'SIGTERM';

/** Of the whole time, what requests in flight cannot use up: the export comes after them and is worth nothing if it is cut off. */
const EXPORT_SHARE = 0.3;

/**
 * Sees to it that the last spans leave before the process does, and changes as little as possible about how it ends:
 * - the app handles the signal itself: export at once and whatever ends from now on; the exit stays the app's;
 * - nobody does: stop accepting, answer what is in flight, export, then die by the same signal as without us;
 * - the event loop runs dry: export, then let it.
 */
export function shutDownGracefully(options: Shutdown): void {
  watchServers();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) onSignal(signal, options);
  if (options.underPm2) onPm2Message(options);
  process.once('beforeExit', async () => {
    if (!(await within(options.timeoutMs, options.shutdown()))) process.exit();
  });
}

function onSignal(signal: Signal, options: Shutdown): void {
  let leaving = false;
  const die = () => {
    process.removeListener(signal, listener);
    process.kill(process.pid, signal);
  };
  const listener = () => {
    // Whoever presses Ctrl-C twice means it.
    if (leaving) return die();
    if (hasHandler(signal, listener)) return options.hurry();
    leaving = true;
    void finish(options).then(die);
  };
  process.on(signal, listener);
}

/** PM2 sends this instead of a signal with shutdown_with_message and on `pm2 gracefulReload`; unanswered it ends in SIGKILL. */
function onPm2Message(options: Shutdown): void {
  const inCluster = process.env.exec_mode === 'cluster_mode';
  const listener = (message: unknown) => {
    if (message !== 'shutdown') return;
    // In a cluster worker one other listener is PM2's own.
    if (process.listenerCount('message') > (inCluster ? 2 : 1)) return options.hurry();
    process.removeListener('message', listener);
    void finish(options).then(() => process.exit());
  };
  // A listener makes Node keep the process alive for the channel's sake, which a script that would otherwise end must not notice.
  const channel = process.channel as { unrefCounted?(): void } | null | undefined;
  if (channel?.unrefCounted === undefined) return;
  process.on('message', listener);
  channel.unrefCounted();
}

async function finish({ timeoutMs, shutdown }: Shutdown): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  await drainServers(timeoutMs * (1 - EXPORT_SHARE));
  await within(deadline - performance.now(), shutdown());
}

/**
 * The package signal-exit, deep inside many tools, listens too, but only to clean up; it dies by the signal itself as soon as it is
 * alone. It counts its listeners in public (v3 and v4), so that they can be told from a handler of the app.
 */
function hasHandler(signal: Signal, ours: () => void): boolean {
  const v3 = (process as { __signal_exit_emitter__?: { count?: number } }).__signal_exit_emitter__?.count ?? 0;
  const v4 = (globalThis as Record<symbol, { count?: number }>)[Symbol.for('signal-exit emitter')]?.count ?? 0;
  return process.listeners(signal).filter((listener) => listener !== ours).length > v3 + v4;
}
