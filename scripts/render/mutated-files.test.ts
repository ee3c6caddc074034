import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longString, mutants } from '../../test/traces/mutate.ts';
import { parseTraces } from '../parse/traces.ts';
import { buildReport } from '../report/build.ts';
import { reportSchema } from '../report/schema.ts';
import { buildTraceSet } from '../report/trace-set.ts';
import { renderJson } from './json.ts';
import { renderText } from './text.ts';
import { renderTraceSet } from './trace-set.ts';

const recorded = new URL('../../test/traces/recorded/', import.meta.url);
const files = readdirSync(recorded).filter((name) => /\.jsonl?$/.test(name));
const texts = files.map((name) => readFileSync(new URL(name, recorded), 'utf8'));
const options = { width: 100, colour: false, notes: [] };

/** From the text to the text: a verdict, or a warning that says why there is none. */
function verdict(text: string): void {
  const { traces, warnings } = parseTraces(text);
  if (traces.length === 0) expect(warnings.map(({ message }) => message).join('\n')).toMatch(/expected|error/);
  for (const trace of traces.slice(0, 3)) {
    const report = buildReport({ trace, request: null, warnings });
    expect(renderText(report, options)).toContain(' ms');
    expect(reportSchema.safeParse(JSON.parse(renderJson(report))).error).toBeUndefined();
    const sum = report.criticalPath.reduce((total, { durationMs }) => total + durationMs, 0);
    expect(Math.abs(sum - report.totalMs)).toBeLessThanOrEqual(report.totalMs * 1e-9 + 1e-6);
  }
  renderTraceSet(buildTraceSet({ traces, warnings }), options);
}

test.each(files)('%s as it was recorded', (name) => {
  verdict(texts[files.indexOf(name)] ?? '');
});

describe('whatever has happened to a file, a verdict or a clear message', () => {
  test('2,000 mutated files', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(mutants(texts), ({ text }) => verdict(text)),
      { numRuns: 2000, seed: 6 },
    );
  });

  test('strings of 10 MB wherever there are strings', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), longString, (text, { apply }) => verdict(apply(text))),
      { numRuns: 30, seed: 6 },
    );
  });
});
