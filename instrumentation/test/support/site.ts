import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { FIXTURES } from './app.ts';

const run = promisify(execFile);
const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
/** What needs longer hangs, and is to be seen in the test's output rather than waited for. */
const PATIENCE_MS = 120_000;

export interface BuiltSite {
  /** to start it in */
  folder: string;
  entry: string;
  /** what the build printed */
  output: string;
  remove(): Promise<void>;
}

/**
 * A fixture's site, built for production with the integration's source; by the Astro that is in `nodeModules`.
 *
 * @param packages fixtures that are installed where the site finds them
 */
export async function buildSite(
  nodeModules = NODE_MODULES,
  fixture = 'site',
  packages: string[] = [],
): Promise<BuiltSite> {
  const { folder, command, env, remove } = await copySite(nodeModules, fixture, packages);
  const { stdout, stderr } = await run(process.execPath, [command, 'build'], {
    cwd: folder,
    env: { ...process.env, ...env },
    timeout: PATIENCE_MS,
  });
  return { folder, entry: join(folder, 'dist/server/entry.mjs'), output: stdout + stderr, remove };
}

/** The fixture's site in a folder of its own, Astro's command line, and what this has to find in its environment. */
export async function copySite(nodeModules = NODE_MODULES, fixture = 'site', packages: string[] = []) {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'onetrace-astro-')));
  const folder = join(parent, 'site');
  await cp(join(FIXTURES, fixture), folder, { recursive: true });
  await cp(join(FIXTURES, 'threads'), join(parent, 'threads'), { recursive: true });
  for (const name of packages) await cp(join(FIXTURES, name), join(parent, 'node_modules', name), { recursive: true });
  await symlink(nodeModules, join(folder, 'node_modules'));
  const { bin } = JSON.parse(await readFile(join(nodeModules, 'astro/package.json'), 'utf8'));
  return {
    folder,
    command: join(nodeModules, 'astro', bin.astro),
    env: {
      ASTRO_TELEMETRY_DISABLED: '1',
      ONETRACE_INTEGRATION: new URL('../../src/astro/index.ts', import.meta.url).href,
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

/** Packages of npm, installed outside of the checkout: their node_modules. */
export async function installAside(...packages: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onetrace-aside-'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--silent'];
  await run('npm', ['install', ...quiet, ...packages], { cwd: folder, timeout: PATIENCE_MS });
  return join(folder, 'node_modules');
}

/** For the fixture's pool, in FIXTURE_WORKER: bundlers do not notice the files that threads start from. */
export const WORKER = pathToFileURL(join(FIXTURES, 'threads/worker.mjs')).href;
