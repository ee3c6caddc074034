import { describe, expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import { controlCharacters, hostileText, hostileTrace } from '../../test/traces/hostile.ts';
import type { Trace } from '../model/trace.ts';
import { buildReport } from '../report/build.ts';
import { compareReports } from '../report/compare/build.ts';
import { renderComparison } from './compare.ts';

function render(a: Trace[], b: Trace[], { width = 100, colour = false } = {}, name = 'before.json'): string {
  const side = (traces: Trace[]) => traces.map((trace) => buildReport({ trace, request: null, warnings: [] }));
  const comparison = compareReports({
    a: { name, reports: side(a) },
    b: { name: 'after.json', reports: side(b) },
    route: null,
    warnings: [],
  });
  return renderComparison(comparison, { width, colour });
}

const drawn = (text: string) => text.replace(/^\n/, '').replace(/^ {4}/gm, '').trimEnd();

const before = draw(`
  GET        ├────────────────┤
    load      ├────┤
    old            ├┤
    render             ├───┤
`);
const after = draw(`
  GET        ├─────────────────────┤
    load      ├─────────┤
    render                  ├───┤
    new                         ├┤
`);

test('two traces: the total, the kinds, the spans', () => {
  expect(render([before], [after]).trimEnd()).toBe(
    drawn(`
    +5.00 ms (+29 %)  17.00 → 22.00 ms  GET
    A: before.json
    B: after.json

    By kind, ms of the critical path
     change        A        B
      +5.00    17.00    22.00  unknown

    Spans, largest change of their self time first
       self   change        A        B  service  span
      +5.00    +5.00     5.00    10.00  app      load ‹ GET
      −1.00    −1.00     1.00     0.00  app      vanished: old ‹ GET
      +1.00    +1.00     0.00     1.00  app      new: new ‹ GET
       0.00    +5.00    17.00    22.00  app      GET
    self: change of the time while no child runs   change, A, B: of the whole span

    Too few to tell a change from chance: 1 and 1 traces, 5 on either side are needed (make trace URL=… N=20).
    `),
  );
});

test('two sets: what is sure, and what could be chance', () => {
  const text = render(Array(8).fill(before), Array(8).fill(after));
  expect(text).toMatch(/^significant \(p < 0\.001\); with 95 % confidence between \+5\.00 and \+5\.00 ms$/m);
  expect(text).toMatch(/load ‹ GET +p < 0\.001$/m);
  expect(text).toMatch(/A: before\.json \(8 traces\)/);
  expect(text).toMatch(/^Medians of 8 and 8 traces; Mann-Whitney U/m);
});

test('functions, where samples name them', () => {
  const profiled = (ms: number) => {
    const report = buildReport({ trace: before, request: null, warnings: [] });
    const [account] = report.accounting;
    const icon = { ...account, kind: 'cpu', name: 'renderIcon', location: 'src/icon.ts:4', ms } as typeof account;
    return { ...report, accounting: [...report.accounting, icon] as typeof report.accounting };
  };
  const [a, b] = [2, 5].map((ms) => ({ name: `${ms}`, reports: [profiled(ms)] }));
  const comparison = compareReports({ a: a as never, b: b as never, route: null, warnings: [] });
  expect(renderComparison(comparison, { width: 100, colour: false })).toMatch(
    /^By function, ms estimated from samples\n.*\n +\+3\.00 +2\.00 +5\.00 {2}cpu {2}renderIcon src\/icon\.ts:4$/m,
  );
});

test('nothing has changed', () => {
  expect(render([before], [before])).toMatch(/^0\.00 ms {2}17\.00 → 17\.00 ms {2}GET\n.*No span has changed\./s);
});

describe('as wide as it may be', () => {
  test.each([60, 80, 120])('%i columns', (width) => {
    const lines = render([firstUserTrace()], [before], { width }, 'a'.repeat(200)).split('\n');
    const table = lines.filter((line) => /^ *[−+0-9.]+ /.test(line) || line.startsWith('A:'));
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(width);
  });
});

test('colour is the only difference that colour makes', () => {
  const coloured = render([before], [after], { colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
  const bare = coloured.replaceAll(/\u001b\[\d+m/g, '');
  expect(coloured).not.toBe(bare);
  expect(bare).toBe(render([before], [after]));
});

test('control characters of a trace do not reach the terminal', () => {
  expect(render([hostileTrace()], [before], {}, hostileText)).not.toMatch(controlCharacters);
});
