import type { Attributes } from '@opentelemetry/api';

/** Signatures and keys in a query that let whoever reads them act for somebody; the list is upstream's. */
const SECRET = [
  'sig',
  'Signature',
  'AWSAccessKeyId',
  'X-Goog-Signature',
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
];

/** What `URL` leaves as it is: nothing to encode, and no `.` or `..` between slashes. */
const PLAIN_PATH = /^\/[\w!$%&'()*+,\-./:;=@~]*$/;
const DOTS = /\/(?:\.|%2e)/i;
/** What `URLSearchParams` leaves as it is: `name=value` and nothing encoded. */
const PLAIN_QUERY = /^[\w*.-]+=[\w*.+-]*(?:&[\w*.-]+=[\w*.+-]*)*$/;
const SECRETS_IN_QUERY = new RegExp(`(?:^|&)(?:${SECRET.join('|')})=`);

/**
 * `url.path` and `url.query` of a request target: `/path?query` nearly always, a whole URL for proxies, `*`. Parsing a URL costs more
 * than all other attributes together, and changes nothing about most paths.
 */
export function setTarget(attributes: Attributes, target: string): void {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (!PLAIN_PATH.test(path) || DOTS.test(path) || target.includes('#', mark)) setParsed(attributes, target);
  else {
    attributes['url.path'] = path;
    if (mark !== -1 && mark < target.length - 1) attributes['url.query'] = redacted(target.slice(mark + 1));
  }
}

function setParsed(attributes: Attributes, target: string): void {
  // What begins with two slashes is a path here, not a host.
  const url = target.startsWith('/') ? URL.parse(`http://localhost${target}`) : URL.parse(target, 'http://localhost');
  if (url === null) return;
  attributes['url.path'] = url.pathname;
  if (url.search !== '') attributes['url.query'] = redacted(url.search.slice(1));
}

function redacted(query: string): string {
  if (PLAIN_QUERY.test(query) && !SECRETS_IN_QUERY.test(query)) return query;
  const parameters = new URLSearchParams(query);
  for (const name of SECRET) if (parameters.has(name)) parameters.set(name, 'REDACTED');
  return parameters.toString();
}
