/** How the site writes its addresses. */
export interface RouteStyle {
  base: string;
  trailingSlash: 'always' | 'never' | 'ignore';
}

/** Astro's pages for errors have a route pattern, but no request asked for them. */
const ERROR_PAGE = /^\/(404|500)\/?$/;
/** `/feed.xml` keeps its end whatever the setting; `[...rest]` is no file name. */
const FILE_NAME = /\.[^/.\]]+$/;

/** The value of http.route for a route pattern of Astro, or `undefined` where no route matched. */
export function httpRoute(pattern: string | undefined, style: RouteStyle): string | undefined {
  if (!pattern || ERROR_PAGE.test(pattern)) return undefined;
  const route = `${withoutSlash(style.base)}${pattern}`;
  if (style.trailingSlash === 'ignore' || FILE_NAME.test(route)) return route;
  return style.trailingSlash === 'always' ? `${withoutSlash(route)}/` : withoutSlash(route) || '/';
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
