import { Argument, type Command, Option } from 'commander';
import { type AddCommands, argument, fromMake, isSet, json, option, type Shell, settingsOf } from './shell.ts';

const load = {
  trace: async () => (await import('../commands/trace/index.ts')).trace,
  series: async () => (await import('../commands/trace/series.ts')).traceSeries,
  profile: async () => (await import('../commands/profile/index.ts')).profile,
  analyze: async () => (await import('../commands/analyze.ts')).analyze,
  compare: async () => (await import('../commands/compare.ts')).compare,
  schema: async () => (await import('../commands/schemas.ts')).jsonSchema,
};

/** Saying where the time went: of a request, of saved traces, between two sets of them. */
export const addVerdictCommands: AddCommands = (program, shell) => {
  addTrace(program, shell);
  addProfile(program, shell);
  addAnalyze(program, shell);
  addCompare(program, shell);
  program
    .command('schema')
    .description('print the JSON Schema of what a command prints with --json, or of a budgets file')
    .addArgument(
      new Argument('[name]', 'trace, series, profile, analyze, compare, status, bench or budgets').default('trace'),
    )
    .action(async (name: string) => {
      shell.finish({ text: JSON.stringify((await load.schema())(name), null, 2) });
    });
};

interface VerdictFlags {
  explain?: string[];
  json?: boolean;
  html?: string;
  open?: boolean;
  budget?: string;
  junit?: string;
  summary?: string;
}

const addTrace: AddCommands = (program, shell) => {
  const command = program
    .command('trace')
    .description('send one request and say where its time went; or send it many times and say how that varies')
    .addArgument(argument(shell, 'url', 'URL', 'what to request'))
    .addOption(option(shell, '--curl <options>', 'CURL', 'further options for curl, such as "-X POST -d a=1"'))
    .addOption(option(shell, '-n, --requests <number>', 'N', 'repeat it, after a warm-up that does not count'))
    .addOption(option(shell, '-c, --concurrency <number>', 'C', 'with N: how many at a time; default: 1'));
  type Flags = VerdictFlags & { curl?: string; requests?: string; concurrency?: string };
  withVerdictOptions(command, shell).action(async (url: string | undefined, flags: Flags) => {
    const options = { ...verdictOptions(flags, shell), url, curl: flags.curl ?? '' };
    shell.finish(
      flags.requests === undefined
        ? await (await load.trace())(settingsOf(shell), options)
        : await (await load.series())(settingsOf(shell), { ...options, n: flags.requests, c: flags.concurrency }),
    );
  });
};

const addProfile: AddCommands = (program, shell) => {
  type Flags = { curl?: string; requests: string; concurrency?: string; out?: string; open?: boolean; json?: boolean };
  program
    .command('profile')
    .description('send one request many times and say where the time of all of them went: which function, which wait')
    .addArgument(argument(shell, 'url', 'URL', 'what to request'))
    .addOption(option(shell, '--curl <options>', 'CURL', 'further options for curl, such as "-X POST -d a=1"'))
    .addOption(
      option(shell, '-n, --requests <number>', 'N', 'how many').default(fromMake(shell, 'N') ?? '50', 'N, else 50'),
    )
    .addOption(option(shell, '-c, --concurrency <number>', 'C', 'how many at a time; default: 1'))
    .addOption(option(shell, '-o, --out <directory>', 'OUT', 'where to write the files; default: .onetrace/profiles'))
    .option('--open', 'open the page (OPEN=1)')
    .addOption(json())
    .action(async (url: string | undefined, flags: Flags) => {
      const profile = await load.profile();
      const options = {
        ...shell.terminal,
        url,
        curl: flags.curl ?? '',
        n: flags.requests,
        c: flags.concurrency,
        out: flags.out,
        open: flags.open ?? isSet(shell, 'OPEN'),
        json: flags.json ?? isSet(shell, 'JSON'),
      };
      shell.finish(await profile(settingsOf(shell), options));
    });
};

const addAnalyze: AddCommands = (program, shell) => {
  const what = 'a file, a directory, a pattern, - for standard input, or the id of a trace';
  const command = program
    .command('analyze')
    .description('the same verdict on saved traces (OTLP, Jaeger or Zipkin JSON)')
    .addArgument(argument(shell, 'file', 'FILE', what));
  withVerdictOptions(command, shell).action(async (file: string | undefined, flags: VerdictFlags) => {
    const analyze = await load.analyze();
    shell.finish(await analyze(settingsOf(shell), { ...verdictOptions(flags, shell), file }));
  });
};

const addCompare: AddCommands = (program, shell) => {
  program
    .command('compare')
    .description('say what changed between two traces, or two sets of them')
    .addArgument(argument(shell, 'a', 'A', 'before: a file, a directory, a pattern, - or the id of a trace'))
    .addArgument(argument(shell, 'b', 'B', 'after: likewise'))
    .addOption(option(shell, '--route <route>', 'ROUTE', 'only traces of this route, such as "GET /icons/[id]/"'))
    .addOption(summary(shell))
    .addOption(json())
    .action(async (a: string | undefined, b: string | undefined, flags: VerdictFlags & { route?: string }) => {
      const compare = await load.compare();
      shell.finish(await compare(settingsOf(shell), { ...verdictOptions(flags, shell), a, b, route: flags.route }));
    });
};

/** What every command that gives a verdict takes. */
function withVerdictOptions(command: Command, shell: Shell): Command {
  const budget = 'hold the result against budgets (YAML); exit code 1 if one is broken';
  return command
    .addOption(option(shell, '--budget <file>', 'BUDGET', budget))
    .addOption(option(shell, '--junit <file>', 'JUNIT', 'write what became of the budgets as JUnit XML'))
    .addOption(summary(shell))
    .addOption(explain())
    .addOption(option(shell, '--html <file>', 'HTML', 'write the verdict as a page too'))
    .option('--open', 'open the page, which goes to .onetrace/reports unless --html says otherwise (OPEN=1)')
    .addOption(json());
}

function verdictOptions(flags: VerdictFlags, shell: Shell) {
  const { json: asJson, html, open, budget, junit, summary: file } = flags;
  const database = fromMake(shell, 'EXPLAIN');
  return {
    ...shell.terminal,
    explain: flags.explain ?? (database === undefined ? [] : [database]),
    json: asJson ?? isSet(shell, 'JSON'),
    html,
    open: open ?? isSet(shell, 'OPEN'),
    budget,
    junit,
    summary: file,
  };
}

/** Twice on the command line: one database of each kind. */
function explain() {
  const kinds = 'a SQLite file, or PostgreSQL as psql takes it';
  const what = `ask this database for the plans of statements that seem to lack an index: ${kinds} (EXPLAIN=)`;
  return new Option('--explain <database>', what).argParser((each: string, all: string[] = []) => [...all, each]);
}

/** GitHub names a file for each step of a workflow, whose Markdown it shows. */
function summary(shell: Shell) {
  const description = 'append a summary in Markdown; default: $GITHUB_STEP_SUMMARY';
  const file = fromMake(shell, 'SUMMARY') ?? fromMake(shell, 'GITHUB_STEP_SUMMARY');
  return option(shell, '--summary <file>', 'SUMMARY', description).default(file, 'SUMMARY');
}
