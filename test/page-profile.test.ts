import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlePage } from '../scripts/commands/page/assets.ts';
import type { PageAssets } from '../scripts/render/html/document.ts';
import { renderProfilePage } from '../scripts/render/html/pages.ts';
import type { FlameFrame } from '../scripts/report/profile.ts';
import { launch, openPage, violations } from './page/browser.ts';
import { profile } from './page/reports.ts';

let browser: Browser;
let assets: PageAssets;
beforeAll(async () => {
  [browser, assets] = await Promise.all([launch(), bundlePage()]);
});
afterAll(() => browser?.close());

const open = (options = {}, data = profile()) => openPage(browser, renderProfilePage(data, assets), options);
const tab = (page: Page, name: string) => page.getByRole('tab', { name });
const activeFrame = (page: Page) => page.locator('[role=treeitem][aria-selected=true]').textContent();
const width = async (page: Page, name: RegExp) =>
  (await page.getByRole('treeitem', { name }).first().boundingBox())?.width ?? 0;

test('tabs by keyboard, each with what it promises', async () => {
  await using opened = await open();
  const { page, requests, complaints } = opened;
  const panel = page.getByRole('tabpanel');
  expect(await panel.textContent()).toMatch(/fast half[\s\S]*garbage collection/);
  await tab(page, 'Where the time went').focus();
  await page.keyboard.press('ArrowRight');
  expect(await tab(page, 'Flame graph').getAttribute('aria-selected')).toBe('true');
  expect(await page.getByRole('tree').count()).toBe(1);
  await page.keyboard.press('End');
  expect(await page.locator('[role=tab]:focus').textContent()).toBe('Slowest request');
  expect(await panel.getByRole('treegrid').count()).toBe(1);
  expect(await panel.textContent()).toContain('GET /things');
  expect([requests, complaints]).toEqual([[], []]);
});

test('the difference between the fast and the slow half', async () => {
  await using opened = await open();
  const cell = opened.page.getByRole('row', { name: /parse .*src\/parse\.ts:7/ }).locator('.difference-text');
  expect(await cell.textContent()).toBe('+7.50');
});

test('an estimate is marked as one, with its samples and who called it', async () => {
  const data = profile();
  const [first] = data.functions;
  const caller = 'highlight src/highlight.ts:12';
  await using opened = await open({}, { ...data, functions: first ? [{ ...first, caller, samples: 1 }] : [] });
  const row = await opened.page.getByRole('row', { name: /src\/parse\.ts:7/ }).textContent();
  expect(row).toMatch(/≈ 15\.00.*parse.*called by highlight src\/highlight\.ts:12.*estimate, from 1 sample\)/);
  expect(await opened.page.getByRole('row', { name: /unknown/ }).textContent()).not.toContain('≈');
});

describe('the flame graph', () => {
  test('moves and zooms by keyboard', async () => {
    await using opened = await open();
    const { page } = opened;
    await tab(page, 'Flame graph').click();
    await page.getByRole('tree').focus();
    const before = await width(page, /^parse, .*600\.00 ms/);
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    expect(await activeFrame(page)).toBe('parse');
    await page.keyboard.press('ArrowRight');
    expect(await activeFrame(page)).toBe('tokenize');
    await page.keyboard.press('ArrowUp');
    expect(await activeFrame(page)).toBe('render');
    await page.keyboard.press('Enter');
    const after = await width(page, /^parse, .*600\.00 ms/);
    expect(after / before).toBeCloseTo(1600 / 900, 1);
    expect(await page.locator('.flame-facts').textContent()).toMatch(
      /render.*900\.00 ms \(56 %\), self 100\.00 ms.*900 samples/s,
    );
    await page.getByRole('button', { name: 'Whole' }).click();
    expect(await width(page, /^parse, .*600\.00 ms/)).toBeCloseTo(before, 0);
  });

  test('search finds a function wherever it is called, and steps through it', async () => {
    await using opened = await open();
    const { page } = opened;
    await tab(page, 'Flame graph').click();
    await page.getByRole('tree').focus();
    await page.keyboard.press('/');
    await page.keyboard.type('parse');
    expect(await page.getByRole('status').textContent()).toBe('2 found, 41 %');
    expect(await page.locator('.frame.matched').count()).toBe(2);
    await page.keyboard.press('Enter');
    expect(await page.locator('.flame-facts').textContent()).toContain('600.00 ms');
    await page.keyboard.press('Enter');
    expect(await page.locator('.flame-facts').textContent()).toContain('50.00 ms');
  });

  test('the table says the same', async () => {
    await using opened = await open();
    const { page } = opened;
    await tab(page, 'Flame graph').click();
    const row = page.getByRole('row', { name: /parse src\/parse\.ts:7/ });
    expect(await row.getByRole('cell').allTextContents()).toEqual([
      '650.00',
      '41 %',
      '650.00',
      '650',
      'cpu',
      'parse src/parse.ts:7',
    ]);
  });

  test('a recursion 1,000 frames deep', async () => {
    let flame: FlameFrame = { name: 'end', location: null, kind: 'cpu', valueMs: 1, samples: 1, children: [] };
    for (let depth = 0; depth < 1000; depth++) flame = { ...flame, name: 'again', children: [flame] };
    await using opened = await open({}, { ...profile(), flame });
    const { page, complaints } = opened;
    await tab(page, 'Flame graph').click();
    const row = page.getByRole('row', { name: /again/ });
    expect(await row.getByRole('cell').nth(2).textContent()).toBe('1.00'); // and not 1,000 times that
    expect(complaints).toEqual([]);
  });
});

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  await using opened = await open({ colorScheme });
  const { page } = opened;
  for (const name of ['Where the time went', 'Flame graph', 'Median request', 'Slowest request']) {
    await tab(page, name).click();
    expect(await violations(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 800 });
  for (const name of ['Where the time went', 'Flame graph']) {
    await tab(page, name).click();
    if (name === 'Flame graph') await page.getByRole('searchbox').fill('parse');
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  }
});
