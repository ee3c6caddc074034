import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseTraces } from '../parse/traces.ts';
import { buildReport } from './build.ts';

/** The verdict on a trace that a real system has recorded. */
function verdict(name: string) {
  const text = readFileSync(new URL(`../../test/traces/recorded/${name}`, import.meta.url), 'utf8');
  const { traces, warnings } = parseTraces(text);
  const [trace] = traces;
  if (!trace) throw new Error(`expected a trace in ${name}`);
  const report = buildReport({ trace, request: null, warnings });
  return {
    spans: report.spans.length,
    totalMs: Math.round(report.totalMs),
    findings: report.findings.map(({ rule, severity, ms }) => `${severity} ${rule} ${ms?.toFixed(1)}`),
    calls: report.graph.calls.map(({ from, to, calls, errors }) => `${from} → ${to} ${calls} ${errors}`),
    warnings: report.warnings.map(({ code }) => code),
  };
}

test('our own stack: nothing to complain of', () => {
  expect(verdict('astro-nginx.otlp.json')).toMatchObject({
    totalMs: 32,
    findings: [],
    calls: ['curl → nginx 1 0', 'nginx → astro-ssr 1 0', 'astro-ssr → sqlite 4 0'],
    warnings: [],
  });
});

test('HotROD: its famous faults', () => {
  expect(verdict('hotrod.jaeger.json')).toEqual({
    spans: 40,
    totalMs: 632,
    findings: [
      'error error 88.6',
      'warning n-plus-one 165.8',
      'warning n-plus-one 122.8',
      'warning retry 88.8',
      'info sequential-calls 251.0',
    ],
    calls: [
      'frontend → route 10 0',
      'frontend → customer 1 0',
      'frontend → driver 1 0',
      'customer → mysql 1 0',
      'driver → redis-manual 14 3',
    ],
    warnings: [],
  });
});

test.each(['fastapi.zipkin.json', 'fastapi.otlp.jsonl'])('Python, the same in either format: %s', (name) => {
  expect(verdict(name)).toEqual({
    spans: 16,
    totalMs: 184,
    findings: ['error error 1.6', 'warning retry 47.3', 'info n-plus-one 0.1'],
    calls: ['shop → orders 4 2', 'orders → sqlite 7 0'],
    warnings: [],
  });
});
