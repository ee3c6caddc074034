/** Tells the requests that get no span: `/healthz` stands for itself with or without a slash and a query, `/_astro/*` for all below. */
export function ignoring(paths: string[]): (request: { readonly url?: string | undefined }) => boolean {
  const exact = new Set(paths.filter((path) => !path.endsWith('*')).map(withoutSlash));
  const prefixes = paths.filter((path) => path.endsWith('*')).map((path) => path.slice(0, -1));
  return ({ url = '/' }) => {
    const query = url.indexOf('?');
    const path = query === -1 ? url : url.slice(0, query);
    return exact.has(withoutSlash(path)) || prefixes.some((prefix) => path.startsWith(prefix));
  };
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
