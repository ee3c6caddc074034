import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { bytes, ms } from '../../../numbers.ts';

/** The total, and of what. */
export function Headline({ report, level: Heading }: { report: Report; level: 'h1' | 'h2' }) {
  const { request, spans, totalMs, findings } = report;
  const services = new Set(spans.map(({ service }) => service)).size;
  const facts = [
    request && `HTTP ${request.status ?? '– no answer'}`,
    request?.bytes !== null && request?.bytes !== undefined && bytes(request.bytes),
    `${count(spans.length, 'span')} of ${count(services, 'service')}`,
    findings.length > 0 && count(findings.length, 'finding'),
  ];
  return (
    <div class="headline">
      <p class="total">
        {ms(totalMs)} <span class="unit">ms</span>
      </p>
      <div>
        <Heading>{request ? `${clean(request.method)} ${clean(request.url)}` : `Trace ${report.traceId}`}</Heading>
        <p class="faint">{facts.filter(Boolean).join(' · ')}</p>
      </div>
    </div>
  );
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
