import type { APIRoute } from 'astro';
import { query } from '../../../../catalogue/index.ts';
import { svgDocument } from '../../../../icon/svg.ts';
import { iconUrl } from '../../../../links.ts';

const longestQuery = 80;
const defaultLimit = 20;
const highestLimit = 100;

/** `?q=alien&limit=20` → the icons whose names or aliases contain words that start like those of the query. */
export const GET: APIRoute = async ({ url }) => {
  const text = url.searchParams.get('q')?.trim() ?? '';
  const limit = Number(url.searchParams.get('limit') ?? defaultLimit);
  if (text === '' || text.length > longestQuery) {
    return failure(`expected q with 1 to ${longestQuery} characters, got ${text.length}`);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > highestLimit) {
    return failure(`expected limit from 1 to ${highestLimit}, got ${url.searchParams.get('limit')}`);
  }
  const found = await query('search', { text, limit });
  const icons = found.map((icon) => ({
    name: icon.name,
    set: icon.setTitle,
    url: iconUrl(icon.category, icon.name),
    svg: svgDocument(icon),
  }));
  return Response.json({ query: text, count: icons.length, icons });
};

function failure(error: string): Response {
  return Response.json({ error }, { status: 400 });
}
