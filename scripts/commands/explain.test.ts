import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { buildReport } from '../report/build.ts';
import { prepareExplain } from './explain.ts';

/** A page of five slow statements that no other page has. */
function page(number: number) {
  const names = Array.from({ length: 5 }, (_, index) => `q${index}`);
  const bar = `├${'─'.repeat(118)}┤`;
  const query = (name: string) => ({
    kind: 'client' as const,
    attributes: {
      'db.system.name': 'sqlite',
      'db.query.text': `SELECT * FROM t${number} WHERE ${name} = ?`,
      'db.response.returned_rows': 1,
    },
  });
  const drawing = [`page ├${'─'.repeat(130)}┤`, ...names.map((name) => ` ${name}  ${bar}`)].join('\n');
  const trace = draw(drawing, Object.fromEntries(names.map((name) => [name, query(name)])));
  return buildReport({ trace, request: null, warnings: [] });
}

const reasons = (report: ReturnType<typeof page>) =>
  report.findings.filter(({ rule }) => rule === 'missing-index').map(({ plan }) => plan?.reason);

test('many statements: ten are asked about, and of the others it is said that they were not', async () => {
  const reports = [page(1), page(2), page(1), page(3)];
  const { apply } = await prepareExplain({ explain: ['/nope.db'], progress: false })(reports);
  expect(reports.map(apply).map(reasons)).toEqual([
    ...[1, 2, 1].map(() => Array(5).fill('there is no file /nope.db')),
    Array(5).fill('10 statements were asked about, and no more are in one run'),
  ]);
});

test('without permission nothing is asked, and nothing said', async () => {
  const report = page(1);
  const { apply, notes } = await prepareExplain({ explain: [], progress: false })([report]);
  expect(apply(report)).toBe(report);
  expect(notes).toEqual([]);
});
