import type { APIContext, MiddlewareNext } from 'astro';
import { canonicalPath } from './canonical-path.ts';

/** Sends visitors of a page to the address with the slash. */
export async function canonicalUrl({ url, request, redirect }: APIContext, next: MiddlewareNext): Promise<Response> {
  const canonical = canonicalPath(url.pathname);
  if (canonical === url.pathname || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
  return redirect(`${canonical}${url.search}`, 301);
}
