import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { $ } from 'zx';
import type { GoPlatform, Release, Report } from './program.ts';

/** Time for the first byte. A network that drops packets must not hold up the fallback for minutes. */
const connectTimeoutMs = 10_000;

/**
 * Downloads an official release, verifies it against the checksum that was published with it, and puts the binary at `target`.
 * @throws Error when it cannot be reached or does not verify.
 */
export async function fetchRelease(
  release: Release,
  platform: GoPlatform,
  target: string,
  report: Report,
): Promise<void> {
  const archive = release.archive(platform);
  const expected = findChecksum(await (await get(release.checksums(platform))).text(), basename(archive));
  const body = await download(archive, report);
  const actual = createHash('sha256').update(body).digest('hex');
  if (actual !== expected) throw new Error(`checksum of ${archive} is ${actual}, published is ${expected}`);
  const directory = await mkdtemp(join(tmpdir(), 'onetrace-release-'));
  try {
    await writeFile(join(directory, 'archive.tar.gz'), body);
    const member = release.member(platform);
    await $({ quiet: true, cwd: directory })`tar -xzf archive.tar.gz ${member}`;
    await install(join(directory, member), target);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Puts a finished binary in place in one step, so that no other process ever sees half of it. */
export async function install(from: string, target: string): Promise<void> {
  await $({ quiet: true })`mkdir -p ${dirname(target)}`;
  const staged = `${target}.${process.pid}`;
  await $({ quiet: true })`cp ${from} ${staged}`;
  await chmod(staged, 0o755);
  await rename(staged, target);
}

/**
 * `sha256sum` output (`<hex> *<file>`, several lines) or a bare digest (one file per archive, as GoReleaser's split checksums).
 * @throws Error when the archive is not listed.
 */
export function findChecksum(text: string, archive: string): string {
  const lines = text.trim().split('\n');
  const line =
    lines.find((candidate) => candidate.trim().endsWith(archive)) ?? (lines.length === 1 ? lines[0] : undefined);
  const digest = line?.match(/\b[0-9a-f]{64}\b/i)?.[0];
  if (!digest) throw new Error(`no SHA-256 for ${archive} in its checksum file`);
  return digest.toLowerCase();
}

async function download(url: string, report: Report): Promise<Buffer> {
  const response = await get(url);
  const total = Number(response.headers.get('content-length'));
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    received += chunk.length;
    const share = total > 0 ? ` of ${mebibytes(total)} (${Math.floor((received / total) * 100)} %)` : '';
    report(`downloading ${basename(url)}: ${mebibytes(received)}${share}`);
  }
  return Buffer.concat(chunks);
}

async function get(url: string): Promise<Response> {
  const aborter = new AbortController();
  const timer = setTimeout(
    () => aborter.abort(new Error(`no answer within ${connectTimeoutMs / 1000} s`)),
    connectTimeoutMs,
  );
  try {
    const response = await fetch(url, { signal: aborter.signal });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response;
  } finally {
    clearTimeout(timer);
  }
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
