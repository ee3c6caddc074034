import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isPm2Container } from './pm2.ts';

/** Published by node:net once a server accepts connections. */
const LISTENING = 'tracing:net.server.listen:asyncEnd';

/**
 * With `wait_ready`, PM2 stops the next instance only after this one has said 'ready'. Servers that know nothing of PM2, such as
 * Astro's, never do, and a reload would wait for the whole listen_timeout; so say it for them when they listen. Independent of tracing.
 */
export function announceReady(env: NodeJS.ProcessEnv, script: string | undefined): void {
  if (env.wait_ready !== 'true' || !isPm2Container(script)) return;
  const announce = () => {
    unsubscribe(LISTENING, announce);
    process.send?.('ready');
  };
  subscribe(LISTENING, announce);
}
