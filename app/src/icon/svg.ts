import type { IconShape } from '../catalogue/types.ts';

/** A standalone SVG document, `height` pixels high and as wide as the drawing's proportions ask for. */
export function svgDocument(icon: IconShape, height = 24): string {
  const width = Math.round((height * icon.width * 100) / icon.height) / 100;
  const viewBox = `${icon.left} ${icon.top} ${icon.width} ${icon.height}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${viewBox}">${icon.body}</svg>`;
}
