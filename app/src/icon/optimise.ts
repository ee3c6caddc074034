import { optimize } from 'svgo';

export interface Optimised {
  svg: string;
  /** bytes in UTF-8 */
  before: number;
  after: number;
}

/** What the visitor sent is not an SVG; the message says what is wrong with it. */
export class InvalidSvg extends Error {}

/** Optimises an SVG of any origin. Throws InvalidSvg for what cannot be one. */
export function optimiseSvg(source: string): Optimised {
  rejectForeignInput(source);
  try {
    const { data } = optimize(source, { multipass: true, js2svg: { pretty: true, indent: 2 } });
    const svg = data.trim();
    return { svg, before: Buffer.byteLength(source), after: Buffer.byteLength(minified(svg)) };
  } catch (error) {
    // svgo's message has the position in its first line and an excerpt below.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new InvalidSvg(`expected a well-formed SVG document, got an error while parsing: ${reason}`);
  }
}

/** Cheap checks first: svgo takes text without any element as an empty document, and a doctype may define entities. */
function rejectForeignInput(source: string): void {
  if (/<!(doctype|entity)/i.test(source)) throw new InvalidSvg('expected an SVG without a doctype, got <!DOCTYPE');
  if (!/<svg[\s>/]/.test(source)) throw new InvalidSvg('expected an SVG document, got text without an <svg> element');
}

/** The size that matters is the one without the line breaks that are there for the reader. */
function minified(svg: string): string {
  return svg.replace(/>\s+</g, '><');
}
