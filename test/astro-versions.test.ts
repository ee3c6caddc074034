import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { astroDevSuite } from '../instrumentation/test/support/astro-dev-suite.ts';
import { astroSuite } from '../instrumentation/test/support/astro-suite.ts';
import { installAside } from '../instrumentation/test/support/site.ts';

/** The older versions that are supported render by recursion and keep their places elsewhere: the spans are to be the same. */
describe.each([
  { astro: 5, adapter: 9 },
  { astro: 6, adapter: 10 },
])('Astro $astro', ({ astro, adapter }) => {
  let nodeModules: string;
  beforeAll(async () => {
    nodeModules = await installAside(`astro@${astro}`, `@astrojs/node@${adapter}`);
  });
  afterAll(() => rm(dirname(nodeModules), { recursive: true, force: true }));

  astroSuite(() => nodeModules);
  astroDevSuite(() => nodeModules);
});

/** What is built with 7 is a unit test: instrumentation/test/astro-spans.test.ts. */
describe('Astro 7', () => astroDevSuite(() => undefined));
