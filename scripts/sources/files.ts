import { createReadStream } from 'node:fs';
import { glob, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { misuse, reason } from '../failure.ts';

/** A saved file as it was read. */
export interface SavedFile {
  /** As it may be shown; `-` is standard input. */
  name: string;
  text: string;
}

/** Names of the files in a directory that may hold traces. */
const TRACE_FILE = /\.(json|jsonl|ndjson)$/;

/**
 * What a path stands for: a file, all trace files of a directory, those that a pattern such as `before/*.json` matches, or with `-`
 * standard input.
 * @throws Failure (usage) when there is nothing to read
 */
export async function readFiles(given: string): Promise<SavedFile[]> {
  if (given === '-') return [{ name: '-', text: decode('-', await buffer(process.stdin)) }];
  const files: SavedFile[] = [];
  // One after the other: a directory may hold more files than a process may open.
  for (const name of await list(given)) files.push({ name, text: decode(name, await read(name)) });
  return files;
}

/** Whether there is something to read under this name: an id of a trace could be the name of a file, too. */
export async function isThere(path: string): Promise<boolean> {
  return (await kindOf(path)) !== null;
}

async function list(given: string): Promise<string[]> {
  const kind = await kindOf(given);
  if (kind === 'file') return [given];
  if (kind === 'directory') {
    const inside = (await readdir(given)).filter((name) => TRACE_FILE.test(name)).sort();
    if (inside.length > 0) return inside.map((name) => join(given, name));
    throw nothing(`trace files (*.json, *.jsonl) in ${given}`, 'a directory without any');
  }
  if (/[*?[{]/.test(given)) {
    const matches: string[] = [];
    for await (const match of glob(given)) matches.push(match);
    if (matches.length > 0) return matches.sort();
    throw nothing(`files that match ${given}`, 'none');
  }
  throw nothing(`a file or directory at ${given}`, 'no such file');
}

async function kindOf(path: string): Promise<'file' | 'directory' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch {
    return null;
  }
}

/** As a stream: a named pipe (`<(…)` of a shell) has no size to read by. */
async function read(name: string): Promise<Buffer> {
  try {
    return (await stat(name)).isFile() ? await readFile(name) : await buffer(createReadStream(name));
  } catch (error) {
    throw nothing(`to read ${name}`, reason(error));
  }
}

/** V8 has no strings beyond half a gibibyte. */
function decode(name: string, bytes: Buffer): string {
  try {
    return bytes.toString('utf8');
  } catch (error) {
    throw misuse({
      expected: `${name === '-' ? 'standard input' : name} to hold less than 512 MiB`,
      got: `${Math.ceil(bytes.length / 2 ** 20)} MiB: ${reason(error)}`,
      next: 'split it by lines and give the directory of the parts',
    });
  }
}

const nothing = (expected: string, got: string) =>
  misuse({ expected, got, next: 'give the path of a saved trace; make trace says where it has saved one' });
