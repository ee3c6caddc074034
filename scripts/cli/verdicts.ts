import { Argument, type Command } from 'commander';
import { type AddCommands, argument, fromMake, isSet, json, option, type Shell, settingsOf } from './shell.ts';

const load = {
  trace: async () => (await import('../commands/trace/index.ts')).trace,
  series: async () => (await import('../commands/trace/series.ts')).traceSeries,
  analyze: async () => (await import('../commands/analyze.ts')).analyze,
  compare: async () => (await import('../commands/compare.ts')).compare,
  schema: async () => (await import('../commands/schemas.ts')).jsonSchema,
};

/** Saying where the time went: of a request, of saved traces, between two sets of them. */
export const addVerdictCommands: AddCommands = (program, shell) => {
  const display = (options: { json?: boolean }) => ({
    ...shell.terminal,
    json: options.json ?? isSet(shell, 'JSON'),
  });

  forPipelines(
    program
      .command('trace')
      .description('send one request and say where its time went; or send it many times and say how that varies')
      .addArgument(argument(shell, 'url', 'URL', 'what to request'))
      .addOption(option(shell, '--curl <options>', 'CURL', 'further options for curl, such as "-X POST -d a=1"'))
      .addOption(
        option(shell, '-n, --requests <number>', 'N', 'repeat the request, after a warm-up that does not count'),
      )
      .addOption(option(shell, '-c, --concurrency <number>', 'C', 'with N: how many at a time; default: 1')),
    shell,
  )
    .addOption(json())
    .action(async (url: string | undefined, options: TraceFlags) => {
      const { curl = '', requests, concurrency, ...pipeline } = options;
      const asked = { ...pipelineOf(pipeline), ...display(options), url, curl };
      shell.finish(
        requests === undefined
          ? await (await load.trace())(settingsOf(shell), asked)
          : await (await load.series())(settingsOf(shell), { ...asked, n: requests, c: concurrency }),
      );
    });

  forPipelines(
    program
      .command('analyze')
      .description('the same verdict on saved traces (OTLP, Jaeger or Zipkin JSON)')
      .addArgument(
        argument(shell, 'file', 'FILE', 'a file, a directory, a pattern, - for standard input, or the id of a trace'),
      ),
    shell,
  )
    .addOption(json())
    .action(async (file: string | undefined, options: PipelineFlags) => {
      const analyze = await load.analyze();
      shell.finish(await analyze(settingsOf(shell), { ...pipelineOf(options), ...display(options), file }));
    });

  program
    .command('compare')
    .description('say what changed between two traces, or two sets of them')
    .addArgument(argument(shell, 'a', 'A', 'before: a file, a directory, a pattern, - or the id of a trace'))
    .addArgument(argument(shell, 'b', 'B', 'after: likewise'))
    .addOption(option(shell, '--route <route>', 'ROUTE', 'only traces of this route, such as "GET /icons/[id]/"'))
    .addOption(summary(shell))
    .addOption(json())
    .action(async (a: string | undefined, b: string | undefined, options: PipelineFlags & { route?: string }) => {
      const compare = await load.compare();
      const { route, summary: summaryFile } = options;
      shell.finish(await compare(settingsOf(shell), { ...display(options), a, b, route, summary: summaryFile }));
    });

  program
    .command('schema')
    .description('print the JSON Schema of what a command prints with --json, or of a budgets file')
    .addArgument(new Argument('[name]', 'trace, series, analyze, compare, status, bench or budgets').default('trace'))
    .action(async (name: string) => {
      shell.finish({ text: JSON.stringify((await load.schema())(name), null, 2) });
    });
};

interface PipelineFlags {
  json?: boolean;
  budget?: string;
  junit?: string;
  summary?: string;
}

interface TraceFlags extends PipelineFlags {
  curl?: string;
  requests?: string;
  concurrency?: string;
}

const pipelineOf = ({ budget, junit, summary: file }: PipelineFlags) => ({ budget, junit, summary: file });

function forPipelines(command: Command, shell: Shell): Command {
  return command
    .addOption(
      option(
        shell,
        '--budget <file>',
        'BUDGET',
        'hold the result against budgets (YAML); exit code 1 if one is broken',
      ),
    )
    .addOption(option(shell, '--junit <file>', 'JUNIT', 'write what became of the budgets as JUnit XML'))
    .addOption(summary(shell));
}

/** GitHub names a file for each step of a workflow, whose Markdown it shows. */
function summary(shell: Shell) {
  return option(
    shell,
    '--summary <file>',
    'SUMMARY',
    'append a summary in Markdown; default: $GITHUB_STEP_SUMMARY',
  ).default(fromMake(shell, 'SUMMARY') ?? fromMake(shell, 'GITHUB_STEP_SUMMARY'), 'SUMMARY');
}
