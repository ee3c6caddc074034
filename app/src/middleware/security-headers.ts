import type { APIContext, MiddlewareNext } from 'astro';

const headers: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-frame-options': 'DENY',
};

/** Styles may be inline because the highlighter colours each token by a style attribute. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export async function securityHeaders(_context: APIContext, next: MiddlewareNext): Promise<Response> {
  const response = await next();
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  // Vite's development client is an inline script.
  if (import.meta.env.PROD) response.headers.set('content-security-policy', contentSecurityPolicy);
  return response;
}
