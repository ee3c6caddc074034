import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MagicString from 'magic-string';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SourceMaps } from './source-maps.ts';

let folder: string;
const warn = vi.fn();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onetrace-maps-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A generated file: two lines, then the source, in which `slow` begins at line 2, column 7 (from 1). */
async function built(name: string, ending: (map: string) => string, map?: string): Promise<string> {
  const text = new MagicString("import x from 'x';\nexport function slow() {}\n");
  text.prepend('// generated\n\n');
  const generated = text.generateMap({ source: '../src/slow.ts', file: name, hires: true }).toString();
  const script = join(folder, name);
  await writeFile(`${script}.map`, map ?? generated);
  await writeFile(script, `${text}${ending(generated)}`);
  return script;
}

const position = (script: string) => ({ name: 'slow', script, line: 4, column: 8 });

test('a map beside the file', async () => {
  const script = await built('beside.mjs', () => '//# sourceMappingURL=beside.mjs.map\n');
  expect(await new SourceMaps(warn).original(position(script))).toEqual({
    name: 'slow',
    script: join(folder, '../src/slow.ts'),
    line: 2,
    column: 8,
  });
});

test('a map inside the file, behind something that looks like one', async () => {
  const script = await built(
    'inside.mjs',
    (map) =>
      `const text = "//# sourceMappingURL=nowhere.map";\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(map).toString('base64')}\n`,
  );
  expect(await new SourceMaps(warn).original(position(script))).toMatchObject({ line: 2 });
});

test('without a map, and in packages, a place stays what it is', async () => {
  const maps = new SourceMaps(warn);
  for (const script of [await built('plain.mjs', () => ''), '/app/node_modules/x/index.js', 'node:fs', '']) {
    const at = position(script);
    expect(await maps.original(at)).toBe(at);
  }
  expect(warn).not.toHaveBeenCalled();
});

test('maps that are missing or broken cost their names, and one line', async () => {
  const maps = new SourceMaps(warn);
  const scripts = [
    await built('missing.mjs', () => '//# sourceMappingURL=gone.map\n'),
    await built('broken.mjs', () => '//# sourceMappingURL=broken.mjs.map\n', '{"version":3,'),
    await built('odd.mjs', () => '//# sourceMappingURL=odd.mjs.map\n', '{"version":3,"sources":7,"mappings":true}'),
  ];
  for (const script of scripts) {
    const at = position(script);
    expect(await maps.original(at)).toBe(at);
  }
  expect(warn.mock.calls.map(([line]) => line)).toEqual([
    expect.stringMatching(/^the source map of .*missing\.mjs cannot be read/),
  ]);
});

test('what Astro wraps around a frontmatter is called by its first statement', async () => {
  const text = new MagicString('---\nconst shown = 18;\n---\n');
  text.remove(0, 4).prepend('createComponent(async ($$result) => {\n\tconst Astro = 1;\n');
  const script = join(folder, 'page.mjs');
  const map = text.generateMap({ source: 'Page.astro', hires: true });
  await writeFile(script, `${text}\n//# sourceMappingURL=${map.toUrl()}\n`);
  const at = { name: '', script, line: 1, column: 23 };
  expect(await new SourceMaps(warn).original(at)).toMatchObject({
    name: '',
    script: join(folder, 'Page.astro'),
    line: 2,
  });
});
