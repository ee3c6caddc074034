/**
 * An FTS5 expression that finds every word of a visitor's text as a prefix: `alien ship` → `"alien"* AND "ship"*`.
 * Words are quoted, so FTS5's own operators have no meaning in them.
 */
export function searchExpression(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => `"${word}"*`).join(' AND ');
}
