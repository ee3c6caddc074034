import { expect, test } from 'vitest';
import { firstUserTrace } from '../../../test/traces/first-user.ts';
import { buildReport } from '../build.ts';
import type { Report } from '../schema.ts';
import { byKind, byName, shareAccounts } from './accounts.ts';

const report = buildReport({ trace: firstUserTrace(), request: null, warnings: [] });
const account = { kind: 'cpu', name: 'renderIcon', location: 'src/icon.ts:4', ms: 2, share: 0.1 } as const;
const spending = (...accounts: { ms: number; location: string | null }[]): Report => ({
  ...report,
  accounting: accounts.map((rest) => ({
    ...(report.accounting[0] as Report['accounting'][number]),
    ...account,
    ...rest,
  })),
});

test('functions of one name in two places are two; what a trace has none of is 0', () => {
  const reports = [
    spending({ ms: 2, location: 'a.ts:1' }, { ms: 3, location: 'b.ts:1' }),
    spending({ ms: 5, location: 'b.ts:1' }),
  ];
  expect(shareAccounts(reports, byName)).toEqual([
    { label: { kind: 'cpu', name: 'renderIcon', location: 'a.ts:1' }, ms: [2, 0] },
    { label: { kind: 'cpu', name: 'renderIcon', location: 'b.ts:1' }, ms: [3, 5] },
  ]);
  expect(shareAccounts(reports, byKind)).toEqual([{ label: { kind: 'cpu' }, ms: [5, 5] }]);
});
