/** '0' to 'f' as character codes */
const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** 16 hex digits, never all zero, which would be invalid. */
export function newSpanId(): string {
  const high = (Math.random() * 0xffffffff + 1) >>> 0;
  const low = (Math.random() * 0xffffffff + 1) >>> 0;
  // In one call: of joined pieces V8 makes a tree, which whoever reads the digits first has to flatten.
  return String.fromCharCode(
    digit(high >>> 28),
    digit(high >>> 24),
    digit(high >>> 20),
    digit(high >>> 16),
    digit(high >>> 12),
    digit(high >>> 8),
    digit(high >>> 4),
    digit(high),
    digit(low >>> 28),
    digit(low >>> 24),
    digit(low >>> 20),
    digit(low >>> 16),
    digit(low >>> 12),
    digit(low >>> 8),
    digit(low >>> 4),
    digit(low),
  );
}

/** 32 hex digits. */
export function newTraceId(): string {
  return newSpanId() + newSpanId();
}

function digit(number: number): number {
  return DIGITS[number & 0xf] as number;
}
