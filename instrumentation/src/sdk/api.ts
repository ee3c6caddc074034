import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The same copies that the SDK and the instrumentations use: their CommonJS builds. */
export const api = require('@opentelemetry/api') as typeof import('@opentelemetry/api');
export const core = require('@opentelemetry/core') as typeof import('@opentelemetry/core');
