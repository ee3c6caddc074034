/** '00' to 'ff' */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 16 hex digits, never all zero, which would be invalid. Need to differ within one trace only. */
export function newSpanId(): string {
  return hex(Math.random() * 0xffffffff + 1) + hex(Math.random() * 0xffffffff + 1);
}

/** Of the whole part of a number below 2³². */
function hex(number: number): string {
  const whole = number >>> 0;
  // biome-ignore format: a line a byte says nothing
  return `${BYTES[whole >>> 24]}${BYTES[(whole >>> 16) & 0xff]}${BYTES[(whole >>> 8) & 0xff]}${BYTES[whole & 0xff]}`;
}
