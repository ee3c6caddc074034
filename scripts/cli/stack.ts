import { InvalidArgumentError, Option } from 'commander';
import { type AddCommands, argument, isSet, json, settingsOf } from './shell.ts';

/** Loaded when asked for: `make status` need not wait for what `make up` needs. */
const load = {
  up: async () => (await import('../commands/up/index.ts')).up,
  down: async () => (await import('../commands/down.ts')).down,
  status: async () => (await import('../commands/status.ts')).status,
  logs: async () => (await import('../commands/logs.ts')).logs,
  bench: async () => (await import('../commands/bench/index.ts')).bench,
};

/** The stack itself: bring it up, look at it, measure it, end it. */
export const addStackCommands: AddCommands = (program, shell) => {
  program
    .command('up')
    .description('bring up Jaeger, the Collector, nginx and the Astro app, and wait until they are healthy')
    .addOption(
      new Option('--mode <mode>', 'local or compose; default: compose when a Docker engine answers').env('MODE'),
    )
    .action(async ({ mode }: { mode?: string }) => {
      shell.finish({ text: await (await load.up())(settingsOf(shell), { mode }) });
    });
  program
    .command('down')
    .description('end everything that up has started')
    .action(async () => shell.finish({ text: await (await load.down())() }));
  program
    .command('status')
    .description('ask every component for its health')
    .addOption(json())
    .action(async (options: { json?: boolean }) => {
      const status = await load.status();
      shell.finish(await status(settingsOf(shell), { json: options.json ?? isSet(shell, 'JSON') }));
    });
  program
    .command('logs')
    .description('show the last log lines of every component, or of one')
    .addArgument(argument(shell, 'service', 'S', 'jaeger, collector, app or nginx; default: all'))
    .option('-f, --follow', 'go on with what comes (FOLLOW=1)')
    .action(async (service: string | undefined, options: { follow?: boolean }) => {
      const logs = await load.logs();
      await logs({ service: service || undefined, follow: options.follow ?? isSet(shell, 'FOLLOW') });
    });
  program
    .command('bench')
    .description('measure what the README promises, on the local stack that is up')
    .addOption(new Option('--only <names...>', 'single promises by name').env('ONLY').default([]))
    .addOption(count('--requests <number>', 'overhead: requests in a round').env('REQUESTS').default(1500))
    .addOption(count('--rounds <number>', 'overhead: rounds that count').env('ROUNDS').default(6))
    .addOption(json())
    .action(async (options: { only: string[]; json?: boolean; requests: number; rounds: number }) => {
      const { only, json: asJson, ...size } = options;
      const bench = await load.bench();
      shell.finish(await bench(settingsOf(shell), { only, json: asJson ?? isSet(shell, 'JSON'), size }));
    });
};

const count = (flags: string, description: string) => new Option(flags, description).argParser(wholeNumber);

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number from 1 to 9999999');
}
