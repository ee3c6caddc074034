import { flushSync } from 'preact/compat';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Whether the page is being printed: then everything has to be there, also what is out of sight. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useLayoutEffect(() => {
    // The browser takes what is there when its listeners return.
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return printing;
}
