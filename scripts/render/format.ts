import { styleText } from 'node:util';

export { bytes, ms, percent, signedMs } from './numbers.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

/** Whether colours are wanted is the caller's decision: no stream and no environment is asked. */
export function createPaint(colour: boolean): Paint {
  return (style, text) => (colour && text !== '' ? styleText(style, text, { validateStream: false }) : text);
}
