/** `38.20`, `1,234.50`; hours need no hundredths. */
export function ms(value: number): string {
  const digits = Math.abs(value) < 100_000 ? 2 : 0;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const power = Math.min(4, Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** power).toFixed(1)} ${['', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** `+12.20`, `−0.40`; what rounds to nothing has no sign. */
export function signedMs(value: number): string {
  const text = ms(Math.abs(value));
  return /^[0.,]+$/.test(text) ? text : `${value < 0 ? '−' : '+'}${text}`;
}
