import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { $ } from 'zx';
import { absent } from '../failure.ts';
import { paths, root, state } from './paths.ts';
import type { Report } from './programs/program.ts';

/** What `make up` builds, in this order: the app imports the instrumentation. */
const workspaces = ['instrumentation', 'app'];
const ignored = new Set(['node_modules', 'dist', 'data', '.astro', 'README.md', 'test']);

/**
 * Builds the workspaces when their sources changed since the last build.
 * @returns whether there was something to do
 */
export async function buildApp(report: Report): Promise<boolean> {
  const current = await sourceHash();
  if ((await builtHash()) === current && workspaces.every((name) => existsSync(join(root, name, 'dist')))) return false;
  for (const name of workspaces) await buildWorkspace(name, report);
  await mkdir(state, { recursive: true });
  await writeFile(paths.buildStamp, current);
  return true;
}

/** Identifies the build that lies in `dist/`; empty when there is none. */
export const builtHash = (): Promise<string> => readFile(paths.buildStamp, 'utf8').catch(() => '');

async function buildWorkspace(name: string, report: Report): Promise<void> {
  const log: string[] = [];
  const building = $({ quiet: true, nothrow: true, cwd: root })`npm run build --workspace ${name}`;
  for (const stream of [building.stdout, building.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      if (line.trim() !== '') report(`${name}: ${line.trim()}`);
    });
  }
  const { exitCode } = await building;
  if (exitCode === 0) return;
  throw absent({
    expected: `npm run build --workspace ${name} to succeed`,
    got: `exit code ${exitCode}:\n${log.slice(-20).join('\n')}`,
    next: `mend what the lines above name; node_modules out of date? rm -rf node_modules && make up`,
  });
}

/** Names, sizes and times of the sources: cheap enough to look at on every `make up`. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const files = [
    join(root, 'package-lock.json'),
    join(root, 'tsconfig.base.json'),
    ...(await Promise.all(workspaces.map((name) => list(join(root, name))))).flat(),
  ];
  for (const file of files.sort()) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

async function list(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const nested = entries
    .filter((entry) => !ignored.has(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isDirectory() ? list(path) : [path];
    });
  return (await Promise.all(nested)).flat();
}
