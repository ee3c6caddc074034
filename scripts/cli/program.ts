import { Command } from 'commander';
import type { Shell } from './shell.ts';
import { addStackCommands } from './stack.ts';
import { addVerdictCommands } from './verdicts.ts';

/** The command line: which commands there are, what they take, and what make's variables mean to them. */
export function createProgram(shell: Shell): Command {
  const program = new Command('onetrace')
    .exitOverride()
    .description('One trace from curl through nginx and PM2 into Astro, and a name for every millisecond.')
    .addHelpText(
      'afterAll',
      '\nExit codes: 0 fine, 1 a finding over its budget, 2 wrong usage, 3 the stack or the trace is not there.',
    )
    .configureHelp({ showGlobalOptions: true });
  addStackCommands(program, shell);
  addVerdictCommands(program, shell);
  return program;
}
