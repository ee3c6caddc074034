/** The page's own code, as text: whoever calls has bundled and read it. */
export interface PageAssets {
  script: string;
  style: string;
  /** CSP sources of the two, as in `'sha256-…'`: nothing else may run or style. */
  scriptSource: string;
  styleSource: string;
}

/**
 * One file with everything in it. The policy forbids every request and every script but ours, so that a page with the names of
 * somebody else's spans is as harmless as a text file.
 */
export function renderDocument(title: string, data: unknown, assets: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src ${assets.scriptSource}`,
    `style-src ${assets.styleSource}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="onetrace">
<title>${escapeText(title)}</title>
<link rel="icon" href="data:,">
<style>${assets.style}</style>
</head>
<body>
<div id="page"></div>
<noscript>This page draws itself with JavaScript, which is switched off. The same verdict as text: make trace URL=…</noscript>
<script type="application/json" id="data">${escapeJson(data)}</script>
<script>${assets.script}</script>
</body>
</html>
`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** Neither `</script>` nor `<!--` can stand in it: within JSON, a `<` is only ever part of a string. */
function escapeJson(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}
