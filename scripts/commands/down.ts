import { runSteps } from '../progress.ts';
import { stopCompose } from '../stack/compose.ts';
import { stopLocal } from '../stack/local.ts';
import { currentMode, rememberMode } from '../stack/mode.ts';

/** Ends the stack, whichever mode it runs in. Traces that were saved under .onetrace/ stay. */
export async function down(): Promise<string> {
  const mode = await currentMode();
  // Local processes are ended in any case: that is harmless when there are none, and finds what a crash has left.
  await runSteps([{ title: 'local processes', run: async () => stopLocal().then(() => 'ended') }]);
  if (mode === 'compose') {
    await runSteps([{ title: 'docker compose down', run: async (report) => stopCompose(report).then(() => 'ended') }]);
  }
  await rememberMode(null);
  return 'The stack is down.\n';
}
