/** argv, environment and exit codes: read here and nowhere else. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { dotenv } from 'zx';
import { createProgram } from './cli/program.ts';
import { isSet, type Outcome, type Shell } from './cli/shell.ts';
import { type ExitCode, exitCode, Failure } from './failure.ts';
import { root } from './stack/paths.ts';

const env = process.env;
const flag = (name: string) => isSet({ env }, name);

const shell: Shell = {
  env,
  get terminal() {
    return {
      width: process.stdout.columns ?? (Number(env.COLUMNS) || 120),
      colour: process.stdout.isTTY === true && !flag('NO_COLOR') && env.TERM !== 'dumb',
      progress: process.stderr.isTTY === true,
      // On Linux a browser needs a display; elsewhere (and under WSL, by way of Windows) there is always one.
      display:
        process.platform !== 'linux' || ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some((name) => env[name]),
    };
  },
  finish,
};

/** Prints what a command returns; nothing but the result goes to stdout. */
function finish({ text, complaint, code }: Outcome): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  if (complaint) process.stderr.write(`${complaint}\n`);
  process.exitCode = code ?? exitCode.fine;
}

/** What is set in the shell wins. In place, because modules that were loaded before hold on to process.env itself. */
function loadEnvFile(): void {
  const file = join(root, '.env');
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(dotenv.load(file))) env[name] ??= value;
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.usage; // commander has printed it
  const expected = error instanceof Failure;
  const { message, stack } = error as Error;
  process.stderr.write(`onetrace: ${expected && !flag('ONETRACE_DEBUG') ? message : `${stack ?? error}`}\n`);
  if (!expected) process.stderr.write('This is a defect of onetrace: please report it with the lines above.\n');
  return expected ? error.code : exitCode.absent;
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  loadEnvFile();
  await createProgram(shell).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
