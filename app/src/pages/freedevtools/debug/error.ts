import { debugRoute } from '../../../http/debug-route.ts';

/** Fails the way a bug does: with an exception that nobody catches. */
export const GET = debugRoute(() => {
  throw new Error('deliberate failure of /freedevtools/debug/error');
});
