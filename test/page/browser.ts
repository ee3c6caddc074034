import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { scratch } from '../processes.ts';

/** The system's own Chromium: nothing is downloaded. Root, as in CI, cannot have Chromium's sandbox. */
export function launch(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium', args });
}

export interface Opened extends AsyncDisposable {
  page: Page;
  /** URLs that the page has asked for, without its own. */
  requests: string[];
  /** What it has complained of: exceptions, and errors in the console (which a breach of the policy is). */
  complaints: string[];
}

/** Opens a page as a user does: from the disk. */
export async function openPage(browser: Browser, html: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const folder = await scratch();
  const file = join(folder.path, 'page.html');
  await writeFile(file, html);
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => request.url() !== url && requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(url);
  const close = async () => {
    await context.close();
    await folder[Symbol.asyncDispose]();
  };
  return { page, requests, complaints, [Symbol.asyncDispose]: close };
}

/** Everything that axe-core has to say against the page as it is now: rules of WCAG 2.2 A and AA, and best practices. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as {
    violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}\n${failureSummary}`),
  );
}
