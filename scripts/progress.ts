import { Listr, ListrLogger, type ListrTask, PRESET_TIMER, ProcessOutput } from 'listr2';

/** One step of a long command. `run` reports its latest line; what it returns stands behind the title when it is done. */
export interface Step {
  title: string;
  run: (report: (line: string) => void) => Promise<string>;
}

/**
 * Runs steps, showing for each what it does and for how long: live on a terminal, as lines elsewhere.
 * Everything goes to stderr; stdout belongs to the result.
 */
export async function runSteps(steps: readonly Step[], options: { concurrent?: boolean } = {}): Promise<void> {
  const tasks = steps.map(
    ({ title, run }): ListrTask => ({
      title,
      task: async (_, task) => {
        const result = await run((line) => {
          task.output = line;
        });
        task.title = `${title}: ${result}`;
      },
      rendererOptions: { persistentOutput: false },
    }),
  );
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  await new Listr(tasks, {
    concurrent: options.concurrent ?? false,
    exitOnError: true,
    renderer: process.stderr.isTTY ? 'default' : 'verbose',
    rendererOptions: process.stderr.isTTY
      ? { timer: PRESET_TIMER, logger, showErrorMessage: false, collapseErrors: false }
      : { timer: PRESET_TIMER, logger },
  }).run();
}

/** One step whose result is needed: shown when `shown` is set, silent otherwise. */
export async function withStep<T>(
  shown: boolean,
  title: string,
  run: (report: (line: string) => void) => Promise<T>,
  describe: (result: T) => string,
): Promise<T> {
  if (!shown) return run(() => undefined);
  const results: T[] = [];
  const remember = async (report: (line: string) => void) => {
    const result = await run(report);
    results.push(result);
    return describe(result);
  };
  await runSteps([{ title, run: remember }]);
  return results[0] as T;
}
