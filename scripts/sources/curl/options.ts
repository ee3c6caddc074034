import parseWords from 'string-argv';
import { misuse } from '../../failure.ts';

/** Options that would take away what we read from curl, or make it send more than this one request. */
const ours = {
  long: [
    '--write-out',
    '--output',
    '--output-dir',
    '--remote-name',
    '--remote-name-all',
    '--config',
    '--next',
    '--parallel',
    '--stderr',
    '--url',
  ],
  short: 'woOK:ZT',
  headers: /^(traceparent|tracestate|x-onetrace-key)\s*:/i,
};
/** Short options whose value is the rest of the word, or the next one. */
const shortWithValue = 'AbCcdDeEFhHKmoPQrtTuUwxXYyz';

/**
 * Splits `CURL='-X POST -d "a b"'` as a shell would.
 * @throws Failure (usage) for options that cannot go together with the measurement.
 */
export function curlOptions(words: string): string[] {
  const options = parseWords(words);
  const clash = options.find((option) => takesOurs(option)) ?? options.find((option) => ours.headers.test(option));
  if (clash !== undefined) {
    throw misuse({
      expected: 'CURL to hold options of the one request (method, headers, data, --location, --max-time …)',
      got: clash,
      next: 'leave it out: the measurement needs that itself',
    });
  }
  return options;
}

/** Long options may be shortened (`--outp`), short ones joined to each other and to their value (`-sSo/tmp/x`). */
function takesOurs(option: string): boolean {
  if (/^--[a-z]/.test(option)) return option.length > 4 && ours.long.some((long) => long.startsWith(option));
  if (!/^-[^-]/.test(option)) return false;
  for (const letter of option.slice(1)) {
    if (ours.short.includes(letter)) return true;
    if (shortWithValue.includes(letter)) return false;
  }
  return false;
}

/**
 * @returns the URL as it is requested
 * @throws Failure (usage) when it is missing, malformed, or not http(s)
 */
export function requestUrl(given: string | undefined): string {
  const example = 'make trace URL=http://127.0.0.1:8080/freedevtools/svg_icons/';
  if (given === undefined || given === '') throw misuse({ expected: 'a URL', got: 'none', next: example });
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw misuse({
      expected: 'a URL that begins with http:// or https://',
      got: `"${given}"`,
      next: /^[\w.-]+(:\d+)?(\/|$)/.test(given) ? `make trace URL=http://${given}` : example,
    });
  }
  return url.href;
}
