import { sequence } from 'astro:middleware';
import { canonicalUrl } from './canonical-url.ts';
import { requestId } from './request-id.ts';
import { securityHeaders } from './security-headers.ts';
import { serverTiming } from './server-timing.ts';

export const onRequest = sequence(requestId, serverTiming, securityHeaders, canonicalUrl);
