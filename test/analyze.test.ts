import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Trace } from '../scripts/model/trace.ts';
import type { Comparison } from '../scripts/report/compare/schema.ts';
import type { Report, TraceSet } from '../scripts/report/schema.ts';
import { onetrace, succeed, tree } from './stack/command.ts';
import { draw } from './traces/draw.ts';
import { firstUserTrace } from './traces/first-user.ts';
import { toJaegerAnswer, toLines } from './traces/otlp.ts';

const directory = mkdtempSync(join(tmpdir(), 'onetrace-analyze-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The first user's page, the query of whose worker takes so many ms more. */
function page(more: number, index: number): Trace {
  const trace = firstUserTrace();
  const worker = trace.spans.find(({ name }) => name === 'worker iconByName');
  for (const span of trace.spans) {
    if (span.name !== 'SELECT icons' && span.end >= (worker?.end ?? 0)) span.end += (more + index / 10) * 1e6;
    if (span.start > (worker?.start ?? 0) && span.name !== 'SELECT icons') span.start += (more + index / 10) * 1e6;
  }
  return { ...trace, traceId: `${more}${index}`.padStart(32, 'a'), epochNs: trace.epochNs + BigInt(index) * 10n ** 9n };
}

const pages = (more: number) => Array.from({ length: 8 }, (_, index) => page(more, index));

const one = file('one.json', toJaegerAnswer(firstUserTrace()));
for (const [set, more] of [
  ['before', 0],
  ['after', 6],
] as const)
  for (const trace of pages(more)) file(join(set, `${trace.traceId}.json`), toJaegerAnswer(trace));
const before = join(directory, 'before');
const after = join(directory, 'after');
const several = file('several.jsonl', pages(0).map(toLines).join('\n'));
const zipkin = file(
  'zipkin.json',
  JSON.stringify([
    {
      traceId: '1'.repeat(32),
      id: '1'.repeat(16),
      name: 'get',
      kind: 'SERVER',
      timestamp: 1_790_000_000_000_000,
      duration: 5000,
      localEndpoint: { serviceName: 'shop' },
    },
    {
      traceId: '1'.repeat(32),
      id: '2'.repeat(16),
      parentId: '1'.repeat(16),
      name: 'query',
      kind: 'CLIENT',
      timestamp: 1_790_000_000_001_000,
      duration: 3000,
      localEndpoint: { serviceName: 'shop' },
    },
  ]),
);

const analyse = async (...args: string[]) => JSON.parse(await succeed(['analyze', ...args, '--json'])) as Report;

describe('analyze', () => {
  test('a saved trace: the verdict', async () => {
    const report = await analyse(one);
    expect(report.totalMs).toBe(38);
    expect(tree(report).slice(0, 3)).toEqual([
      'curl: GET',
      '  nginx: GET',
      '    astro-ssr: GET /svg_icons/[category]/[icon]/',
    ]);
    expect(await succeed(['analyze', one])).toMatch(/^38\.00 ms {2}GET http:.*→ 200/);
  });

  test('from standard input, as lines, and as another system writes it', async () => {
    const { stdout, code } = await onetrace(['analyze', '-', '--json'], {}, toLines(firstUserTrace()));
    expect([code, (JSON.parse(stdout) as Report).totalMs]).toEqual([0, 38]);
    expect(tree(await analyse(zipkin))).toEqual(['shop: get', '  shop: query']);
  });

  test("as make's variables", async () => {
    const { stdout, code } = await onetrace(['analyze'], { FILE: one, JSON: '1' });
    expect([code, (JSON.parse(stdout) as Report).totalMs]).toEqual([0, 38]);
  });

  test.each([
    ['a file', several],
    ['a directory', before],
    ['a pattern', join(before, '*.json')],
  ])('several traces in %s: what they say together', async (_, source) => {
    const set = JSON.parse(await succeed(['analyze', source, '--json'])) as TraceSet;
    expect(set).toMatchObject({ traces: 8, totalMs: { min: 38 }, slowest: { traceId: page(0, 7).traceId } });
    expect(set.names.find(({ name }) => name === 'svgo.optimize')).toMatchObject({
      count: 8,
      errorShare: 0,
      ms: { p50: 9 },
    });
    expect(set.graph.calls).toContainEqual(expect.objectContaining({ from: 'nginx', to: 'astro-ssr', calls: 8 }));
    expect(await succeed(['analyze', source])).toMatch(/nginx → astro-ssr +8 /);
  });

  test('as a page', async () => {
    const html = join(directory, 'pages', 'one.html');
    expect(await succeed(['analyze', one, '--html', html])).toContain(`Page: ${html}`);
    expect(readFileSync(html, 'utf8')).toContain('svgo.optimize');
  });
});

describe('compare', () => {
  test('two sets: the span that changed, significantly', async () => {
    const comparison = JSON.parse(await succeed(['compare', before, after, '--json'])) as Comparison;
    expect(comparison).toMatchObject({
      a: { traces: 8 },
      b: { traces: 8 },
      total: { change: 6, significance: { significant: true } },
    });
    expect(comparison.spans[0]).toMatchObject({
      name: 'worker iconByName',
      self: { change: 6, significance: { significant: true } },
    });
    const text = await succeed(['compare', before, after]);
    expect(text).toMatch(/^\+6\.00 ms \(\+\d+ %\) {2}38\.35 → 44\.35 ms/);
    expect(text).toMatch(/^ *\+6\.00 +\+6\.00 .* worker iconByName ‹ pool\.query iconByName +p = 0\.0/m);
  });

  test('one trace with another, one of them from standard input', async () => {
    const { stdout, code } = await onetrace(['compare', one, '-'], {}, toJaegerAnswer(page(6, 0)));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\+6\.00 ms/);
    expect(stdout).toContain('Too few to tell');
  });
});

describe('budgets', () => {
  const budgets = (total: number) =>
    file(`${total}.yaml`, `routes:\n  "GET /svg_icons/*":\n    total: ${total}\n    findings: { error: 0 }\n`);

  test('kept: 0', async () => {
    expect(await succeed(['analyze', before, '--budget', budgets(40)])).toMatch(/✔ 2 of 2 kept\n$/);
  });

  test('broken: 1, with a line on stdout, JUnit XML, and a summary that is appended to', async () => {
    const junit = join(directory, 'ci', 'junit.xml');
    const summary = file('summary.md', '# Before\n');
    const args = ['analyze', before, '--budget', budgets(30), '--junit', junit];
    const { code, stdout, stderr } = await onetrace(args, { GITHUB_STEP_SUMMARY: summary });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(
      /^✖ broken {2}GET \/svg_icons\/\* {2}total: 38\.\d\d ms, allowed 30\.00 ms \(p95 of 8 traces\)$/m,
    );
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites tests="2" failures="1"/);
    expect(readFileSync(summary, 'utf8')).toMatch(/^# Before\n### .*1 of 2 budgets broken/s);
  });

  test('as JSON, stdout is one object', async () => {
    const { code, stdout } = await onetrace(['analyze', one, '--json', '--budget', budgets(30)]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      totalMs: 38,
      budgets: { broken: 1, checks: [{ status: 'broken', measured: 38 }, {}] },
    });
  });

  test('for other routes only: the verdict, and a complaint; they could never break', async () => {
    const other = file('other.yaml', 'routes:\n  "/other": { total: 5 }\n');
    const { code, stdout, stderr } = await onetrace(['analyze', one, '--budget', other]);
    expect(stdout).toMatch(/^38\.00 ms/);
    expect(stderr).toMatch(/to have a budget for GET \/svg_icons.*got budgets for \/other\. Next: /);
    expect(code).toBe(2);
  });

  test('a file that cannot be written costs neither verdict nor exit code of a budget', async () => {
    const { code, stdout, stderr } = await onetrace([
      'analyze',
      one,
      '--budget',
      budgets(40),
      '--junit',
      join(one, 'x.xml'),
    ]);
    expect(stdout).toMatch(/^38\.00 ms/);
    expect(stderr).toMatch(/^JUNIT=.* was not written: .* Next: /);
    expect(code).toBe(2);
  });
});

describe('what cannot be done: one sentence, the right exit code, nothing on stdout', () => {
  const typo = file('typo.yaml', 'routes:\n  "*":\n    totl: 5\n');

  test.each<[string, string[], number, RegExp]>([
    ['no file', ['analyze'], 2, /expected FILE to name a saved trace/],
    ['a file that is not there', ['analyze', join(directory, 'no.json')], 2, /got no such file/],
    ['a file without a trace', ['analyze', typo], 3, /expected a trace in .*typo\.yaml, got "routes/],
    ['a trace id that nobody knows, without a stack', ['analyze', `${'0'.repeat(31)}1`], 3, /Jaeger.*make up/],
    ['only one side', ['compare', one], 2, /expected B to name a saved trace/],
    ['standard input twice', ['compare', '-', '-'], 2, /expected standard input for one of A and B/],
    ['a route that is not there', ['compare', one, one, '--route', 'GET /x'], 3, /expected traces of GET \/x .*ROUTE=/],
    [
      'a typo in the budgets',
      ['analyze', one, '--budget', typo],
      2,
      /one of total, .* in line 3 of .*typo\.yaml, got "totl"/,
    ],
    ['JUnit without budgets', ['analyze', one, '--junit', 'x.xml'], 2, /got JUNIT without BUDGET/],
    ['repeating nothing', ['trace', 'http://127.0.0.1:9/', '-n', '0'], 2, /expected N to be a whole number.*got "0"/],
    ['repeating nonsense', ['trace', 'http://127.0.0.1:9/', '-n', 'many'], 2, /got "many"/],
    [
      'more at a time than all',
      ['trace', 'http://127.0.0.1:9/', '-n', '2', '-c', '3'],
      2,
      /expected C .* from 1 to 2, got "3"/,
    ],
  ])('%s', async (_, args, code, sentence) => {
    const ran = await onetrace(args, { ONETRACE_JAEGER_UI_PORT: '9' });
    expect(ran.stderr).toMatch(sentence);
    expect(ran.stderr).toMatch(/expected .+, got .+\. Next: .+/s);
    expect(ran.stderr).not.toMatch(/^ {4}at /m);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
  });
});

test('every command tells what it takes, and what its exit codes mean', async () => {
  for (const command of ['trace', 'analyze', 'compare', 'schema']) {
    const help = await succeed([command, '--help']);
    expect(help).toContain(`Usage: onetrace ${command}`);
    expect(help).toContain('Exit codes: 0 fine, 1 a finding over its budget');
  }
});

test('an empty trace file of lines that are cut off still has its verdict', async () => {
  const lines = toLines(draw('a ├───┤\n  b ├┤'));
  const report = await analyse(file('cut.jsonl', lines.slice(0, -40)));
  expect(tree(report)).toEqual(['app: a']);
  expect(report.warnings.length).toBeGreaterThan(0);
});
