import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlePage } from '../scripts/commands/page/assets.ts';
import type { PageAssets } from '../scripts/render/html/document.ts';
import { renderSeriesPage, renderTraceSetPage } from '../scripts/render/html/pages.ts';
import { launch, openPage, violations } from './page/browser.ts';
import { series, traceSet } from './page/several.ts';

let browser: Browser;
let assets: PageAssets;
beforeAll(async () => {
  [browser, assets] = await Promise.all([launch(), bundlePage()]);
});
afterAll(() => browser?.close());

const openSet = (options = {}) => openPage(browser, renderTraceSetPage(traceSet(), assets), options);
const openSeries = (options = {}) => openPage(browser, renderSeriesPage(series(), assets), options);
const region = (page: Page, name: string) => page.getByRole('region', { name });
const cells = (page: Page, card: string, row: RegExp) =>
  region(page, card).getByRole('row', { name: row }).getByRole('cell').allTextContents();

describe('several traces', () => {
  test('per span, who calls whom, and the slowest in full', async () => {
    await using opened = await openSet();
    const { page, requests, complaints } = opened;
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('3 traces');
    expect((await cells(page, 'By span', /renderThings/)).slice(0, 3)).toEqual(['22.00', '2', '11.00']);
    expect(await cells(page, 'By span', /SELECT things/)).toContain('✖ 100 %');
    expect((await cells(page, 'Services', /curl → app/)).slice(0, 2)).toEqual(['curl → app', '2']);
    expect(await page.getByRole('img', { name: /Calls between the services/ }).textContent()).toContain('astro-ssr');
    await page.getByRole('tab', { name: 'Slowest trace' }).click();
    expect(await page.getByRole('treegrid').count()).toBe(1);
    expect([requests, complaints]).toEqual([[], []]);
  });
});

describe('one request, repeated', () => {
  test('by kind, by span, the median and the slowest', async () => {
    await using opened = await openSeries();
    const { page, complaints } = opened;
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('http://127.0.0.1:8080/things/');
    expect((await cells(page, 'By span, on the critical path', /pool\.query iconByName/)).slice(0, 2)).toEqual([
      '12.00',
      '12.00',
    ]);
    expect(await cells(page, 'By function and span', /astro-ssr: svgo\.optimize/)).toContain(
      'astro-ssr: svgo.optimize ',
    );
    for (const name of ['Median request', 'Slowest request']) {
      await page.getByRole('tab', { name }).click();
      expect(await page.getByRole('treegrid').count()).toBe(1);
    }
    expect(complaints).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('axe finds nothing, %s', (colorScheme) => {
  test.each([
    ['traces', openSet],
    ['series', openSeries],
  ])('%s', async (_, open) => {
    await using opened = await open({ colorScheme });
    const { page } = opened;
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
