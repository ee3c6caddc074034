import type { APIRoute } from 'astro';
import { readBody } from '../../../../http/read-body.ts';
import { InvalidSvg, optimiseSvg } from '../../../../icon/optimise.ts';

/** Optimising runs on the event loop, up to ten milliseconds per KiB: this bounds what one visitor takes from the others. */
const largestSvg = 64 * 1024;

/** POST an SVG as the body, get it back optimised, with both sizes in headers. */
export const POST: APIRoute = async ({ request }) => {
  const { text, size, complete } = await readBody(request.body, largestSvg);
  if (text === null) {
    return failure(413, `expected an SVG of at most ${largestSvg} bytes, got ${complete ? size : `${size} and more`}`);
  }
  if (text.trim() === '') return failure(400, 'expected an SVG as the body, got nothing');
  try {
    const { svg, before, after } = optimiseSvg(text);
    return new Response(`${svg}\n`, {
      headers: {
        'content-type': 'image/svg+xml; charset=utf-8',
        // The document is the visitor's own: opened as a page, it must not run scripts in this site's name.
        'content-disposition': 'attachment; filename="icon.svg"',
        'x-size-before': String(before),
        'x-size-after': String(after),
      },
    });
  } catch (error) {
    if (error instanceof InvalidSvg) return failure(400, error.message);
    throw error;
  }
};

export const ALL: APIRoute = ({ request }) => failure(405, `expected POST, got ${request.method}`, { allow: 'POST' });

function failure(status: 400 | 405 | 413, error: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers });
}
