import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { PageAssets } from '../../render/html/document.ts';
import { root } from '../../stack/paths.ts';

const source = join(root, 'scripts', 'render', 'html', 'page');

/** Browsers that know `light-dark()`; no older one is promised. */
const target = ['chrome123', 'firefox128', 'safari18'];

/** The page's script and style, bundled anew each time: quick enough, and no copy can be out of date. */
export async function bundlePage(): Promise<PageAssets> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(source, 'main.tsx'), out: 'script' },
      { in: join(source, 'style', 'index.css'), out: 'style' },
    ],
    tsconfig: join(source, 'tsconfig.json'),
    outdir: source,
    write: false,
    bundle: true,
    minify: true,
    charset: 'utf8',
    legalComments: 'inline',
    target,
    logLevel: 'silent',
  });
  const text = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? '';
  const script = text('.js');
  const style = text('.css');
  return { script, style, scriptSource: cspSource(script), styleSource: cspSource(style) };
}

function cspSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
