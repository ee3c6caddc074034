/**
 * The preload: `node --import @onetrace/instrumentation/register app.mjs`.
 *
 * Nothing of the SDK is imported before it is certain that this process is to be traced, so that OTEL_SDK_DISABLED=true costs
 * a few milliseconds and no memory. Whatever goes wrong in here costs one line on stderr and never the app.
 */
import { isFirstPreload } from './api/offers.ts';
import { instrumentAstroDev } from './preload/astro-dev.ts';
import { reasonNotToTrace } from './preload/gate.ts';
import { adoptPm2Environment } from './preload/pm2.ts';
import { announceReady } from './preload/ready.ts';
import { explain, say } from './preload/say.ts';
import { inheritedKey } from './worker/protocol.ts';

// The same preload can arrive twice, by NODE_OPTIONS and by PM2's node_args, from two copies of the package.
if (isFirstPreload()) {
  try {
    adoptPm2Environment(process.env);
    announceReady(process.env, process.argv[1]);
    const reason = reasonNotToTrace();
    const asked = reason?.byParent ? inheritedKey() : undefined;
    if (asked !== undefined) await (await import('./worker/thread.ts')).startInWorker(asked);
    else if (reason === undefined) {
      await (await import('./sdk/start.ts')).start();
      await instrumentAstroDev(process.argv[1], process.argv.slice(2));
    } else if (reason?.tell) say(reason.tell);
  } catch (error) {
    say(`tracing is off, the app runs without it: ${explain(error)}`);
  }
}
