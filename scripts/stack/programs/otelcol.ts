import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../paths.ts';
import { go } from './go-build.ts';
import type { GoPlatform, Program, Report } from './program.ts';

const releases = 'https://github.com/open-telemetry/opentelemetry-collector-releases/releases/download';
/** The newest version whose modules are all published; the builder must be of the same version. */
const version = '0.158.0';
const manifest = join(import.meta.dirname, 'otelcol-builder.yaml');

const archive = ({ os, arch }: GoPlatform) => `${releases}/v${version}/otelcol-contrib_${version}_${os}_${arch}.tar.gz`;

/** The OpenTelemetry Collector, contrib distribution: the plain one lacks otlp_json_file, tail_sampling and redaction. */
export const otelcol: Program = {
  name: 'otelcol',
  title: 'OpenTelemetry Collector',
  variable: 'ONETRACE_OTELCOL_BIN',
  commands: ['otelcol-contrib'],
  config: paths.collectorConfig,
  release: {
    version,
    archive,
    checksums: (platform) => `${archive(platform)}.sha256`,
    member: () => 'otelcol-contrib',
  },
  build: { version, caveat: '', prepare },
};

/** The builder writes the main package; compiling is left to us, because only `go build -v` shows how far it is. */
async function prepare(directory: string, report: Report) {
  await copyFile(manifest, join(directory, 'builder.yaml'));
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${version}`;
  await go(directory, ['run', builder, '--config', 'builder.yaml', '--skip-compilation'], report);
  return { cwd: join(directory, '_build'), pkg: '.', flags: ['-ldflags', '-s -w'] };
}
