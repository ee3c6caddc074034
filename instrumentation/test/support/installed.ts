import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const TSC = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));

/** An app somewhere else that has installed the packed package, as a user would. */
export async function installElsewhere(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onetrace-installed-'));
  const packed = await pack(folder);
  const app = join(folder, 'app');
  await mkdir(app);
  await writeFile(
    join(app, 'package.json'),
    '{ "name": "elsewhere", "version": "3.2.1", "type": "module", "private": true }',
  );
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--silent'];
  await run('npm', ['install', ...quiet, packed], { cwd: app });
  return app;
}

/** `npm pack`, into a folder; built aside, so that a stack that runs from this checkout keeps its dist. */
export async function pack(folder: string): Promise<string> {
  const source = join(folder, 'package');
  await mkdir(source);
  await run(TSC, ['-p', join(PACKAGE, 'tsconfig.build.json'), '--outDir', join(source, 'dist')]);
  for (const file of ['package.json', 'README.md']) await cp(join(PACKAGE, file), join(source, file));
  const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: source,
  });
  return join(folder, stdout.trim());
}
