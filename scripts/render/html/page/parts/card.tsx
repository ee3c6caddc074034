import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A part of the page with a heading of its own. */
export function Card({ title, count, children }: { title: string; count?: number; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="card" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>
          {title}
          {count !== undefined && <span class="badge">{count.toLocaleString('en')}</span>}
        </h2>
      </header>
      {children}
    </section>
  );
}
