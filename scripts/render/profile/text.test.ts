import { expect, test } from 'vitest';
import { profiledTraces, profileOf } from '../../../test/traces/profiled.ts';
import { renderProfileText } from './text.ts';

const profile = profileOf(profiledTraces(), { failed: 1 });
const options = { width: 110, colour: false, notes: ['In .onetrace/profiles/x/'] };

test('one screen: where the milliseconds go, in which kinds, whose code, what the slow half has more of', () => {
  expect(renderProfileText(profile, options)).toBe(`\
25.00 ms  GET http://127.0.0.1:8080/icons/
mean of 4 requests, 1 at a time, 1 without a complete trace: p50 25.00 · p95 31.00 · fastest 19.00 · slowest 31.00 ms

Where the 25.00 ms go
   mean  share    p50    p95  slow−fast  kind     what
≈ 13.00   52 %  13.00  18.00     +10.00  cpu      app: toHtml (shiki) ← highlight src/highlight.ts:12
   4.00   16 %   4.00   4.00             unknown  app: GET /icons/
   3.00   12 %   3.00   3.00             network  nginx ↔ app
 ≈ 2.00    8 %   2.00   2.00             cpu      app: highlight src/highlight.ts:12
   2.00    8 %   2.00   2.00             cpu      app: SELECT icon (SQLite, in the process)
 ≈ 1.00    4 %   1.00   2.00      +2.00  gc       app: garbage collection

what kind    cpu 68 % · unknown 16 % · network 12 % · gc 4 %
whose code   shiki 13.00 · your own 2.00 ms
slow half    +12.00 ms against the fast half: app: toHtml (shiki) +10.00 · app: garbage collection +2.00
84.0 % of the time has a name, 16.0 % is unknown; ≈ estimated from 88 samples of the threads

In .onetrace/profiles/x/
`);
});

test('one request has no halves', () => {
  const text = renderProfileText(profileOf(profiledTraces().slice(0, 1)), options);
  expect(text).toContain('mean of 1 request: ');
  expect(text).not.toContain('slow−fast');
  expect(text).not.toContain('slow half');
});

test('the place of a function is what a narrow terminal cuts last', () => {
  const text = renderProfileText(profile, { ...options, width: 80 });
  expect(text).toMatch(/app: to[^\n]*…[^\n]*src\/highlight\.ts:12$/m);
});

test('more functions than a screen holds, and what is odd', () => {
  const functions = Array.from({ length: 40 }, (_, index) => {
    return {
      ...(profile.functions[0] as (typeof profile.functions)[number]),
      name: `f${index}`,
      meanMs: 1,
      share: 0.025,
    };
  });
  const warnings = [{ code: 'odd', message: 'odd\u001b[2J', spanIds: [] }];
  const text = renderProfileText({ ...profile, functions, warnings }, options);
  expect(text).toMatch(/^ +25\.00 +63 % +25 more$/m);
  expect(text).toContain('▲ odd\\u{1b}[2J');
  expect(text.split('\n').length).toBeLessThan(40);
});

test('colour is the only difference that colour makes', () => {
  const coloured = renderProfileText(profile, { ...options, colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderProfileText(profile, options));
});
