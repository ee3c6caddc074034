import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { $, which } from 'zx';
import { absent } from '../../failure.ts';
import type { GoBuild, Program, Report } from './program.ts';
import { install } from './release.ts';

/** Builds a program from its Go modules (minutes, the first time) and puts it at `target`. */
export async function buildFromModules(program: Program, target: string, report: Report): Promise<void> {
  if (!(await which('go', { nothrow: true }))) {
    throw absent({
      expected: `${program.title} (${program.variable}, PATH, cache, official release) or Go to build it`,
      got: 'neither',
      next: `install Go 1.25 or newer, or set ${program.variable} to a ${program.title} binary, then run make up again`,
    });
  }
  const directory = await mkdtemp(join(tmpdir(), `onetrace-${program.name}-`));
  try {
    await compile(program.build, directory, report);
    await install(join(directory, 'binary'), target);
  } finally {
    await $({ quiet: true, nothrow: true })`chmod -R u+w ${directory}`;
    await rm(directory, { recursive: true, force: true });
  }
}

async function compile(build: GoBuild, directory: string, report: Report): Promise<void> {
  const { cwd, pkg, flags } = await build.prepare(directory, report);
  report('counting packages');
  const listed = await $({ quiet: true, cwd, env: goEnvironment() })`go list -deps ${pkg}`;
  const total = listed.stdout.trim().split('\n').length;
  const output = join(directory, 'binary');
  const going = $({ quiet: true, cwd, env: goEnvironment() })`go build -v -trimpath ${flags} -o ${output} ${pkg}`;
  let built = 0;
  createInterface({ input: going.stderr }).on('line', (line) => {
    if (!line.startsWith('go: ')) built += 1; // `-v` prints each package as it is compiled; what the build cache has is not printed
    report(line.startsWith('go: ') ? line : `compiling, ${built} of at most ${total} packages: ${line}`);
  });
  await going;
}

/** Prints each module that is fetched, so that a long download shows that it moves. */
export async function go(cwd: string, args: readonly string[], report: Report): Promise<string> {
  const going = $({ quiet: true, cwd, env: goEnvironment() })`go ${args}`;
  createInterface({ input: going.stderr }).on('line', report);
  return (await going).stdout;
}

/** `-mod=mod`-like flags of the user's shell would change what is built. */
const goEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GOFLAGS: '-buildvcs=false',
  GOWORK: 'off',
  CGO_ENABLED: '0',
});
