import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bundlePage } from '../scripts/commands/page/assets.ts';
import { writePage } from '../scripts/commands/page/write.ts';
import { renderVerdictPage } from '../scripts/render/html/pages.ts';
import { firstUser } from './page/reports.ts';
import { scratch } from './processes.ts';

const render = (assets: Parameters<typeof renderVerdictPage>[1]) => renderVerdictPage(firstUser(), assets);

afterEach(() => vi.unstubAllEnvs());

describe('a page as a file', () => {
  test('is written where it is wanted, folders and all', async () => {
    await using folder = await scratch();
    const html = join(folder.path, 'deep', 'page.html');
    expect(await writePage('name', render, { html, open: false, display: false })).toEqual({
      written: true,
      note: `Page: ${html}`,
    });
    expect(await readFile(html, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('is not written when nobody asks', async () => {
    expect(await writePage('name', render, { open: false, display: true })).toBeNull();
  });

  test('that cannot be written says so', async () => {
    const page = await writePage('name', render, { html: '/proc/page.html', open: true, display: true });
    expect(page).toMatchObject({ written: false, note: expect.stringContaining('The page was not written: ENOENT') });
  });

  test('says where it lies when there is no display to open it on', async () => {
    await using folder = await scratch();
    const html = join(folder.path, 'page.html');
    const page = await writePage('name', render, { html, open: true, display: false });
    expect(page?.note).toBe(`Page: ${html} (there is no display here to open it on)`);
  });

  test.runIf(process.platform === 'linux')('is opened with the browser that the user has chosen', async () => {
    await using folder = await scratch();
    const html = join(folder.path, 'page.html');
    const browser = join(folder.path, 'browser');
    const seen = join(folder.path, 'seen');
    await writeFile(browser, `#!/bin/sh\necho "$1" > ${seen}\n`);
    await chmod(browser, 0o755);
    vi.stubEnv('BROWSER', browser);
    for (const name of ['DISPLAY', 'WAYLAND_DISPLAY']) vi.stubEnv(name, undefined); // else the desktop's choice goes before
    expect((await writePage('name', render, { html, open: true, display: true }))?.note).toMatch(/ \(opened\)$/);
    await expect.poll(() => readFile(seen, 'utf8').catch(() => ''), { timeout: 20_000 }).toContain('page.html');
  });
});

test('script and style together stay below 200 kB', async () => {
  const { script, style } = await bundlePage();
  expect(script.length + style.length).toBeLessThan(200_000);
});
