import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { $ } from 'zx';
import { paths } from '../paths.ts';
import { go } from './go-build.ts';
import type { GoPlatform, Program, Report } from './program.ts';

const releases = 'https://github.com/jaegertracing/jaeger/releases/download';
const release = '2.20.0';
/** The Go module v1.76.0 is the same commit as Jaeger 2.13.0: Go cannot name the v2 tags (no /v2 in the module path). */
const module = 'github.com/jaegertracing/jaeger@v1.76.0';
const built = '2.13.0';

const folder = ({ os, arch }: GoPlatform) => `jaeger-${release}-${os}-${arch}`;

/** Jaeger 2: storage, query API and web page in one binary. */
export const jaeger: Program = {
  name: 'jaeger',
  title: 'Jaeger',
  variable: 'ONETRACE_JAEGER_BIN',
  commands: ['jaeger'],
  config: paths.jaegerConfig,
  release: {
    version: release,
    archive: (platform) => `${releases}/v${release}/${folder(platform)}.tar.gz`,
    checksums: () => `${releases}/v${release}/jaeger-${release}.sha256sum.txt`,
    member: (platform) => `${folder(platform)}/jaeger`,
  },
  build: {
    version: built,
    caveat: 'built from its Go modules it has no web page (the assets are not in the module); its API is complete',
    prepare,
  },
};

/** The module cannot be built where it lies (read-only) nor with `go install` (it has a replace directive): copy it out. */
async function prepare(directory: string, report: Report) {
  const source = JSON.parse(await go(directory, ['mod', 'download', '-json', module], report)) as { Dir: string };
  const cwd = join(directory, 'jaeger');
  await cp(source.Dir, cwd, { recursive: true });
  await $({ quiet: true })`chmod -R u+w ${cwd}`;
  const version = `-X github.com/jaegertracing/jaeger/internal/version.latestVersion=v${built}`;
  return { cwd, pkg: './cmd/jaeger', flags: ['-ldflags', `-s -w ${version}`] };
}
