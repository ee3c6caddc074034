/** `SELECT icon #2`: a place among its siblings. */
export function labelOfPlace({ name, ordinal }: { name: string; ordinal: number | null }): string {
  return ordinal === null ? name : `${name} #${ordinal}`;
}

/** ` ‹ GET /icons`: under which span it hangs; nothing for a root. */
export function underParent({ path }: { path: readonly string[] }): string {
  const parent = path.at(-2);
  return parent === undefined ? '' : ` ‹ ${parent.slice(parent.indexOf(': ') + 2)}`;
}
