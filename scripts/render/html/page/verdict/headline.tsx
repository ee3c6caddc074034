import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { bytes } from '../../../numbers.ts';
import { count, Lead } from '../parts/lead.tsx';

/** The total of one request, and which one it was. */
export function Headline({ report, level }: { report: Report; level: 'h1' | 'h2' }) {
  const { request, spans, totalMs, findings, traceId } = report;
  const services = new Set(spans.map(({ service }) => service)).size;
  const facts = [
    request && `HTTP ${request.status ?? '– no answer'}`,
    typeof request?.bytes === 'number' && bytes(request.bytes),
    `${count(spans.length, 'span')} of ${count(services, 'service')}`,
    findings.length > 0 && count(findings.length, 'finding'),
  ];
  const title = request ? `${clean(request.method)} ${clean(request.url)}` : `Trace ${traceId}`;
  return <Lead totalMs={totalMs} unit="ms" title={title} level={level} facts={facts} />;
}
