import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlePage } from '../scripts/commands/page/assets.ts';
import type { PageAssets } from '../scripts/render/html/document.ts';
import { renderVerdictPage } from '../scripts/render/html/pages.ts';
import type { Report } from '../scripts/report/schema.ts';
import { launch, openPage, violations } from './page/browser.ts';
import { eventful, firstUser, hostile, large } from './page/reports.ts';

let browser: Browser;
let assets: PageAssets;
beforeAll(async () => {
  [browser, assets] = await Promise.all([launch(), bundlePage()]);
});
afterAll(() => browser?.close());

const open = (report: Report, options = {}) => openPage(browser, renderVerdictPage(report, assets), options);
const grid = (page: Page) => page.getByRole('treegrid');
/** The name of the row that the keyboard is on. */
const activeRow = (page: Page) => page.locator('[role=treegrid] [aria-selected=true] .title').textContent();
const rowCount = async (page: Page) => Number(await grid(page).getAttribute('aria-rowcount')) - 1;
const ruler = (page: Page) => page.locator('.tick').allTextContents();
const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

test('the file needs no network, and may not use any', async () => {
  await using opened = await open(firstUser());
  const { page, requests, complaints } = opened;
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(requests).toEqual([]);
  expect(complaints).toEqual([]);
  const attempt = `fetch('http://127.0.0.1:9/').then(() => 'answered', () => 'refused')`;
  expect(await page.evaluate(attempt)).toBe('refused');
  expect(complaints.join()).toContain('Content Security Policy');
  expect(requests).toEqual([]);
});

test('it says all that the verdict says', async () => {
  await using opened = await open(eventful());
  const { page } = opened;
  const regions = await page.evaluate(
    `[...document.querySelectorAll('main .card-head h2')].map((heading) => heading.firstChild.data)`,
  );
  expect(regions).toEqual([
    'Where the time went',
    'Findings',
    'Warnings',
    'Request',
    'What happened when',
    'Gaps',
    'Services',
  ]);
  await expect
    .poll(() => page.getByRole('region', { name: 'Findings' }).textContent())
    .toContain('no such table: things');
  expect(await page.getByRole('region', { name: 'Warnings' }).textContent()).toContain('something is odd');
  expect(await page.getByRole('region', { name: 'Gaps' }).textContent()).toMatch(
    /in app: GET \/things, between renderThings and SELECT/,
  );
  expect(await page.getByRole('region', { name: 'Services' }).textContent()).toContain('curl → app');
  const accounting = page.getByRole('region', { name: 'Where the time went' });
  expect(await accounting.getByRole('row').count()).toBeGreaterThan(2);
});

describe('the keyboard', () => {
  test('walks through the tree, opens and closes it', async () => {
    await using opened = await open(firstUser());
    const { page } = opened;
    await grid(page).focus();
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown');
    expect(await activeRow(page)).toBe('GET /svg_icons/[category]/[icon]/');
    expect(await rowCount(page)).toBe(10);
    await press(page, 'ArrowLeft');
    expect(await rowCount(page)).toBe(3);
    expect(await page.locator('[aria-selected=true]').first().getAttribute('aria-expanded')).toBe('false');
    await press(page, 'ArrowRight', 'ArrowRight');
    expect(await activeRow(page)).toBe('astro.middleware logger');
    await press(page, 'End');
    expect(await activeRow(page)).toBe('svgo.optimize');
    await press(page, 'ArrowLeft');
    expect(await activeRow(page)).toBe('astro.component IconPreview');
    await press(page, 'Shift+E');
    expect(await rowCount(page)).toBe(2);
    expect(await activeRow(page)).toBe('GET'); // what it was in has swallowed it
    await press(page, 'e', 'Home');
    expect(await rowCount(page)).toBe(10);
    const named = await grid(page).getAttribute('aria-activedescendant');
    expect(await page.locator(`[id="${named}"]`).getAttribute('aria-level')).toBe('1');
  });

  test('zooms, moves and goes back to the whole', async () => {
    await using opened = await open(firstUser());
    const { page } = opened;
    await grid(page).focus();
    const whole = await ruler(page);
    await press(page, 'End', 'Enter');
    const zoomed = await ruler(page);
    expect(zoomed).not.toEqual(whole);
    await press(page, 'Shift+ArrowRight');
    expect(await ruler(page)).not.toEqual(zoomed);
    await press(page, '0');
    expect(await ruler(page)).toEqual(whole);
    await press(page, '+', '+', '+');
    expect(await ruler(page)).not.toEqual(whole);
    await press(page, '-', '-', '-');
    expect(await ruler(page)).toEqual(whole);
  });

  test('shows the critical path alone', async () => {
    await using opened = await open(firstUser());
    const { page } = opened;
    await grid(page).focus();
    await press(page, 'c');
    const names = await page.locator('.grid-body .name').allTextContents();
    expect(names).toHaveLength(firstUser().spans.filter(({ onCriticalPath }) => onCriticalPath).length);
    expect(names.every((name) => name.includes('on the critical path'))).toBe(true);
    await press(page, 'c');
    expect(await rowCount(page)).toBe(10);
  });

  test('asks for help, and comes back from it', async () => {
    await using opened = await open(firstUser());
    const { page } = opened;
    await grid(page).focus();
    await press(page, '?');
    await page.getByRole('dialog').waitFor();
    await press(page, 'Escape');
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('treegrid');
  });

  test('reaches everything by Tab, and every stop can be seen', async () => {
    await using opened = await open(eventful());
    const { page } = opened;
    const stops: string[] = [];
    for (let count = 0; count < 60; count++) {
      await press(page, 'Tab');
      const stop = (await page.evaluate(`(() => {
        const { activeElement: here } = document;
        const seen = here.matches('[type=radio]') ? here.nextElementSibling : here;
        return here === document.body ? '' : (here.ariaLabel ?? here.textContent) + '|' + getComputedStyle(seen).outlineStyle;
      })()`)) as string;
      if (stop === '') break;
      stops.push(stop);
    }
    expect(stops.filter((stop) => !/\|(solid|auto)$/.test(stop))).toEqual([]);
    const names = stops.map((stop) => stop.split('|')[0]);
    expect(names).toEqual(
      expect.arrayContaining(['Search spans and attributes', 'Zoom in', 'Collapse', 'Spans by time']),
    );
  });
});

test('search: found, next, previous, round again, into what is collapsed', async () => {
  await using opened = await open(firstUser());
  const { page } = opened;
  await grid(page).focus();
  await press(page, 'Shift+E', '/');
  await page.keyboard.type('iconbyname');
  const count = page.getByRole('status');
  expect(await count.textContent()).toBe('2 found');
  await press(page, 'Enter');
  expect(await activeRow(page)).toBe('pool.query iconByName');
  expect(await count.textContent()).toBe('1 of 2');
  await press(page, 'Enter');
  expect(await activeRow(page)).toBe('worker iconByName');
  await press(page, 'Enter');
  expect(await activeRow(page)).toBe('pool.query iconByName');
  await press(page, 'Shift+Enter');
  expect(await activeRow(page)).toBe('worker iconByName');
  await page.getByRole('searchbox').fill('db.system.name=sqlite');
  await press(page, 'Enter');
  expect(await activeRow(page)).toBe('SELECT icons');
  await page.getByRole('searchbox').fill('there is no such thing');
  expect(await count.textContent()).toBe('0 found');
});

test('the mouse: folds, zooms with Ctrl and the wheel, drags in the overview', async () => {
  await using opened = await open(firstUser());
  const { page } = opened;
  await page.locator('.twisty').nth(2).click();
  expect(await rowCount(page)).toBe(3);
  await page.locator('.twisty').nth(2).click();
  const whole = await ruler(page);
  const zoomed = () => expect.poll(() => ruler(page)).not.toEqual(whole);
  await page.locator('.timeline').first().hover();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -1500);
  await page.keyboard.up('Control');
  await zoomed();
  await page.locator('.overview').dblclick();
  await expect.poll(() => ruler(page)).toEqual(whole);
  const strip = await page.locator('.overview').boundingBox();
  if (!strip) throw new Error('there is an overview');
  await page.mouse.move(strip.x + strip.width * 0.4, strip.y + 10);
  await page.mouse.down();
  await page.mouse.move(strip.x + strip.width * 0.6, strip.y + 10, { steps: 4 });
  await page.mouse.up();
  await zoomed();
});

test('a finding leads to its span, whose details say everything', async () => {
  await using opened = await open(eventful());
  const { page } = opened;
  await page.getByRole('region', { name: 'Findings' }).getByRole('button', { name: 'SELECT things' }).click();
  expect(await activeRow(page)).toBe('SELECT things');
  const details = page.getByRole('complementary', { name: 'SELECT things' });
  const text = await details.textContent();
  for (const part of ['no such table: things', 'db.query.text', 'SELECT * FROM things', 'exception at', 'at query'])
    expect(text).toContain(part);
  await details.getByRole('button', { name: 'Close the details' }).click();
  expect(await details.count()).toBe(0);
});

test('what a database said of a finding stands below it', async () => {
  const report = eventful();
  const plan = { verdict: 'confirmed' as const, database: 'shop.db', lines: ['SCAN things'], reason: null };
  await using opened = await open({ ...report, findings: report.findings.map((finding) => ({ ...finding, plan })) });
  const text = await opened.page.getByRole('region', { name: 'Findings' }).textContent();
  expect(text).toContain('confirmed by the plan of shop.db: SCAN things→');
  expect(await violations(opened.page)).toEqual([]);
});

test('estimates say that they are, and from how many samples', async () => {
  await using opened = await open(eventful());
  const { page } = opened;
  const row = page.getByRole('row', { name: 'app parse estimate, from 4 samples' });
  expect(await row.locator('.estimate').textContent()).toBe('≈ 4');
  await row.click();
  const details = await page.getByRole('complementary', { name: 'parse' }).textContent();
  expect(details).toContain('estimate, from 4 samples');
  expect(details).toContain('src/parse.ts:12');
});

test('light and dark: as the system has it, or as chosen', async () => {
  await using opened = await open(firstUser(), { colorScheme: 'dark' });
  const { page } = opened;
  const lightness = async () => {
    const colour = (await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')) as string;
    return Math.max(...(colour.match(/\d+/g) ?? []).map(Number)) > 127 ? 'light' : 'dark';
  };
  expect(await lightness()).toBe('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await lightness()).toBe('light');
  await page.getByRole('radio', { name: 'dark' }).check();
  expect(await lightness()).toBe('dark');
  await page.addInitScript(`addEventListener('DOMContentLoaded', () => {
    window.themeAtFirst = document.documentElement.dataset.theme;
  })`);
  await page.reload();
  expect(await page.evaluate('window.themeAtFirst')).toBe('dark'); // not in the system's colours for an instant
  expect(await lightness()).toBe('dark');
  await page.emulateMedia({ media: 'print' });
  expect(await page.evaluate('getComputedStyle(document.body).color')).toMatch(/^rgb\(\d\d, \d\d, \d\d\)$/); // ink
});

test('hostile names are text and nothing else', async () => {
  await using opened = await open(hostile());
  const { page, requests, complaints } = opened;
  await grid(page).focus();
  await press(page, 'ArrowDown', 'End');
  await page.getByRole('searchbox').fill('</script>');
  await press(page, 'Enter');
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(await page.locator('img, script').count()).toBe(2); // the data and the page's own
  expect(await page.locator('a').count()).toBe(0); // a link to javascript: is no link
  expect(await page.locator('h1').textContent()).toContain('</script><script>window.pwned = 1</script><img src=');
  expect([requests, complaints]).toEqual([[], []]);
});

describe('10,000 spans', () => {
  test('only what is in sight is drawn, and everything can be reached', async () => {
    await using opened = await open(large(10_000));
    const { page } = opened;
    expect(await rowCount(page)).toBe(10_000);
    const drawn = () => page.locator('.grid-body [role=row]').count();
    expect(await drawn()).toBeLessThan(100);
    await grid(page).focus();
    await press(page, 'End');
    expect(await activeRow(page)).toBe('work 9998');
    expect(await page.locator('[role=treegrid] [aria-selected=true]').isVisible()).toBe(true);
    await press(page, 'Home');
    await page.getByRole('searchbox').fill('work 5005');
    await press(page, 'Enter');
    expect(await activeRow(page)).toBe('work 5005');
    await expect.poll(() => page.locator('[role=treegrid] [aria-selected=true]').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Collapse' }).click();
    expect(await rowCount(page)).toBe(1001);
    expect(await drawn()).toBeLessThan(100);
  });
});

test('on paper all rows are there', async () => {
  await using opened = await open(large(200));
  const { page } = opened;
  // The browser prints what is there when the event's listeners have returned.
  const printed = `dispatchEvent(new Event('beforeprint')); document.querySelectorAll('.grid-body [role=row]').length`;
  expect(await page.evaluate(printed)).toBe(200);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('searchbox').isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
  await expect.poll(() => page.locator('.grid-body [role=row]').count()).toBeLessThan(100);
});

describe.each(['light', 'dark'] as const)('axe finds nothing, %s', (colorScheme) => {
  test.each([
    ['wide', { width: 1400, height: 900 }],
    ['narrow', { width: 390, height: 800 }],
  ])('%s', async (_, viewport) => {
    await using opened = await open(eventful(), { colorScheme, viewport });
    const { page } = opened;
    await page.getByRole('region', { name: 'Findings' }).getByRole('button').first().click();
    await page.getByRole('searchbox').fill('e');
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.getByRole('button', { name: 'Keys' }).click();
    expect(await violations(page)).toEqual([]);
  });
});

test('who wants less motion gets none', async () => {
  await using opened = await open(firstUser(), { reducedMotion: 'reduce' });
  const moving = `[...document.querySelectorAll('*')].filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0).length`;
  expect(await opened.page.evaluate(moving)).toBe(0);
});
