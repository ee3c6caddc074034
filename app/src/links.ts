/** Every address that the site links to is made here, always with the slash at its end. */

const root = '/freedevtools/svg_icons/';

export const homeUrl = root;

export function categoryUrl(slug: string, page = 1): string {
  return `${root}${slug}/${page > 1 ? `?page=${page}` : ''}`;
}

export function iconUrl(category: string, name: string): string {
  return `${root}${category}/${name}/`;
}
