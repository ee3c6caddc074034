/** How the site writes its addresses. */
export interface RouteStyle {
  base: string;
  trailingSlash: 'always' | 'never' | 'ignore';
}

/** Astro's pages for errors have a route pattern, but no request asked for them. */
const ERROR_PAGE = /^\/(404|500)\/?$/;
/** `/feed.xml` keeps its end whatever the setting; `[...rest]` is no file name. */
const FILE_NAME = /\.[^/.\]]+$/;

/**
 * The value of http.route for a route pattern of Astro, or `undefined` where no route matched. Astro leaves out the base and the last
 * slash; where the site answers with and without one, the route is written as the request was.
 */
export function httpRoute(pattern: string | undefined, path: string, style: RouteStyle): string | undefined {
  if (!pattern || ERROR_PAGE.test(pattern)) return undefined;
  const route = withoutSlash(`${withoutSlash(style.base)}${pattern}`);
  const slash = style.trailingSlash === 'ignore' ? path.endsWith('/') : style.trailingSlash === 'always';
  return slash && !FILE_NAME.test(route) ? `${route}/` : route || '/';
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
