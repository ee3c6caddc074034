/** argv, environment and exit codes: read here and nowhere else. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { dotenv } from 'zx';
import { type ExitCode, exitCode, Failure } from './failure.ts';
import { readSettings } from './settings.ts';
import { root } from './stack/paths.ts';

/** Loaded when asked for: `make status` need not wait for what `make up` needs. */
const load = {
  up: async () => (await import('./commands/up/index.ts')).up,
  down: async () => (await import('./commands/down.ts')).down,
  status: async () => (await import('./commands/status.ts')).status,
  logs: async () => (await import('./commands/logs.ts')).logs,
  trace: async () => (await import('./commands/trace/index.ts')).trace,
  schema: async () => (await import('./report/schema.ts')).reportJsonSchema,
  bench: async () => (await import('./commands/bench/index.ts')).bench,
};

/** What a command leaves: the result for stdout, a remark for stderr, and its exit code. */
interface Outcome {
  text: string;
  complaint?: string | null;
  code?: ExitCode;
}

const isSet = (name: string): boolean => !['', '0', 'false', 'no'].includes((process.env[name] ?? '').toLowerCase());
const settings = () => readSettings(process.env);
const terminal = () => ({
  width: process.stdout.columns ?? 120,
  colour: process.stdout.isTTY === true && !isSet('NO_COLOR') && process.env.TERM !== 'dumb',
  progress: process.stderr.isTTY === true,
});

/** On Linux a browser needs a display; elsewhere (and under WSL, by way of Windows) there is always one. */
const hasDisplay = () =>
  process.platform !== 'linux' || ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some((name) => process.env[name]);

/** `make` hands its variables over in the environment, `make trace URL=… JSON=1`: each argument names its own. */
function program(): Command {
  const json = () => new Option('--json', 'print the result as one JSON object (JSON=1)');
  const count = (flags: string, description: string) => new Option(flags, description).argParser(wholeNumber);
  const onetrace = new Command('onetrace')
    .exitOverride()
    .description('One trace from curl through nginx and PM2 into Astro, and a name for every millisecond.')
    .addHelpText(
      'after',
      '\nExit codes: 0 fine, 1 a finding over its budget, 2 wrong usage, 3 the stack or the trace is not there.',
    )
    .configureHelp({ showGlobalOptions: true });
  onetrace
    .command('up')
    .description('bring up Jaeger, the Collector, nginx and the Astro app, and wait until they are healthy')
    .addOption(
      new Option('--mode <mode>', 'local or compose; default: compose when a Docker engine answers').env('MODE'),
    )
    .action(
      finish(async (options: { mode?: string }) => ({
        text: await (await load.up())(settings(), { mode: options.mode }),
      })),
    );
  onetrace
    .command('down')
    .description('end everything that up has started')
    .action(finish(async () => ({ text: await (await load.down())() })));
  onetrace
    .command('status')
    .description('ask every component for its health')
    .addOption(json())
    .action(
      finish(async (options: { json?: boolean }) =>
        (await load.status())(settings(), { json: options.json ?? isSet('JSON') }),
      ),
    );
  onetrace
    .command('logs')
    .description('show the last log lines of every component, or of one')
    .addArgument(new Argument('[service]', 'jaeger, collector, app or nginx (S=)').default(process.env.S, 'all'))
    .option('-f, --follow', 'go on with what comes (FOLLOW=1)')
    .action((service: string | undefined, options: { follow?: boolean }) =>
      load.logs().then((logs) => logs({ service: service || undefined, follow: options.follow ?? isSet('FOLLOW') })),
    );
  onetrace
    .command('trace')
    .description('send one request and say where its time went')
    .addArgument(new Argument('[url]', 'what to request (URL=)').default(process.env.URL, 'URL'))
    .addOption(
      new Option('--curl <options>', 'further options for curl, such as "-X POST -d a=1"').env('CURL').default(''),
    )
    .addOption(new Option('--html <file>', 'write the verdict as a page too').env('HTML'))
    .option('--open', 'open the page, which goes to .onetrace/reports unless --html says otherwise (OPEN=1)')
    .addOption(json())
    .action((url: string | undefined, options: { curl: string; json?: boolean; html?: string; open?: boolean }) =>
      finish(async () => {
        const trace = await load.trace();
        const { curl, html } = options;
        const wish = { html, open: options.open ?? isSet('OPEN'), display: hasDisplay() };
        return trace(settings(), { ...terminal(), ...wish, url, curl, json: options.json ?? isSet('JSON') });
      })(),
    );
  onetrace
    .command('schema')
    .description('print the JSON Schema of what trace --json prints')
    .action(finish(async () => ({ text: JSON.stringify((await load.schema())(), null, 2) })));
  onetrace
    .command('bench')
    .description('measure what the README promises, on the local stack that is up')
    .addOption(new Option('--only <names...>', 'single promises by name').env('ONLY').default([]))
    .addOption(count('--requests <number>', 'overhead: requests in a round').env('REQUESTS').default(1500))
    .addOption(count('--rounds <number>', 'overhead: rounds that count').env('ROUNDS').default(6))
    .addOption(json())
    .action(
      finish(async ({ only, json, ...size }: { only: string[]; json?: boolean; requests: number; rounds: number }) => {
        const bench = await load.bench();
        return bench(settings(), { only, json: json ?? isSet('JSON'), size });
      }),
    );
  return onetrace;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1 to 9999999');
}

/** Prints what a command returns; nothing but the result goes to stdout. */
function finish<Arguments extends unknown[]>(run: (...args: Arguments) => Promise<Outcome>) {
  return async (...args: Arguments): Promise<void> => {
    const { text, complaint, code } = await run(...args);
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    if (complaint) process.stderr.write(`${complaint}\n`);
    process.exitCode = code ?? exitCode.fine;
  };
}

/** What is set in the shell wins. In place, because modules that were loaded before hold on to process.env itself. */
function loadEnvFile(): void {
  const file = join(root, '.env');
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(dotenv.load(file))) process.env[name] ??= value;
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.usage; // commander has printed it
  const expected = error instanceof Failure;
  const { message, stack } = error as Error;
  process.stderr.write(`onetrace: ${expected && !isSet('ONETRACE_DEBUG') ? message : `${stack ?? error}`}\n`);
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
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
