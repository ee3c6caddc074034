import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { bytes, ms } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';

/** What the sender and the proxies on the way know of the request. */
export function RequestFacts({ report: { request, hops, links, traceId } }: { report: Report }) {
  const facts: Fact[] = [
    ...(request ? requestFacts(request) : []),
    ...hops.map((hop): Fact => [`As ${clean(hop.service)} saw it`, describeHop(hop)]),
    ['Trace', <code key="id">{traceId}</code>],
    ...(links.jaeger !== null && /^https?:\/\//.test(links.jaeger) ? [jaegerLink(links.jaeger)] : []),
    ...(links.file === null ? [] : [['Raw trace', <code key="file">{clean(links.file)}</code>] as const]),
  ];
  return (
    <Card title="Request">
      <Facts facts={facts} />
    </Card>
  );
}

function requestFacts({
  status,
  bytes: size,
  redirects,
  redirectUrl,
  timings,
}: NonNullable<Report['request']>): Fact[] {
  const answer = status === null ? 'none' : `HTTP ${status}${size === null ? '' : `, ${bytes(size)}`}`;
  return [
    ['Answer', answer],
    ...(redirects > 0 ? [['Redirects', String(redirects)] as const] : []),
    ...(redirectUrl === null ? [] : [['Points to', clean(redirectUrl)] as const]),
    ...(timings ? [['As curl saw it', describeTimings(timings)] as const] : []),
  ];
}

function describeTimings({
  dns,
  connect,
  tls,
  ttfb,
  transfer,
}: NonNullable<NonNullable<Report['request']>['timings']>): string {
  const parts = [
    ['DNS', dns],
    ['connect', connect],
    ['TLS', tls],
    ['first byte', ttfb],
    ['transfer', transfer],
  ] as const;
  const said = parts.filter(([label, value]) => value > 0 || label === 'first byte');
  return `${said.map(([label, value]) => `${label} ${ms(value)}`).join(' · ')} ms`;
}

function describeHop({
  upstream,
  connectMs,
  firstByteMs,
  transferMs,
  ownMs,
  resolutionMs,
}: Report['hops'][number]): string {
  const parts = [
    ['connect', connectMs],
    ['first byte', firstByteMs],
    ['transfer', transferMs],
    ['own time', ownMs],
  ] as const;
  const said = parts.filter(([, value]) => value !== null).map(([label, value]) => `${label} ${value}`);
  return `${clean(upstream)}: ${said.join(' · ')} ms, to the nearest ${resolutionMs} ms`;
}

/** Only ever followed by the reader: the page itself asks for nothing. */
function jaegerLink(href: string): Fact {
  return [
    'Jaeger',
    <a key="jaeger" href={href} rel="noopener noreferrer">
      {clean(href)}
    </a>,
  ];
}
