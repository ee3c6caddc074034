import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { misuse, reason } from '../../failure.ts';
import type { Trace } from '../../model/trace.ts';
import { renderProfilePage } from '../../render/html/pages.ts';
import { renderPprof } from '../../render/profile/pprof.ts';
import { renderSpeedscope } from '../../render/profile/speedscope.ts';
import type { ProfileReport } from '../../report/profile.ts';
import { buildTimeline } from '../../report/timeline.ts';
import { bundlePage } from '../page/assets.ts';
import type { Profiled } from './requests.ts';

/** What lies in the directory of a profile. */
export const files = {
  page: 'profile.html',
  speedscope: 'profile.speedscope.json',
  pprof: 'profile.pb.gz',
  json: 'profile.json',
  traces: 'traces.jsonl',
} as const;

/**
 * @returns the directory, made if need be: before anything is sent, so that nobody waits for nothing
 * @throws Failure (usage) when it cannot be made
 */
export async function makeDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true });
    return directory;
  } catch (error) {
    throw misuse({
      expected: 'OUT to be a directory that can be written',
      got: reason(error),
      next: 'make profile URL=… OUT=/tmp/profile',
    });
  }
}

/** Everything that is known, for whatever the reader likes to look at it with. */
export async function writeProfile(
  directory: string,
  profile: ProfileReport,
  requests: readonly Profiled[],
): Promise<void> {
  const write = (name: string, content: string | Uint8Array) => writeFile(join(directory, name), content);
  const timelines = profile.reports.map(({ label, report }) => buildTimeline(label, traceOf(requests, report.traceId)));
  const startNs = requests[0]?.trace.epochNs ?? 0n;
  await Promise.all([
    write(files.page, renderProfilePage(profile, await bundlePage())),
    write(files.speedscope, renderSpeedscope(profile, timelines)),
    write(files.pprof, await promisify(gzip)(renderPprof(profile, startNs))),
    write(files.json, JSON.stringify(profile, null, 2)),
    write(files.traces, requests.map(({ raw }) => raw.trim().replaceAll('\n', ' ')).join('\n')),
  ]);
}

function traceOf(requests: readonly Profiled[], traceId: string): Trace {
  return (requests.find(({ trace }) => trace.traceId === traceId) as Profiled).trace;
}
