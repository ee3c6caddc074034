import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FIXTURES } from './app.ts';

const run = promisify(execFile);
const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export interface BuiltSite {
  entry: string;
  /** what the build printed */
  output: string;
  remove(): Promise<void>;
}

/** The fixture's site, built for production with the integration's source. */
export async function buildSite(nodeModules = NODE_MODULES): Promise<BuiltSite> {
  const site = await mkdtemp(join(tmpdir(), 'onetrace-astro-'));
  await cp(join(FIXTURES, 'site'), site, { recursive: true });
  await symlink(nodeModules, join(site, 'node_modules'));
  const { stdout, stderr } = await run(process.execPath, [join(nodeModules, 'astro/bin/astro.mjs'), 'build'], {
    cwd: site,
    env: {
      ...process.env,
      ASTRO_TELEMETRY_DISABLED: '1',
      ONETRACE_INTEGRATION: new URL('../../src/astro/index.ts', import.meta.url).href,
    },
  });
  return {
    entry: join(site, 'dist/server/entry.mjs'),
    output: stdout + stderr,
    remove: () => rm(site, { recursive: true, force: true }),
  };
}
