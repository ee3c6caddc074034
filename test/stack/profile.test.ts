import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Profile } from 'pprof-format';
import speedscopeSchema from 'speedscope/dist/release/file-format-schema.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseOtlp } from '../../scripts/parse/otlp.ts';
import type { ProfileReport } from '../../scripts/report/profile.ts';
import { onetrace, root, succeed, verdict } from './command.ts';

/** The demo page, wherever the stack of this checkout has its ports. */
let page: string;
let directory: string;

const up = async (mode: string) => {
  const printed = await succeed(['up', '--mode', 'local'], { ONETRACE_PROFILE: mode });
  page = printed.match(/URL=(\S+)/)?.[1] ?? '';
};

const profile = async (...args: string[]): Promise<ProfileReport> =>
  JSON.parse(await succeed(['profile', page, '--out', directory, '--json', ...args])) as ProfileReport;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'onetrace-profile-'));
  await succeed(['down']);
});
afterAll(async () => {
  await succeed(['down']);
  await rm(directory, { recursive: true });
});

describe('an app with a profiler', () => {
  let report: ProfileReport;
  const read = (file: string) => readFile(join(directory, file));

  beforeAll(async () => {
    await up('always');
    report = await profile('--requests', '12', '--concurrency', '2');
  });

  test('the answer: the functions that take the time, with file and line, and who called them', () => {
    const find = (name: RegExp) => report.functions.find((row) => name.test(row.name));
    expect(find(/optimize \(svgo\)$/)).toMatchObject({
      kind: 'cpu',
      origin: 'library',
      location: expect.stringMatching(/^node_modules\/svgo\/.+:\d+$/),
      caller: expect.stringMatching(/^optimiseSvg src\/icon\/optimise\.ts:\d+$/),
    });
    expect(find(/codeToHtml \(@shikijs\/core\)$/)).toMatchObject({
      caller: expect.stringMatching(/^highlight src\/icon\/highlight\.ts:\d+$/),
    });
    const top = report.functions.slice(0, 5).map(({ name }) => name);
    expect(top.filter((name) => /svgo|shiki/.test(name)).length).toBeGreaterThan(0);
  });

  test('every request counts, and every millisecond of each: the rows add up to the total', () => {
    expect([report.requests, report.failed, report.concurrency]).toEqual([12, 0, 2]);
    expect(report.warnings).toEqual([]);
    for (const rows of [report.functions, report.categories]) {
      expect(rows.reduce((sum, { meanMs }) => sum + meanMs, 0)).toBeCloseTo(report.totalMs.mean, 6);
    }
    expect(report.flame.valueMs).toBeCloseTo(report.totalMs.mean * 12, 6);
  });

  test('it is what its published schema says', async () => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(await succeed(['schema', 'profile'])));
    validate(report);
    expect(validate.errors).toBeNull();
  });

  test('the files: a page, speedscope, pprof, JSON, the raw traces', async () => {
    expect(String(await read('profile.html'))).toContain('Content-Security-Policy" content="default-src \'none\'');
    const validate = new Ajv({ strict: false }).compile(speedscopeSchema);
    validate(JSON.parse(String(await read('profile.speedscope.json'))));
    expect(validate.errors).toBeNull();
    const { sample } = Profile.decode(gunzipSync(await read('profile.pb.gz')));
    const wallMs = sample.reduce((sum, { value }) => sum + Number(value[1]), 0) / 1e6;
    expect(wallMs).toBeCloseTo(report.flame.valueMs, 1);
    expect(JSON.parse(String(await read('profile.json')))).toEqual(report);
    expect(parseOtlp(String(await read('traces.jsonl'))).traces).toHaveLength(12);
  });

  test('in one screen of text', async () => {
    const { stdout } = await promisify(execFile)(
      'make',
      ['--silent', 'profile', `URL=${page}`, 'N=3', `OUT=${directory}`],
      {
        cwd: root,
      },
    );
    expect(stdout).toMatch(/^\d+\.\d\d ms {2}GET http/);
    expect(stdout).toMatch(/^ *≈ +\d+\.\d\d .+ cpu +astro-ssr: .+ src\/icon\/\w+\.ts:\d+$/m);
    expect(stdout).toMatch(/% of the time has a name/);
    expect(stdout.split('\n').length).toBeLessThan(40);
  });

  test('the verdict on one request names functions, too', async () => {
    const { accounting, spans, totalMs } = await verdict(page);
    expect(accounting.some(({ samples, location }) => samples > 0 && /\.[jt]s:\d+$/.test(location ?? ''))).toBe(true);
    expect(accounting.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(totalMs, 3);
    expect(spans.some(({ samples }) => samples !== null)).toBe(true);
  });
});

test('a profiler that runs on demand is started by the warm-up: every request that counts has samples', async () => {
  await up('on-demand');
  const { warnings, samples } = await profile('--requests', '4');
  expect(warnings).toEqual([]);
  expect(samples).toBeGreaterThan(0);
});

describe('an app without one', () => {
  beforeAll(() => up('off'));

  test('says so, and what spans know is the answer', async () => {
    const report = await profile('--requests', '2');
    expect(report.warnings.map(({ code }) => code)).toEqual(['not-profiled']);
    expect(report.samples).toBe(0);
    expect(report.functions.some(({ kind, name }) => kind === 'unknown' && name.includes('CodeBlock'))).toBe(true);
  });
});

test.each([
  ['-n', '0', 'N to be a whole number of requests from 1 to 1000, got "0"'],
  ['-n', 'many', 'got "many"'],
  ['-n', '1000000000', 'got "1000000000"'],
  ['-c', '0', 'C to be a whole number of requests at a time from 1 to 50'],
  ['-c', '51', 'from 1 to 50, got "51"'],
  ['-o', '/dev/null/x', 'OUT to be a directory that can be written'],
])('%s %s is refused with a clear word', async (option, value, word) => {
  const { code, stderr, stdout } = await onetrace(['profile', page, option, value]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(word);
});
