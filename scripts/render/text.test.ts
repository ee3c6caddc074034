import { describe, expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import type { Trace } from '../model/trace.ts';
import { buildReport } from '../report/build.ts';
import { renderText, type TextOptions } from './text.ts';

function render(trace: Trace, options: Partial<TextOptions> = {}): string {
  const report = buildReport({ trace, request: null, warnings: [] });
  return renderText(report, { width: 100, colour: false, notes: [], ...options });
}

/** Without the line breaks around, and with lines as long as they are. */
function drawn(text: string): string {
  return text.replace(/^\n/, '').replace(/^ {4}/gm, '').trimEnd();
}

test('a verdict: where the time went, what happened when, what to do', () => {
  const trace = draw(
    `
    curl/GET          ├──────────────────┤
      nginx/GET        ├────────────────┤
        app/GET /page   ├──────────────┤
          query          ├─────┤
          render                ├────┤
    `,
    {
      'curl/GET': {
        kind: 'client',
        attributes: {
          'url.full': 'http://localhost/page',
          'http.request.method': 'GET',
          'http.response.status_code': 500,
        },
      },
      'nginx/GET': { kind: 'server' },
      'app/GET /page': { kind: 'server' },
      render: { status: { code: 'error', message: 'no icon' } },
    },
  );
  expect(render(trace, { notes: ['http://127.0.0.1:16686/trace/4bf9'] }).trimEnd()).toBe(
    drawn(`
    19.00 ms  GET http://localhost/page → 500

    Where the 19.00 ms went
        6.00   32 %  unknown  app: query
        5.00   26 %  unknown  app: render
        4.00   21 %  unknown  app: GET /page
        2.00   11 %  network  curl ↔ nginx
        2.00   11 %  unknown  nginx: GET

       service  span                                                               start      ms    self
    ◆  curl     ✖ GET                             ██░░░░░░░░░░░░░░░░░░░░░░░░░░██    0.00   19.00    2.00
                  (before GET)                    ··                                0.00    1.00
    ◆  nginx      GET                              ███░░░░░░░░░░░░░░░░░░░░░░███     1.00   17.00    2.00
                    (before GET /page)             ···                              1.00    1.00
    ◆  app          GET /page                        ██░░░░░░░░░██░░░░░░░████       2.00   15.00    4.00
                      (before query)                 ··                             2.00    1.00
    ◆  app            query                           ███████████                   3.00    6.00    6.00
                      (between query and render)                ··                  9.00    1.00
    ◆  app            ✖ render                                   █████████         10.00    5.00    5.00
                      (after render)                                     ····      15.00    2.00
                    (after GET /page)                                       ···    17.00    1.00
                  (after GET)                                                 ··   18.00    1.00
    ◆ on the critical path   █ with its own time   self: while no child runs

    Findings
    ✖ error  app: render: no icon (5.00 ms)
      → Look into the log of app at that time.

    http://127.0.0.1:16686/trace/4bf9
    `),
  );
});

describe('width', () => {
  test.each([60, 80, 100, 200])('no line of the waterfall is wider than %i columns', (width) => {
    const lines = render(firstUserTrace(), { width }).split('\n');
    const waterfall = lines.slice(lines.findIndex((line) => line.includes('service')));
    expect(
      Math.max(...waterfall.filter((line) => /\d\.\d\d$/.test(line)).map((line) => line.length)),
    ).toBeLessThanOrEqual(width);
  });
});

test('colour is the only difference that colour makes', () => {
  const coloured = render(firstUserTrace(), { colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
  const bare = coloured.replaceAll(/\u001b\[\d+m/g, '');
  expect(coloured).not.toBe(bare);
  expect(bare).toBe(render(firstUserTrace()));
});

test('control characters of a trace do not reach the terminal', () => {
  const evil = '\u001b[2J\u0007\r\nrm\u202e\u009b31m';
  const trace = draw('app/GET ├──┤', {
    GET: {
      name: evil,
      service: evil,
      status: { code: 'error', message: evil },
      attributes: { 'url.full': evil, 'http.request.method': evil },
    },
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them
  expect(render(trace, { notes: [evil] })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

describe('many spans', () => {
  test('siblings of one name become one row', () => {
    const queries = Array.from({ length: 200 }, (_, index) => `  SELECT icon ${' '.repeat(index)}├┤`);
    const text = render(draw([`GET           ├${'─'.repeat(300)}┤`, ...queries].join('\n')));
    expect(text).toMatch(/^◆ +app +200 × SELECT icon +[█░]+ +0\.00 +200\.00 +200\.00$/m);
    expect(text).toContain('siblings of one name');
  });

  test('what is inside such siblings goes with them', () => {
    const calls = Array.from({ length: 50 }, (_, index) => [
      `  call          ${' '.repeat(3 * index)}├─┤`,
      `    inner ${index} ${' '.repeat(6 + 3 * index - String(index).length)}├┤`,
    ]);
    const text = render(
      draw(
        [`GET             ├${'─'.repeat(200)}┤`, ...calls.flat(), `  last          ${' '.repeat(160)}├─┤`].join('\n'),
      ),
    );
    expect(text).toMatch(/^◆ +app +50 × call +[█░]+ +0\.00 +100\.00 +50\.00$/m);
    expect(text).toMatch(/^◆ +app +last /m);
    expect(text).not.toMatch(/^. +app +inner/m);
    expect(text).not.toContain('not shown');
  });

  test('the longest rows are shown, and it is said that others are not', () => {
    const steps = Array.from(
      { length: 1000 },
      (_, index) => `  step ${index} ${' '.repeat(10 - String(index).length)}├${'─'.repeat(index)}┤`,
    );
    const text = render(draw([`GET              ├${'─'.repeat(1100)}┤`, ...steps].join('\n')));
    expect(text.split('\n').length).toBeLessThan(90);
    expect(text).toContain('step 999');
    expect(text).not.toContain('step 7 ');
    expect(text).toContain('941 shorter spans of 1,001 are not shown');
  });
});

test('an empty trace', () => {
  expect(render(draw(''))).toContain('0.00 ms  trace 4bf92f3577b34da6a3ce929d0e0e4736');
});
