import type { Settings } from '../../settings.ts';
import { chooseMode, rememberMode } from '../../stack/mode.ts';
import { upCompose } from './compose.ts';
import { upLocal } from './local.ts';

export interface UpOptions {
  /** `local`, `compose`, or undefined to let the machine decide. */
  mode: string | undefined;
}

/** Brings everything up and says where it is. Running it again changes nothing and takes no time. */
export async function up(settings: Settings, options: UpOptions): Promise<string> {
  const mode = await chooseMode(options.mode);
  await rememberMode(mode);
  return mode === 'local' ? upLocal(settings) : upCompose(settings);
}
