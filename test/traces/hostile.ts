import type { Trace } from '../../scripts/model/trace.ts';
import { draw } from './draw.ts';

/** What would move a terminal's cursor, ring its bell, or turn the direction of writing. */
export const hostileText = '\u001b[2J\u0007\r\nrm\u202e\u009b31m|<b>`';

/** A trace with such texts wherever a trace has text. */
export function hostileTrace(): Trace {
  return draw('app/GET ├──┤', {
    GET: {
      name: hostileText,
      service: hostileText,
      status: { code: 'error', message: hostileText },
      attributes: { 'url.full': hostileText, 'http.request.method': hostileText, 'http.route': hostileText },
    },
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them
export const controlCharacters = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
