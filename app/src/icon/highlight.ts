import { createHighlighterCore, type HighlighterCore } from 'shiki/core';
import { createOnigurumaEngine } from 'shiki/engine/oniguruma';
import type { CodeSample } from './formats.ts';

/** HTML of a code sample, coloured for the light and the dark scheme at once. */
export async function highlight(code: string, lang: CodeSample['language']): Promise<string> {
  highlighter ??= createIconHighlighter();
  return (await highlighter).codeToHtml(code, {
    lang,
    themes: { light: 'github-light-default', dark: 'github-dark-default' },
    defaultColor: 'light-dark()',
  });
}

/** Loading and compiling the grammars takes some hundred milliseconds: once per process, paid by the first icon page. */
let highlighter: Promise<HighlighterCore> | undefined;

function createIconHighlighter(): Promise<HighlighterCore> {
  return createHighlighterCore({
    engine: createOnigurumaEngine(import('shiki/wasm')),
    themes: [import('shiki/themes/github-light-default.mjs'), import('shiki/themes/github-dark-default.mjs')],
    langs: [
      import('shiki/langs/xml.mjs'),
      import('shiki/langs/tsx.mjs'),
      import('shiki/langs/vue.mjs'),
      import('shiki/langs/svelte.mjs'),
      import('shiki/langs/css.mjs'),
    ],
  });
}
