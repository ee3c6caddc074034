import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isThere, readFiles } from './files.ts';

const directory = mkdtempSync(join(tmpdir(), 'onetrace-files-'));
const at = (...names: string[]) => join(directory, ...names);
mkdirSync(at('empty'));
mkdirSync(at('deep', 'er'), { recursive: true });
for (const name of ['b.json', 'a.jsonl', 'notes.txt', join('deep', 'c.json'), join('deep', 'er', 'd.json')]) {
  writeFileSync(at(name), name);
}
afterAll(() => rmSync(directory, { recursive: true }));

const texts = async (given: string) => (await readFiles(given)).map(({ text }) => text);

describe('what a path stands for', () => {
  test.each([
    ['a file, whatever its name', ['notes.txt'], ['notes.txt']],
    ['a directory: its trace files by name', [], ['a.jsonl', 'b.json']],
    ['a pattern', ['*.json'], ['b.json']],
    ['a pattern of directories', ['**', '*.json'], ['b.json', join('deep', 'c.json'), join('deep', 'er', 'd.json')]],
  ])('%s', async (_, names, expected) => {
    expect(await texts(at(...names))).toEqual(expected);
  });

  test.each([
    ['no such file', 'nothing.json', /expected a file or directory at .*nothing\.json, got no such file/],
    ['a directory without traces', 'empty', /expected trace files .*, got a directory without any/],
    ['a pattern that nothing matches', '*.xml', /expected files that match .*, got none/],
  ])('%s', async (_, name, sentence) => {
    await expect(readFiles(at(name))).rejects.toThrow(sentence);
  });
});

test('a name that is there goes before a trace id', async () => {
  expect(await isThere(at('b.json'))).toBe(true);
  expect(await isThere(at('0123456789abcdef'))).toBe(false);
});
