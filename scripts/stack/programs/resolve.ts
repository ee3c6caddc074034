import { access, constants } from 'node:fs/promises';
import { join, resolve as resolvePath } from 'node:path';
import { $, which } from 'zx';
import { absent, misuse, reason } from '../../failure.ts';
import type { Settings } from '../../settings.ts';
import { cacheDirectory, root } from '../paths.ts';
import { buildFromModules } from './go-build.ts';
import type { Binary, GoPlatform, Program, Report } from './program.ts';
import { fetchRelease } from './release.ts';

/**
 * Finds a program: explicit path → PATH → cache → official release → build from Go modules. What is found must accept our
 * configuration, or the next place is tried.
 * @throws Failure naming what was tried and what to type.
 */
export async function resolveProgram(
  program: Program,
  settings: Settings,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<Binary> {
  const explicit = settings[program.variable];
  if (explicit !== undefined) return fromVariable(program, explicit, env);

  for (const command of program.commands) {
    const path = await which(command, { nothrow: true });
    if (path === null) continue;
    const refusal = await refuses(path, program, env);
    if (refusal === null) return { path, version: await versionOf(path, program.release.version), origin: 'PATH' };
    report(`${path} does not accept ${program.config}: ${refusal}`);
  }

  const platform = goPlatform();
  const bin = join(cacheDirectory(settings), 'bin');
  const released = join(bin, `${program.name}-${program.release.version}-${platform.os}-${platform.arch}`);
  const built = join(bin, `${program.name}-${program.build.version}-${platform.os}-${platform.arch}-built`);
  for (const [path, version] of [
    [released, program.release.version],
    [built, program.build.version],
  ] as const) {
    if (await isExecutable(path)) return { path, version, origin: 'cache' };
  }

  try {
    await fetchRelease(program.release, platform, released, report);
    return { path: released, version: program.release.version, origin: 'release' };
  } catch (error) {
    report(
      `official release not to be had (${reason(error)}): building ${program.title} ${program.build.version} from its Go modules, 3 to 5 minutes`,
    );
  }
  try {
    await buildFromModules(program, built, report);
  } catch (error) {
    if (error instanceof Error && error.name === 'Failure') throw error;
    throw absent(
      {
        expected: `${program.title} to build from its Go modules`,
        got: lastLine(error),
        next: `make the Go module proxy reachable, or set ${program.variable} to a ${program.title} binary`,
      },
      error,
    );
  }
  return { path: built, version: program.build.version, origin: 'built' };
}

async function fromVariable(program: Program, given: string, env: NodeJS.ProcessEnv): Promise<Binary> {
  const path = resolvePath(root, given);
  const refusal = (await isExecutable(path)) ? await refuses(path, program, env) : 'no executable file there';
  if (refusal === null) return { path, version: await versionOf(path, 'unknown version'), origin: 'variable' };
  throw misuse({
    expected: `${program.variable} to be a ${program.title} binary that accepts ${program.config}`,
    got: `${path}: ${refusal}`,
    next: `correct ${program.variable}, or unset it to let make up find or fetch one`,
  });
}

/** Null when the program accepts our configuration, else why not. */
async function refuses(path: string, program: Program, env: NodeJS.ProcessEnv): Promise<string | null> {
  const validated = await $({ quiet: true, nothrow: true, env })`${path} validate --config ${program.config}`;
  return validated.exitCode === 0 ? null : lastLine(validated.stderr || validated.stdout);
}

async function versionOf(path: string, fallback: string): Promise<string> {
  const printed = await $({ quiet: true, nothrow: true })`${path} --version`;
  return printed.stdout.match(/\d+\.\d+\.\d+/)?.[0] ?? fallback;
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

function lastLine(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error))
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? 'no output';
}

function goPlatform(): GoPlatform {
  const { platform, arch } = process;
  if ((platform === 'linux' || platform === 'darwin') && (arch === 'x64' || arch === 'arm64')) {
    return { os: platform, arch: arch === 'x64' ? 'amd64' : 'arm64' };
  }
  throw absent({
    expected: 'Linux or macOS on x64 or arm64',
    got: `${platform} on ${arch}`,
    next: 'use a container engine: make up MODE=compose',
  });
}
