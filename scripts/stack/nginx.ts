import { mkdir, readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { $, type ProcessPromise } from 'zx';
import { misuse } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { stackEnvironment } from './environment.ts';
import { paths, root, state } from './paths.ts';

const directory = join(state, 'nginx');
const temp = join(directory, 'temp');

/**
 * Writes nginx's values for local mode and has nginx check the result.
 * @returns nginx's arguments: the same configuration files as in production, in the foreground
 * @throws Failure (usage) with the script's or nginx's own words
 */
export async function prepareNginx(nginx: string, settings: Settings): Promise<string[]> {
  await mkdir(temp, { recursive: true });
  const env = { ...process.env, ...stackEnvironment(settings), ...local(), ONETRACE_KEY: settings.ONETRACE_KEY };
  await check(
    $({ quiet: true, nothrow: true, env })`sh ${join(root, 'nginx', 'render-values.sh')} ${directory}`,
    'its values to be valid',
  );
  const args = ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'];
  await check($({ quiet: true, nothrow: true })`${nginx} ${args} -t`, 'its configuration to be valid');
  return [...args, '-g', 'daemon off;'];
}

/** All that nginx reads, the values (and the key) included: when it changes, nginx has to be started anew. */
export async function nginxConfiguration(): Promise<string> {
  const folders = ['.', 'onetrace', 'values'].map((name) => join(directory, name));
  const files = (
    await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))))
  ).flat();
  const texts = files.filter((file) => file.endsWith('.conf')).sort();
  return (await Promise.all(texts.map((file) => readFile(file, 'utf8')))).join('\n');
}

/** Workers run as whoever runs the stack: another account could not reach a checkout in somebody's home. */
const local = () => ({
  ONETRACE_NGINX_PID_FILE: join(paths.run, 'nginx.pid'),
  ONETRACE_NGINX_TEMP_DIR: temp,
  ONETRACE_NGINX_USER: process.env.ONETRACE_NGINX_USER || userInfo().username,
});

async function check(command: ProcessPromise, expected: string): Promise<void> {
  const { exitCode, stderr } = await command;
  if (exitCode === 0) return;
  const got = stderr.trim().split('\n').at(-1) ?? `exit code ${exitCode}`;
  throw misuse({
    expected: `nginx: ${expected}`,
    got,
    next: 'correct the variable or the file it names (nginx/README.md), then run make up again',
  });
}
