import { Argument, type Command, Option } from 'commander';
import type { ExitCode } from '../failure.ts';
import { readSettings, type Settings } from '../settings.ts';

/** What a command leaves: the result for stdout, a remark for stderr, and its exit code. */
export interface Outcome {
  text: string;
  complaint?: string | null;
  code?: ExitCode;
}

/** What surrounds the process, handed in by main: commands neither look around for themselves nor print nor exit. */
export interface Shell {
  env: NodeJS.ProcessEnv;
  terminal: {
    width: number;
    colour: boolean;
    progress: boolean;
    /** Whether a browser could show anything here. */
    display: boolean;
  };
  finish: (outcome: Outcome) => void;
}

/** Adds commands to the program. */
export type AddCommands = (program: Command, shell: Shell) => void;

/** `make` hands its variables over in the environment, `make trace URL=… JSON=1`. Empty: not given. */
export function fromMake(shell: Shell, name: string): string | undefined {
  return shell.env[name] || undefined;
}

export function isSet(shell: Pick<Shell, 'env'>, name: string): boolean {
  return !['', '0', 'false', 'no'].includes((shell.env[name] ?? '').toLowerCase());
}

export const settingsOf = ({ env }: Shell): Settings => readSettings(env);

export const json = (): Option => new Option('--json', 'print the result as one JSON object (JSON=1)');

/** An argument that make gives as a variable. */
export function argument(shell: Shell, name: string, variable: string, description: string): Argument {
  return new Argument(`[${name}]`, `${description} (${variable}=)`).default(fromMake(shell, variable), variable);
}

/** An option with a value that make gives as a variable. */
export function option(shell: Shell, flags: string, variable: string, description: string): Option {
  return new Option(flags, `${description} (${variable}=)`).default(fromMake(shell, variable), variable);
}
