import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { sampled } from '../../test/traces/samples.ts';
import { buildReport } from '../report/build.ts';
import { withoutTrifles } from './inferred.ts';
import { renderText } from './text.ts';

const trace = draw(
  `
  GET /page                 ├──────────────────────────────────────────────────────────────┤
    render                  ├──────────────────────────────────────────────────────────┤
     Card.astro               ├───────────────────────────────────────────────────┤
      highlight               ├───────────────────────────────────────────────────┤
        toHtml                 ├─────────────────────────────────────────────────┤
          tokenize             ├────────────────────────────────────┤
            scan                ├┤
    garbage collection                                                                  ├──┤
  `,
  {
    'GET /page': { kind: 'server', attributes: { 'onetrace.profile.samples': 62 } },
    render: sampled({ at: 'astro/render.js:1', of: 'astro', samples: 59 }),
    'Card.astro': sampled({ at: 'src/Card.astro:2', of: 'app', samples: 52 }),
    highlight: sampled({ at: 'src/highlight.ts:12', of: 'app', samples: 52 }),
    toHtml: sampled({ at: 'shiki/core.mjs:7', of: 'shiki', samples: 50 }),
    tokenize: sampled({ at: 'shiki/core.mjs:90', of: 'shiki', samples: 37 }),
    scan: sampled({ at: 'oniguruma/scan.mjs:2', of: 'oniguruma' }),
    'garbage collection': sampled({ samples: 3 }, 'gc'),
  },
);
const report = buildReport({ trace, request: null, warnings: [] });

test('what remains of a stack: the own functions, entries of libraries, what took time itself', () => {
  expect(withoutTrifles(report).map(({ name, depth }) => `${'  '.repeat(depth)}${name}`)).toEqual([
    'GET /page',
    '  render',
    '    highlight',
    '      toHtml',
    '        tokenize',
    '  garbage collection',
  ]);
});

test('what is left out takes no indentation', () => {
  const thin = {
    ...report,
    spans: report.spans.map((span) => (span.name === 'render' ? { ...span, selfMs: 0 } : span)),
  };
  expect(
    withoutTrifles(thin)
      .map(({ name, depth }) => `${'  '.repeat(depth)}${name}`)
      .slice(0, 3),
  ).toEqual(['GET /page', '  highlight', '    toHtml']);
});

test('a verdict with functions: estimates are marked, with the number of their samples', () => {
  const text = renderText(report, { width: 110, colour: false, notes: [] });
  const page = text.split('\n').map((line) => line.trimEnd());
  expect(page.slice(2, 11)).toEqual([
    'Where the 63.00 ms went',
    '      ms  share  kind     samples  what',
    ' ≈ 50.00   79 %  cpu           50  app: toHtml (shiki) ← highlight src/highlight.ts:12',
    '  ≈ 7.00   11 %  cpu            7  app: render (Astro) astro/render.js:1',
    '  ≈ 3.00    5 %  gc             3  app: garbage collection',
    '  ≈ 2.00    3 %  cpu            2  app: highlight src/highlight.ts:12',
    '    1.00    2 %  unknown           app: GET /page',
    'whose code: shiki 50.00 · Astro 7.00 · your own 2.00 ms',
    '≈ estimated from 62 samples of the thread; the rest was measured',
  ]);
  expect(text).toMatch(/^ {3}app +≈ highlight +▒+ +2\.00 +52\.00 +2\.00$/m);
  expect(text).toContain('≈ ▒ estimated from samples of the thread');
});
