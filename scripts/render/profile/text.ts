import type { ProfileReport, ProfileRow } from '../../report/profile.ts';
import { estimate, nameOf } from '../accounts.ts';
import { clean, shorten, shortenMiddle } from '../clean.ts';
import { createPaint, ms, type Paint, percent } from '../format.ts';
import { renderTable } from '../table.ts';

export interface ProfileTextOptions {
  /** Columns of the terminal. */
  width: number;
  colour: boolean;
  /** Last lines: where to see more. */
  notes: readonly string[];
}

/** With all the rest, one screen. */
const MOST_ROWS = 15;

/** Where the milliseconds of a page go, in one screen. */
export function renderProfileText(profile: ProfileReport, { width, colour, notes }: ProfileTextOptions): string {
  const paint = createPaint(colour);
  const columns = Math.max(60, width);
  const sections = [
    headline(profile, columns, paint),
    ranking(profile, columns, paint),
    summary(profile, paint),
    profile.warnings.map(({ message }) => `${paint('yellow', '▲')} ${clean(message)}`).join('\n'),
    notes.map(clean).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline(
  { totalMs, url, method, requests, concurrency, failed }: ProfileReport,
  columns: number,
  paint: Paint,
) {
  const lost = failed > 0 ? `, ${failed} without a complete trace` : '';
  const load = requests === 1 ? '1 request' : `${requests} requests, ${concurrency} at a time`;
  const spread = `p50 ${ms(totalMs.p50)} · p95 ${ms(totalMs.p95)} · fastest ${ms(totalMs.min)} · slowest ${ms(totalMs.max)} ms`;
  const left = columns - `${ms(totalMs.mean)} ms  ${method} `.length;
  return [
    `${paint('bold', `${ms(totalMs.mean)} ms`)}  ${shorten(method, 10)} ${shortenMiddle(url, Math.max(20, left))}`,
    paint('dim', `mean of ${load}${lost}: ${spread}`),
  ].join('\n');
}

function ranking({ functions, totalMs, requests }: ProfileReport, columns: number, paint: Paint): string {
  const shown = functions.slice(0, MOST_ROWS);
  const rest = functions.slice(MOST_ROWS);
  const rows = shown.map((row) => [...numbers(row), row.kind, nameOf(row)]);
  if (rest.length > 0) {
    const sum = rest.reduce((total, row) => ({ ms: total.ms + row.meanMs, share: total.share + row.share }), {
      ms: 0,
      share: 0,
    });
    rows.push([ms(sum.ms), percent(sum.share), '', '', '', '', `${rest.length} more`]);
  }
  const titles = ['mean', 'share', 'p50', 'p95', 'slow−fast'];
  const widest = (index: number) => Math.max(titles[index]?.length ?? 0, ...rows.map((row) => row[index]?.length ?? 0));
  const numbersWide = [0, 1, 2, 3, 4].map((index) => (index === 4 && requests < 2 ? 0 : widest(index)));
  const name = columns - numbersWide.reduce((sum, wide) => sum + (wide === 0 ? 0 : wide + 2), 0) - 7 - 2;
  const table = renderTable(
    [
      ...titles.map((title, index) => ({
        title: paint('dim', title),
        columns: numbersWide[index] ?? 0,
        align: 'right' as const,
      })),
      { title: paint('dim', 'kind'), columns: 7, align: 'left' },
      { title: paint('dim', 'what'), columns: name, align: 'left' },
    ],
    rows.map((cells) => [...cells.slice(0, 5), paint('dim', cells[5] ?? ''), shortenMiddle(cells[6] ?? '', name)]),
  );
  return [paint('bold', `Where the ${ms(totalMs.mean)} ms go`), table].join('\n');
}

function numbers({ samples, meanMs, share, p50Ms, p95Ms, fastMs, slowMs }: ProfileRow): string[] {
  return [estimate(samples, ms(meanMs)), percent(share), ms(p50Ms), ms(p95Ms), signed(slowMs - fastMs)];
}

const signed = (value: number): string =>
  Math.abs(value) < 0.005 ? '' : `${value > 0 ? '+' : '−'}${ms(Math.abs(value))}`;

function summary(profile: ProfileReport, paint: Paint): string {
  const { categories, owners, samples } = profile;
  const share = (row: ProfileRow) => `${clean(row.name)} ${percent(row.share)}`;
  const lines = [`what kind    ${categories.map(share).join(' · ')}`];
  if (owners.length > 0)
    lines.push(
      `whose code   ${owners
        .slice(0, 8)
        .map((row) => `${clean(row.name)} ${ms(row.meanMs)}`)
        .join(' · ')} ms`,
    );
  if (profile.requests > 1) lines.push(`slow half    ${describeHalves(profile)}`);
  const unknown = categories.find(({ kind }) => kind === 'unknown')?.share ?? 0;
  const estimated = samples > 0 ? `; ≈ estimated from ${samples.toLocaleString('en')} samples of the threads` : '';
  return [
    ...lines,
    paint('dim', `${precise(1 - unknown)} of the time has a name, ${precise(unknown)} is unknown${estimated}`),
  ].join('\n');
}

/** What the slower half of the requests spends more on than the faster one: the largest differences. */
function describeHalves({ functions }: ProfileReport): string {
  const difference = ({ slowMs, fastMs }: ProfileRow) => slowMs - fastMs;
  const whole = functions.reduce((sum, row) => sum + difference(row), 0);
  const most = functions
    .filter((row) => difference(row) > 0.005)
    .sort((a, b) => difference(b) - difference(a))
    .slice(0, 3);
  const parts = most.map((row) => `${clean(row.name).slice(0, 60)} +${ms(difference(row))}`);
  return `+${ms(whole)} ms against the fast half${parts.length > 0 ? `: ${parts.join(' · ')}` : ''}`;
}

const precise = (share: number): string => `${(share * 100).toFixed(1)} %`;
