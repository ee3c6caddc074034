import type { Account } from '../analysis/account.ts';
import { toMs } from '../model/units.ts';
import type { Report } from './schema.ts';

type Described = Report['accounting'][number];

export function describeAccount({ ns, samples, ...rest }: Account, totalNs: number): Described {
  return { ...rest, samples: wholeSamples(samples), ms: toMs(ns), share: totalNs === 0 ? 0 : ns / totalNs };
}

/** A fraction of a sample still makes an estimate of what it stands behind. */
export function wholeSamples(fraction: number): number {
  return fraction > 0 ? Math.max(1, Math.round(fraction)) : 0;
}

const OWNERS = { app: 'your own', astro: 'Astro', node: 'Node', library: 'libraries' } as const;

/** Whose code a function is, in a reader's words; a library by its name. */
export function ownerOf({ origin, library }: Pick<Described, 'origin' | 'library'>): string {
  if (origin === 'library' && library !== null) return library;
  return origin === null ? 'other' : OWNERS[origin];
}
