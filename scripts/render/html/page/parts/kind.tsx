import { percent } from '../../../numbers.ts';

export type Kind = 'cpu' | 'gc' | 'blocked' | 'wait' | 'network' | 'unknown';

const meaning: Record<Kind, string> = {
  cpu: 'own code was running',
  gc: 'garbage collection',
  blocked: 'the event loop was busy with something else',
  wait: 'idle, waiting for something',
  network: 'between two programs',
  unknown: 'not explained by a span or a sample',
};

export function KindLabel({ kind }: { kind: Kind }) {
  return (
    <span class={`kind kind-${kind}`} title={meaning[kind]}>
      <span class="swatch" aria-hidden="true" />
      {kind}
    </span>
  );
}

/** The kinds side by side in one bar, largest first, with their names below it. */
export function KindBar({ parts }: { parts: readonly { kind: Kind; share: number }[] }) {
  const sums = new Map<Kind, number>();
  for (const { kind, share } of parts) sums.set(kind, (sums.get(kind) ?? 0) + share);
  const kinds = [...sums].sort(([, a], [, b]) => b - a);
  return (
    <div class="kind-bar">
      <div class="stack" aria-hidden="true">
        {kinds.map(([kind, share]) => (
          <span key={kind} class={`kind-${kind}`} style={{ width: `${share * 100}%` }} />
        ))}
      </div>
      <ul class="legend" aria-label="By kind">
        {kinds.map(([kind, share]) => (
          <li key={kind}>
            <KindLabel kind={kind} /> {percent(share)}
          </li>
        ))}
      </ul>
    </div>
  );
}
