import { misuse } from '../../failure.ts';
import type { Settings } from '../../settings.ts';
import { composeContainers } from '../../stack/compose.ts';
import { localProcesses } from '../../stack/local.ts';
import { chooseMode, currentMode, rememberMode } from '../../stack/mode.ts';
import type { Mode } from '../../stack/services.ts';
import { upCompose } from './compose.ts';
import { upLocal } from './local.ts';

/** The mode in which the stack of this checkout runs; null when nothing of it does, whatever was remembered. */
async function runningMode(): Promise<Mode | null> {
  const remembered = await currentMode();
  if (remembered === 'compose') return (await composeContainers()).length > 0 ? 'compose' : null;
  return (await localProcesses()).length > 0 ? 'local' : null;
}

export interface UpOptions {
  /** `local`, `compose`, or undefined to let the machine decide. */
  mode: string | undefined;
}

/** Brings everything up and says where it is. Running it again changes nothing and takes no time. */
export async function up(settings: Settings, options: UpOptions): Promise<string> {
  const current = await runningMode();
  const mode = await chooseMode(options.mode || current || undefined);
  if (current !== null && current !== mode) {
    throw misuse({
      expected: `MODE=${mode} with nothing else up`,
      got: `the stack up in ${current} mode`,
      next: 'make down first',
    });
  }
  await rememberMode(mode);
  return mode === 'local' ? upLocal(settings) : upCompose(settings);
}
