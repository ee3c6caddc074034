/** A page's path ends with one slash; a file, the API, debug routes and paths outside the site stay as they are. */
export function canonicalPath(path: string): string {
  const isPage = /^\/freedevtools\/svg_icons(\/|$)/.test(path) && !path.startsWith('/freedevtools/svg_icons/api/');
  const isFile = /\.[a-z0-9]+$/i.test(path);
  if (!isPage || isFile || path.endsWith('/')) return path;
  return `${path}/`;
}
