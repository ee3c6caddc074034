import { useState } from 'preact/hooks';

/** The first of a list, and the rest when asked for. */
export function useFirst<T>(all: readonly T[], most: number): { shown: readonly T[]; more: preact.VNode | null } {
  const [open, setOpen] = useState(false);
  // One or two more would not be worth a button.
  const whole = all.length <= most + 2;
  const more = whole ? null : (
    <button type="button" class="more" aria-expanded={open} onClick={() => setOpen(!open)}>
      {open ? 'Fewer' : `${(all.length - most).toLocaleString('en')} more`}
    </button>
  );
  return { shown: whole || open ? all : all.slice(0, most), more };
}
