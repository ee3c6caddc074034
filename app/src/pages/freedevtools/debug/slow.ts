import { setTimeout as wait } from 'node:timers/promises';
import { debugRoute } from '../../../http/debug-route.ts';

const longestWait = 60_000;

/** Waits `?ms=` milliseconds without using the processor, as for a slow third party. */
export const GET = debugRoute(async ({ url }) => {
  const ms = Number(url.searchParams.get('ms') ?? 1000);
  if (!Number.isInteger(ms) || ms < 0 || ms > longestWait) {
    return new Response(`expected ms from 0 to ${longestWait}, got ${url.searchParams.get('ms')}\n`, { status: 400 });
  }
  await wait(ms);
  return new Response(`waited ${ms} ms\n`);
});
