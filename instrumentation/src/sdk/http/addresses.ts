import type { IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import type { Attributes } from '@opentelemetry/api';

const require = createRequire(import.meta.url);
const parseForwarded = require('forwarded-parse') as typeof import('forwarded-parse');

const DIGITS = /^\d+$/;
const BYTE = '(?:0|[1-9]\\d{0,2})';
const PLAIN_IPV4 = new RegExp(`^${BYTE}\\.${BYTE}\\.${BYTE}\\.${BYTE}$`);

/**
 * Whom the request was sent to, and by whom, as far as proxies tell: `Forwarded` before `X-Forwarded-*` before `Host` and the connection.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#setting-serveraddress-and-serverport-attributes
 */
export function setAddresses(
  attributes: Attributes,
  headers: IncomingHttpHeaders,
  scheme: string,
  peer: string | undefined,
): void {
  const hops = headers.forwarded === undefined ? [] : forwarded(headers.forwarded);
  const named = hops.find(({ host }) => host);
  const host = first(headers['x-forwarded-host']);
  if (named?.host !== undefined) setServer(attributes, named.host, named.proto);
  else if (host !== '') setServer(attributes, host, first(headers['x-forwarded-proto']));
  else if (headers.host) setServer(attributes, headers.host, scheme);

  const client = hops.find((hop) => hop.for)?.for ?? first(headers['x-forwarded-for']);
  if (client !== '') attributes['client.address'] = withoutPort(client);
  else if (peer) attributes['client.address'] = peer;
}

/** A header that cannot be read says nothing. */
function forwarded(header: string): Record<string, string>[] {
  try {
    return parseForwarded(header);
  } catch {
    return [];
  }
}

/** Each proxy on the way adds its own at the end. */
function first(header: string | string[] | undefined): string {
  const list = Array.isArray(header) ? header[0] : header;
  if (list === undefined) return '';
  const comma = list.indexOf(',');
  return (comma === -1 ? list : list.slice(0, comma)).trim();
}

/** `name`, `name:port`, `[v6]`, `[v6]:port`; a bare IPv6 address is all name. */
function setServer(attributes: Attributes, host: string, proto: string | undefined): void {
  const colon = host.lastIndexOf(':');
  const hasPort = colon !== -1 && (host.indexOf(':') === colon || (host.startsWith('[') && host[colon - 1] === ']'));
  const name = hasPort ? host.slice(0, colon) : host;
  if (name === '') return;
  attributes['server.address'] = name;
  const port = hasPort ? host.slice(colon + 1) : colon === -1 || isBracketed(host) ? defaultPort(proto) : '';
  if (DIGITS.test(port)) attributes['server.port'] = Number(port);
}

function isBracketed(host: string): boolean {
  return host.startsWith('[') && host.endsWith(']');
}

function defaultPort(proto: string | undefined): string {
  if (proto === 'http') return '80';
  return proto === 'https' ? '443' : '';
}

function withoutPort(address: string): string {
  if (PLAIN_IPV4.test(address)) return address;
  const host = URL.parse(`http://${address}`)?.hostname;
  if (host === undefined) return address;
  return isBracketed(host) ? host.slice(1, -1) : host;
}
