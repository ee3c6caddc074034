import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { misuse, reason } from '../../failure.ts';
import type { Trace } from '../../model/trace.ts';
import { renderJson } from '../../render/json.ts';
import { renderPprof } from '../../render/profile/pprof.ts';
import { renderSpeedscope } from '../../render/profile/speedscope.ts';
import { buildTimeline } from '../../report/timeline.ts';
import type { Complete } from '../trace/collect.ts';
import type { Measured } from './measure.ts';

/** What lies in the directory of a profile, beside its page. */
export const files = {
  speedscope: 'profile.speedscope.json',
  pprof: 'profile.pb.gz',
  json: 'profile.json',
  traces: 'traces.jsonl',
} as const;

/**
 * Before anything is sent, so that nobody waits for nothing.
 * @throws Failure (usage) when it cannot be made
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw misuse({
      expected: 'OUT to be a directory that can be written',
      got: reason(error),
      next: 'make profile URL=… OUT=/tmp/profile',
    });
  }
}

/** Everything that is known, for whatever the reader likes to look at it with. */
export async function writeFiles(directory: string, { profile, requests }: Measured): Promise<void> {
  const write = (name: string, content: string | Uint8Array) => writeFile(join(directory, name), content);
  const timelines = profile.reports.map(({ label, report }) => buildTimeline(label, traceOf(requests, report.traceId)));
  const startNs = requests[0]?.arrived.trace.epochNs ?? 0n;
  await Promise.all([
    write(files.speedscope, renderSpeedscope(profile, timelines)),
    write(files.pprof, await promisify(gzip)(renderPprof(profile, startNs))),
    write(files.json, renderJson(profile)),
    write(files.traces, requests.map(({ arrived }) => arrived.raw.trim().replaceAll('\n', ' ')).join('\n')),
  ]);
}

function traceOf(requests: readonly Complete[], traceId: string): Trace {
  return (requests.find(({ arrived }) => arrived.trace.traceId === traceId) as Complete).arrived.trace;
}
