import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { keyHelp } from './keys.ts';

/** The browser's own modal dialog: it keeps the focus, closes with Escape and gives the focus back. */
export function Help({ open }: { open: Signal<boolean> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = open.value;
  useEffect(() => {
    if (shown) dialog.current?.showModal();
  }, [shown]);
  return (
    <dialog ref={dialog} class="help" aria-label="Keys of the waterfall" onClose={() => (open.value = false)}>
      <h2>Keys</h2>
      <p>They act while the waterfall has the focus.</p>
      <dl>
        {keyHelp.map(([keys, action]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
