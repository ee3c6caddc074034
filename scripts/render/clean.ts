import stringWidth from 'string-width';

/** More of a name is never shown, and measuring a 10 MB one would take its time. */
const LONGEST = 1000;

/**
 * Text from a trace, safe for a terminal: control characters (escape sequences, line breaks, those that turn the direction of writing)
 * are shown as what they are instead of being obeyed.
 */
export function clean(text: string): string {
  const start = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return start.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

/** Cleaned, and cut to so many columns. */
export function shorten(text: string, columns: number): string {
  const whole = clean(text);
  if (stringWidth(whole) <= columns) return whole;
  let cut = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(whole)) {
    used += stringWidth(segment);
    if (used > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** As `shorten`, but keeps the end: the last part of an address says most. */
export function shortenMiddle(text: string, columns: number): string {
  const whole = clean(text);
  if (stringWidth(whole) <= columns) return whole;
  const graphemes = [...new Intl.Segmenter().segment(whole)].map(({ segment }) => segment);
  const head = Math.floor(columns / 3);
  const tail: string[] = [];
  for (let left = columns - head - 1; graphemes.length > 0; ) {
    const last = graphemes.pop() ?? '';
    left -= stringWidth(last);
    if (left < 0) break;
    tail.unshift(last);
  }
  return shorten(whole, head + 1) + tail.join('');
}
