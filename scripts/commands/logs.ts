import { spawn } from 'node:child_process';
import { absent, misuse } from '../failure.ts';
import { localProcesses } from '../stack/local.ts';
import { currentMode } from '../stack/mode.ts';
import { root } from '../stack/paths.ts';

export interface LogsOptions {
  /** A component's name; undefined: all. */
  service: string | undefined;
  follow: boolean;
}

const names = ['jaeger', 'collector', 'app', 'nginx'];

/** Prints the last lines of the logs, and goes on with what comes when asked to. */
export async function logs({ service, follow }: LogsOptions): Promise<void> {
  if (service !== undefined && !names.includes(service)) {
    throw misuse({ expected: `S to be one of ${names.join(', ')}`, got: `"${service}"`, next: 'make logs S=app' });
  }
  const mode = await currentMode();
  if (mode === 'compose') {
    const args = ['compose', 'logs', '--tail', '50', ...(follow ? ['--follow'] : []), ...(service ? [service] : [])];
    return run('docker', args);
  }
  const wanted = (await localProcesses()).filter(
    ({ name = '' }) => service === undefined || name === service || (service === 'app' && name === 'astro-ssr'),
  );
  const files = new Set(
    wanted
      .flatMap(({ pm2_env }) => [pm2_env?.pm_out_log_path, pm2_env?.pm_err_log_path])
      .filter((path) => path !== undefined),
  );
  if (files.size === 0) throw absent({ expected: 'the stack to be up', got: 'no process of it', next: 'make up' });
  return run('tail', ['-n', '50', ...(follow ? ['-F'] : []), ...files]);
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd: root });
    child.once('error', (cause) =>
      reject(absent({ expected: `${command} on PATH`, got: cause.message, next: `install ${command}` }, cause)),
    );
    child.once('close', (code) =>
      code === 0 || code === null
        ? resolve()
        : reject(absent({ expected: `${command} to succeed`, got: `exit code ${code}`, next: 'make status' })),
    );
  });
}
