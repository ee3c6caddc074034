import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FIXTURES } from './app.ts';

const run = promisify(execFile);
const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export interface BuiltSite {
  /** to start it in */
  folder: string;
  entry: string;
  /** what the build printed */
  output: string;
  remove(): Promise<void>;
}

/**
 * A fixture's site, built for production with the integration's source.
 *
 * @param packages fixtures that are installed where the site finds them
 */
export async function buildSite(
  fixture = 'site',
  packages: string[] = [],
  nodeModules = NODE_MODULES,
): Promise<BuiltSite> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'onetrace-astro-')));
  const site = join(folder, 'site');
  await cp(join(FIXTURES, fixture), site, { recursive: true });
  await symlink(nodeModules, join(site, 'node_modules'));
  for (const name of packages) await cp(join(FIXTURES, name), join(folder, 'node_modules', name), { recursive: true });
  const { stdout, stderr } = await run(process.execPath, [join(nodeModules, 'astro/bin/astro.mjs'), 'build'], {
    cwd: site,
    env: {
      ...process.env,
      ASTRO_TELEMETRY_DISABLED: '1',
      ONETRACE_INTEGRATION: new URL('../../src/astro/index.ts', import.meta.url).href,
    },
  });
  return {
    folder: site,
    entry: join(site, 'dist/server/entry.mjs'),
    output: stdout + stderr,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
