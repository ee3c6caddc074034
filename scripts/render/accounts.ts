import { ownerOf } from '../report/account.ts';
import type { Report } from '../report/schema.ts';
import { shortenMiddle } from './clean.ts';
import { ms, type Paint, percent } from './format.ts';
import { renderTable } from './table.ts';

type Account = Report['accounting'][number];

const MOST_ACCOUNTS = 10;

/** The largest accounts, one a row, and the sum of the others. Where samples stand behind any, there is a column for how many. */
export function renderAccounts(accounts: readonly Account[], columns: number, paint: Paint): string {
  const shown = accounts.slice(0, MOST_ACCOUNTS);
  const rest = accounts.slice(MOST_ACCOUNTS);
  const rows = shown.map((account) => [
    estimate(account.samples, ms(account.ms)),
    percent(account.share),
    account.kind,
    account.samples > 0 ? String(account.samples) : '',
    nameOf(account),
  ]);
  if (rest.length > 0) {
    const { sum, share, samples } = total(rest);
    rows.push([
      estimate(samples, ms(sum)),
      percent(share),
      '',
      samples > 0 ? String(samples) : '',
      `${rest.length} more`,
    ]);
  }
  const widest = (index: number, least: number) => Math.max(least, ...rows.map((row) => row[index]?.length ?? 0));
  const number = widest(0, 8);
  const sampled = accounts.some(({ samples }) => samples > 0);
  const samples = sampled ? widest(3, 7) : 0;
  const name = columns - number - 5 - 7 - 6 - (sampled ? samples + 2 : 0);
  const title = (text: string) => (sampled ? paint('dim', text) : '');
  return renderTable(
    [
      { title: title('ms'), columns: number, align: 'right' },
      { title: title('share'), columns: 5, align: 'right' },
      { title: title('kind'), columns: 7, align: 'left' },
      { title: title('samples'), columns: samples, align: 'right' },
      { title: title('what'), columns: name, align: 'left' },
    ],
    rows.map(([time = '', share = '', kind = '', count = '', label = '']) => [
      time,
      share,
      paint('dim', kind),
      paint('dim', count),
      shortenMiddle(label, name),
    ]),
  );
}

/** Marks what is not a measurement. */
export const estimate = (samples: number, text: string): string => (samples > 0 ? `≈ ${text}` : text);

/** The function, and the place where the reader can change something: a library's own line is not it. */
export function nameOf({ name, location, caller }: Pick<Account, 'name' | 'location' | 'caller'>): string {
  if (caller !== null) return `${name} ← ${caller}`;
  return location === null ? name : `${name} ${location}`;
}

/** Whose code it was, and that it is an estimate. Nothing where there are no samples. */
export function describeOwners(accounts: readonly Account[]): string[] {
  const sampled = accounts.filter(({ samples }) => samples > 0);
  if (sampled.length === 0) return [];
  const running = sampled.filter(({ origin }) => origin !== null);
  const owners = [...Map.groupBy(running, ownerOf)].map(([owner, all]) => ({ owner, ...total(all) }));
  const said = owners.toSorted((a, b) => b.sum - a.sum).map(({ owner, sum }) => `${owner} ${ms(sum)}`);
  const count = total(sampled).samples.toLocaleString('en');
  const estimated = `≈ estimated from ${count} samples of the thread; the rest was measured`;
  return said.length === 0 ? [estimated] : [`whose code: ${said.join(' · ')} ms`, estimated];
}

function total(accounts: readonly Account[]): { sum: number; share: number; samples: number } {
  return accounts.reduce(
    (sums, { ms: time, share, samples }) => ({
      sum: sums.sum + time,
      share: sums.share + share,
      samples: sums.samples + samples,
    }),
    { sum: 0, share: 0, samples: 0 },
  );
}
