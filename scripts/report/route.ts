import type { Report } from './schema.ts';

/**
 * The names that the route of a trace goes by, the best first: `GET /icons/[id]/`, `/icons/[id]/`, `GET /icons/42/`, `/icons/42/`,
 * and of a trace that is no HTTP request the name of its root.
 */
export function routeNames({ request, spans }: Report): string[] {
  const server = spans.find(({ attributes }) => typeof attributes['http.route'] === 'string');
  const method = request?.method ?? text(server, 'http.request.method');
  const paths = [text(server, 'http.route'), pathOf(request?.url), text(server, 'url.path')];
  const names = paths.flatMap((path) => (path === null ? [] : method === null ? [path] : [`${method} ${path}`, path]));
  return [...new Set([...names, ...(spans[0] ? [spans[0].name] : [])])];
}

/** The name of the route for people. */
export function routeOf(report: Report): string {
  return routeNames(report)[0] ?? '(an empty trace)';
}

function text(span: Report['spans'][number] | undefined, name: string): string | null {
  const value = span?.attributes[name];
  return typeof value === 'string' ? value : null;
}

function pathOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (url.startsWith('/')) return url.replace(/[?#].*$/s, '');
  return URL.canParse(url) ? new URL(url).pathname : null;
}
