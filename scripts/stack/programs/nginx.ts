import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { $, which } from 'zx';
import { absent, misuse } from '../../failure.ts';
import type { Settings } from '../../settings.ts';
import { cacheDirectory, root } from '../paths.ts';
import type { Binary, Report } from './program.ts';

/** Where distributions put nginx; root's directories are often missing from a user's PATH. */
const places = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'];
/** Debian and Ubuntu 24.04 ship the binary in `nginx`, older Ubuntus in `nginx-core`. */
const debianPackages = ['nginx', 'nginx-core'];

/** nginx: explicit path → PATH → cache → the package manager. No system service is started and nothing is configured. */
export async function resolveNginx(settings: Settings, report: Report): Promise<Binary> {
  const explicit = settings.ONETRACE_NGINX_BIN;
  if (explicit !== undefined) {
    const path = resolvePath(root, explicit);
    const version = await versionOf(path);
    if (version !== null) return { path, version, origin: 'variable' };
    throw misuse({
      expected: 'ONETRACE_NGINX_BIN to be an nginx binary',
      got: `${path}, which does not answer -v`,
      next: 'correct ONETRACE_NGINX_BIN, or unset it to let make up find one',
    });
  }
  const cached = join(cacheDirectory(settings), 'nginx', 'usr', 'sbin', 'nginx');
  const onPath = await which('nginx', { nothrow: true });
  for (const path of [onPath, ...places, cached]) {
    if (path === null || !(await isExecutable(path))) continue;
    const version = await versionOf(path);
    if (version !== null) return { path, version, origin: path === cached ? 'cache' : 'PATH' };
  }
  return (await fromDebian(cached, report)) ?? (await fromHomebrew(report)) ?? giveUp();
}

/**
 * Downloads Debian's package and unpacks it into the cache instead of installing it: that needs no root, and no
 * maintainer script can start a service. Its libraries (libc, OpenSSL, PCRE2, zlib) are there wherever git and curl are.
 */
async function fromDebian(target: string, report: Report): Promise<Binary | null> {
  if (!(await which('apt-get', { nothrow: true })) || !(await which('dpkg-deb', { nothrow: true }))) return null;
  for (const name of debianPackages) {
    const directory = await mkdtemp(join(tmpdir(), 'onetrace-nginx-'));
    try {
      report(`apt-get download ${name}`);
      if (!(await download(name, directory, report))) continue;
      const [archive] = (await readdir(directory)).filter((file) => file.endsWith('.deb'));
      if (archive === undefined) continue;
      await $({ quiet: true, cwd: directory })`dpkg-deb -x ${archive} unpacked`;
      const binary = join(directory, 'unpacked', 'usr', 'sbin', 'nginx');
      const version = await versionOf(binary);
      if (version === null) continue;
      await mkdir(dirname(target), { recursive: true });
      await $({ quiet: true })`cp ${binary} ${target}.${process.pid}`;
      await rename(`${target}.${process.pid}`, target);
      return { path: target, version, origin: 'package' };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return null;
}

/** A fresh Debian has no package lists; only root may fetch them. */
async function download(name: string, cwd: string, report: Report): Promise<boolean> {
  const get = () => $({ quiet: true, nothrow: true, cwd })`apt-get download ${name}`;
  if ((await get()).exitCode === 0) return true;
  if (process.getuid?.() !== 0) return false;
  report('apt-get update');
  await $({ quiet: true, nothrow: true })`apt-get update`;
  return (await get()).exitCode === 0;
}

async function fromHomebrew(report: Report): Promise<Binary | null> {
  if (!(await which('brew', { nothrow: true }))) return null;
  report('brew install nginx (no service is started)');
  await $({ quiet: true, nothrow: true })`brew install nginx`;
  const path = await which('nginx', { nothrow: true });
  const version = path === null ? null : await versionOf(path);
  return path === null || version === null ? null : { path, version, origin: 'package' };
}

function giveUp(): never {
  throw absent({
    expected: 'nginx on PATH, in ONETRACE_NGINX_BIN, or from the package manager',
    got: 'none of them',
    next: 'install it (sudo apt-get install nginx · sudo dnf install nginx · apk add nginx · brew install nginx) and run make up again',
  });
}

/** nginx prints its version on stderr. Null when this is no nginx, or one whose libraries are missing. */
async function versionOf(path: string): Promise<string | null> {
  const printed = await $({ quiet: true, nothrow: true })`${path} -v`;
  return printed.stderr.match(/nginx\/(\d+\.\d+\.\d+)/)?.[1] ?? null;
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
