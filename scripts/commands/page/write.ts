import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { reason } from '../../failure.ts';
import type { PageAssets } from '../../render/html/document.ts';
import { paths, root } from '../../stack/paths.ts';

/** What the user wants of a page. */
export interface PageWish {
  /** HTML=: where to write it; relative to where the user stands. */
  html?: string | undefined;
  /** OPEN=1 */
  open: boolean;
  /** Whether a browser could show anything here. */
  display: boolean;
}

export interface WrittenPage {
  written: boolean;
  /** Where it lies, or why it does not: a line for people. */
  note: string;
}

/**
 * Writes a page where it was asked for, else to .onetrace/reports, and opens it. A disk that is full must not cost the verdict: what goes
 * wrong is said, not thrown.
 *
 * @returns null: no page was asked for
 */
export async function writePage(
  name: string,
  render: (assets: PageAssets) => string,
  wish: PageWish,
): Promise<WrittenPage | null> {
  if (!wish.html && !wish.open) return null;
  const file = wish.html ? resolve(wish.html) : join(paths.reports, `${name}.html`);
  try {
    const { bundlePage } = await import('./assets.ts'); // only who wants a page waits for the bundler
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, render(await bundlePage()));
  } catch (error) {
    return {
      written: false,
      note: `The page was not written: ${reason(error)}. Next: HTML=<a file that can be written>`,
    };
  }
  const place = wish.html ?? relative(root, file);
  return { written: true, note: `Page: ${place}${wish.open ? await show(file, wish.display) : ''}` };
}

async function show(file: string, display: boolean): Promise<string> {
  if (!display) return ' (there is no display here to open it on)';
  try {
    const { default: open } = await import('open');
    await open(file);
    return ' (opened)';
  } catch (error) {
    return ` (could not be opened: ${reason(error)})`;
  }
}
