import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyTrace } from '../../test/traces/arbitrary.ts';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import type { Trace } from '../model/trace.ts';
import { parseBudgets } from '../parse/budgets.ts';
import { renderJson } from '../render/json.ts';
import { checkBudgets } from '../report/budgets/check.ts';
import { buildReport } from '../report/build.ts';
import { compareReports } from '../report/compare/build.ts';
import { buildSeries } from '../report/series/build.ts';
import { buildTraceSet } from '../report/trace-set.ts';
import { jsonSchema, schemaNames } from './schemas.ts';

const report = (trace: Trace) => buildReport({ trace, request: null, warnings: [] });
const budgetsText = 'routes: { "*": { total: 10, spans: { n1: 3 }, findings: { error: 0 } } }';

function budgets(traces: readonly Trace[]) {
  const parsed = parseBudgets(budgetsText);
  const checks = checkBudgets('budgets' in parsed ? parsed.budgets : [], traces.map(report));
  return { file: 'budgets.yaml', broken: 1, routes: ['GET /'], checks };
}

/** What each command prints about traces, and nothing that was not asked for. */
const outputs: Record<string, (traces: [Trace, ...Trace[]]) => object> = {
  trace: (traces) => ({ ...report(traces[0]), budgets: budgets(traces) }),
  series: (traces) =>
    buildSeries({
      reports: traces.map(report),
      url: 'http://localhost/',
      requests: { sent: 9, concurrency: 1, warmUp: 2, incomplete: 0, failed: 1 },
      directory: null,
      warnings: [],
    }),
  analyze: (traces) => ({ ...buildTraceSet({ traces, warnings: [] }), budgets: budgets(traces) }),
  compare: (traces) => {
    const sides = [traces.slice(0, 1), traces].map((each) => ({ name: 'x', reports: each.map(report) }));
    return compareReports({ a: sides[0] as never, b: sides[1] as never, route: null, warnings: [] });
  },
};

const validator = (name: string) => {
  const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(jsonSchema(name));
  return (value: unknown) => (validate(value) ? [] : validate.errors);
};

describe.each(Object.entries(outputs))('%s --json is what its schema says', (name, output) => {
  const problemsOf = validator(name);
  const printed = (traces: [Trace, ...Trace[]]) => JSON.parse(renderJson(output(traces))) as object;

  test('of the page of the first user', () => {
    expect(problemsOf(printed([firstUserTrace(), firstUserTrace()]))).toEqual([]);
  });

  test('of any traces', () => {
    const traces = fc.tuple(anyTrace(), anyTrace(), anyTrace());
    fc.assert(
      fc.property(traces, (three) => {
        expect(problemsOf(printed(three))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('a part that is missing, or one too many, is noticed', () => {
    const { warnings, ...rest } = printed([firstUserTrace()]) as { warnings: unknown };
    expect(warnings).toBeDefined();
    expect(problemsOf(rest)).toMatchObject([{ message: "must have required property 'warnings'" }]);
    expect(problemsOf({ warnings, ...rest, surprise: 1 })).toMatchObject([{ keyword: 'additionalProperties' }]);
  });
});

test('a finding that a database was asked about', () => {
  const plan = { verdict: 'confirmed', database: 'shop.db', lines: ['SCAN orders'], reason: null };
  const finding = { rule: 'missing-index', severity: 'info', message: '', ms: 1, spanIds: [], next: '' };
  const trace = validator('trace');
  const of = (findings: object[]) => trace({ ...JSON.parse(renderJson(report(firstUserTrace()))), findings });
  expect(of([{ ...finding, plan }, finding])).toEqual([]);
  expect(of([{ ...finding, plan: { ...plan, verdict: 'perhaps' } }])).toMatchObject([{ keyword: 'enum' }]);
});

describe('budgets files', () => {
  const problemsOf = validator('budgets');

  test.each([
    ['all there is', { percentile: 50, routes: { '*': { total: 1, unknown: '30 %', spans: { a: { sum: 1 } } } } }, 0],
    ['a typo', { routes: { '*': { totl: 1 } } }, 1],
    ['a finding that is none', { routes: { '*': { findings: { errr: 1 } } } }, 1],
  ])('%s', (_, file, problems) => {
    expect(problemsOf(file)?.length ?? 0).toBeGreaterThanOrEqual(problems);
    expect(problemsOf(file)?.length === 0).toBe(problems === 0);
  });
});

test.each(schemaNames)('%s has a JSON Schema of the current draft that says what it is of', (name) => {
  expect(jsonSchema(name)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    description: expect.stringMatching(/onetrace|YAML/),
  });
});

test('a name that there is not', () => {
  expect(() => jsonSchema('nothing')).toThrow(/expected one of trace, series, .*, got "nothing"/);
});
