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
const SECRETS = new RegExp(`(?:^|&)(?:${SECRET.join('|')})=`);

/**
 * `url.path` and `url.query` of a request target: `/path?query` nearly always, a whole URL for proxies, `*`. Parsing a URL costs more
 * than all other attributes together, and changes nothing about most paths.
 */
export function setTarget(attributes: Attributes, target: string): void {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  if (isPlainPath(path) && (query === '' || isPlainQuery(query))) {
    attributes['url.path'] = path;
    if (query !== '') attributes['url.query'] = query;
  } else setParsed(attributes, target);
}

function isPlainPath(path: string): boolean {
  return PLAIN_PATH.test(path) && !DOTS.test(path);
}

function isPlainQuery(query: string): boolean {
  return PLAIN_QUERY.test(query) && !SECRETS.test(query);
}

function setParsed(attributes: Attributes, target: string): void {
  // What begins with two slashes is a path here, not a host.
  const url = target.startsWith('/') ? URL.parse(`http://localhost${target}`) : URL.parse(target, 'http://localhost');
  if (url === null) return;
  attributes['url.path'] = url.pathname;
  if (url.search === '') return;
  const parameters = new URLSearchParams(url.search);
  for (const name of SECRET) if (parameters.has(name)) parameters.set(name, 'REDACTED');
  attributes['url.query'] = parameters.toString();
}
