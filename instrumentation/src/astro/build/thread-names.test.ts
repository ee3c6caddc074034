import { expect, test } from 'vitest';
import { threadNamesPlugin } from './thread-names.ts';

const plugin = threadNamesPlugin();
plugin.configResolved({ root: '/site' });
const rendered = (facadeModuleId: string | null, isEntry = true) =>
  plugin.renderChunk('work();', { isEntry, facadeModuleId })?.code;

test('an entry of the bundle says what it was made from', () => {
  expect(rendered('/site/src/pool/worker.ts')).toBe(
    'globalThis[Symbol.for("onetrace")]?.thread?.("src/pool/worker.ts", import.meta.url);\nwork();',
  );
});

test.each([
  ['/site/src/shared.ts', false],
  [null, true],
  ['\0virtual:astro', true],
  ['/site/src/pages/index.astro?x', true],
  ['/site/node_modules/pool/worker.js', true],
])('%s stays as it is', (facade, isEntry) => {
  expect(rendered(facade, isEntry)).toBeUndefined();
});
