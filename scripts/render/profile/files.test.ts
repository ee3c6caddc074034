import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { Profile } from 'pprof-format';
import published from 'speedscope/dist/release/file-format-schema.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { which } from 'zx';
import { profiledTraces, profileOf } from '../../../test/traces/profiled.ts';
import { buildTimeline } from '../../report/timeline.ts';
import { renderPprof } from './pprof.ts';
import { renderSpeedscope } from './speedscope.ts';

const traces = profiledTraces();
const profile = profileOf(traces);

describe('speedscope', () => {
  const timelines = traces.slice(0, 1).map((trace) => buildTimeline('slowest request', trace));
  const file = JSON.parse(renderSpeedscope(profile, timelines));

  test("is what speedscope's published schema says", () => {
    const validate = new Ajv({ strict: false }).compile(published);
    validate(file);
    expect(validate.errors).toBeNull();
    validate({ ...file, profiles: [{ ...file.profiles[0], weights: 'none' }] });
    expect(validate.errors).not.toBeNull();
  });

  test('all requests on top of one another, then one in the order of time', () => {
    const names = (stack: number[]) => stack.map((index) => file.shared.frames[index].name).join(' > ');
    const [all, slowest] = file.profiles as {
      name: string;
      endValue: number;
      samples: number[][];
      weights: number[];
    }[];
    expect(all?.endValue).toBeCloseTo(100);
    expect(all?.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(100);
    expect(slowest?.name).toBe('slowest request');
    expect(slowest?.samples.map((stack, index) => `${slowest.weights[index]} ${names(stack)}`)).toEqual([
      '1 nginx: GET',
      '1 nginx: GET > app: GET /icons/',
      '1 nginx: GET > app: GET /icons/ > highlight',
      '18 nginx: GET > app: GET /icons/ > highlight > toHtml',
      '1 nginx: GET > app: GET /icons/ > highlight',
      '2 nginx: GET > app: GET /icons/ > garbage collection',
      '2 nginx: GET > app: GET /icons/ > app: SELECT icon',
      '3 nginx: GET > app: GET /icons/',
      '2 nginx: GET',
    ]);
    expect(file.shared.frames).toContainEqual({ name: 'toHtml', file: 'node_modules/shiki/core.mjs', line: 7 });
  });
});

describe('pprof', () => {
  const encoded = renderPprof(profile, 1_790_000_000_000_000_000n);

  test('says the same when it is read back', () => {
    const { sample, stringTable, location, function: functions, timeNanos, durationNanos } = Profile.decode(encoded);
    const text = (index: unknown) => stringTable.strings[Number(index)];
    const nameOf = (id: unknown) => {
      const { functionId } = location.find((one) => Number(one.id) === Number(id))?.line[0] ?? {};
      const { name, filename } = functions.find((one) => Number(one.id) === Number(functionId)) ?? {};
      return [text(name), text(filename)].filter(Boolean).join('@');
    };
    const lines = sample.map(({ locationId, value, label }) =>
      [value.map(Number).join(' '), text(label[0]?.str), nameOf(locationId[0]), locationId.length].join(' | '),
    );
    expect(lines).toContain('72 52000000 | cpu | toHtml@node_modules/shiki/core.mjs | 4');
    expect(lines).toContain('0 12000000 | network | nginx ↔ app | 2');
    expect(sample.reduce((sum, { value }) => sum + Number(value[1]), 0)).toBe(100_000_000);
    expect([BigInt(timeNanos), Number(durationNanos)]).toEqual([1_790_000_000_000_000_000n, 100_000_000]);
  });

  test('is read by Go, where there is one', async () => {
    const go = await which('go', { nothrow: true });
    const folder = await mkdtemp(join(tmpdir(), 'onetrace-pprof-'));
    try {
      const file = join(folder, 'profile.pb.gz');
      await writeFile(file, gzipSync(encoded));
      const top = go ? (await promisify(execFile)(go, ['tool', 'pprof', '-top', '-lines', file])).stdout : 'toHtml';
      expect(top).toContain('toHtml');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000); // a Go that has never run the tool compiles it first
});
