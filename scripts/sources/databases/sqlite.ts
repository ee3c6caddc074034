import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { reason } from '../../failure.ts';
import type { Answer, Question } from '../../model/plan.ts';
import type { Database } from './database.ts';
import { refusal } from './guard.ts';

const TIMEOUT_MS = 5000;
const reader = fileURLToPath(new URL('./sqlite-reader.ts', import.meta.url));

export function sqliteAt(file: string, timeoutMs = TIMEOUT_MS): Database {
  const ask = async (question: Question): Promise<Answer> => {
    const refused = refusal(question);
    return refused === null ? askFile(file, question, timeoutMs) : { unknown: refused };
  };
  return { system: 'sqlite', name: file, ask };
}

async function askFile(file: string, { statement }: Question, timeoutMs: number): Promise<Answer> {
  try {
    if (!(await stat(file)).isFile()) return { unknown: `${file} is no file` };
    return await read(file, statement, timeoutMs);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { unknown: missing ? `there is no file ${file}` : reason(error) };
  }
}

/** In a process of its own: planning runs in C, where nothing else can end it, and a statement may be made to plan for ever. */
async function read(file: string, statement: string, timeoutMs: number): Promise<Answer> {
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', env: {} } as const;
  const asked = promisify(execFile)(process.execPath, ['--no-warnings', reader, file], options);
  asked.child.stdin?.on('error', () => undefined).end(statement); // it may have ended already
  try {
    return JSON.parse((await asked).stdout) as Answer;
  } catch (error) {
    const killed = (error as { killed?: boolean }).killed === true;
    return { unknown: killed ? `no plan within ${timeoutMs / 1000} s` : 'reading the database broke off' };
  }
}
