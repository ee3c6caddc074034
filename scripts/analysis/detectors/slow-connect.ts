import type { Finding } from '../../model/finding.ts';
import { curlPhases, readCurlTimes } from '../curl.ts';
import type { Node } from '../node.ts';

/** Less is nobody's concern. */
const LEAST_MS = 20;
const LEAST_SHARE = 0.2;

const steps = {
  dns: { label: 'looking up the name', next: "Check the resolver, or the number of the machine's DNS search domains." },
  connect: {
    label: 'the TCP connection',
    next: 'Check the distance to the server, and whether its listen queue is full.',
  },
  tls: {
    label: 'the TLS handshake',
    next: 'Check session resumption, TLS 1.3 and the length of the certificate chain.',
  },
};

/** Time that went before the request was even sent. */
export function findSlowConnect(root: Node): Finding[] {
  const times = readCurlTimes(root.span);
  if (!times) return [];
  return curlPhases(times).flatMap(({ step, start, end }): Finding[] => {
    const ms = Math.round((end - start) * 1000) / 1000;
    if (!(step in steps) || ms < LEAST_MS || ms < LEAST_SHARE * times.total) return [];
    const { label, next } = steps[step as keyof typeof steps];
    const message = `${label} took ${ms.toFixed(0)} of ${times.total.toFixed(0)} ms, before the request was sent`;
    return [{ rule: 'slow-connect', severity: 'warning', message, ms, spanIds: [root.span.spanId], next }];
  });
}
