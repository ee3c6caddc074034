import type { Span, Trace } from '../../scripts/model/trace.ts';
import { NS_PER_MS } from '../../scripts/model/units.ts';

/**
 * A trace from a drawing. One line a span, indented below its parent; one column is 1 ms; `|` is a span without a length:
 *
 *     curl/GET            ├──────────┤        service/name, 11 ms
 *       nginx/GET           ├──────┤
 *         work                 |
 *
 * Span ids are `a1`, `a2` … in the order of the lines. `details` adds to a span what cannot be drawn, by its name or `service/name`.
 */
export function draw(drawing: string, details: Record<string, Partial<Span>> = {}): Trace {
  const lines = drawing.split('\n').filter((line) => /[├|]/.test(line));
  const origin = Math.min(...lines.map((line) => line.search(/[├|]/)));
  const open: { indent: number; span: Span }[] = [];
  const spans = lines.map((line, index) => {
    const indent = line.search(/\S/);
    const from = line.search(/[├|]/);
    const to = line.includes('┤') ? line.lastIndexOf('┤') : from;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    const label = line.slice(indent, from).trim();
    const [, service = 'app', name = label] = label.match(/^([\w-]+)\/(.*)$/) ?? [];
    const span: Span = {
      ...blank,
      spanId: `a${index + 1}`.padStart(16, '0'),
      parentId: open.at(-1)?.span.spanId ?? null,
      name,
      service,
      resource: { 'service.name': service },
      start: (from - origin) * NS_PER_MS,
      end: (to - origin) * NS_PER_MS,
      ...(details[label] ?? details[name]),
    };
    open.push({ indent, span });
    return span;
  });
  return { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', epochNs: 1_790_000_000_000_000_000n, spans };
}

/** A span about which nothing is known. */
const blank: Omit<Span, 'spanId' | 'parentId' | 'name' | 'service' | 'resource' | 'start' | 'end'> = {
  kind: 'internal',
  status: { code: 'unset', message: '' },
  attributes: {},
  events: [],
  links: [],
  traceState: '',
  scope: { name: 'drawn', version: '' },
};
