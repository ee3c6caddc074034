import { roundMs } from '../../model/units.ts';
import type { Report } from '../schema.ts';

type Account = Report['accounting'][number];

/** What several traces spend on the same. */
export interface SharedAccount<Label> {
  label: Label;
  /** One for each trace, in their order; 0 where it has none of it. */
  ms: number[];
}

/** The accounts of several traces, those put together that have the same label. */
export function shareAccounts<Label>(
  reports: readonly Report[],
  labelOf: (account: Account) => Label,
): SharedAccount<Label>[] {
  const shared = new Map<string, SharedAccount<Label>>();
  reports.forEach(({ accounting }, trace) => {
    for (const account of accounting) {
      const label = labelOf(account);
      const key = JSON.stringify(label);
      const entry = shared.get(key) ?? { label, ms: reports.map(() => 0) };
      shared.set(key, entry);
      entry.ms[trace] = roundMs((entry.ms[trace] ?? 0) + account.ms);
    }
  });
  return [...shared.values()];
}

export const byKind = ({ kind }: Account) => ({ kind });
/** Function samples name functions, with their place; without them an account is named after a span. */
export const byName = ({ kind, name, location }: Account) => ({ kind, name, location });
