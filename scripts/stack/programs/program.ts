/** A program of the stack that is not a Node package: where it may come from and how we know that it fits. */
export interface Program {
  /** `jaeger` or `otelcol`: the name in the cache and in messages. */
  name: string;
  title: string;
  /** The variable that names a binary of the user's own. */
  variable: 'ONETRACE_JAEGER_BIN' | 'ONETRACE_OTELCOL_BIN';
  /** Names it has on PATH. */
  commands: readonly string[];
  /** Our configuration: a binary that refuses it is of no use, whatever its version says. */
  config: string;
  release: Release;
  build: GoBuild;
}

/** An official release: an archive, the file with its SHA-256, and the binary inside. */
export interface Release {
  version: string;
  archive: (platform: GoPlatform) => string;
  checksums: (platform: GoPlatform) => string;
  member: (platform: GoPlatform) => string;
}

/** How to build it from its Go modules when no release can be reached. */
export interface GoBuild {
  version: string;
  /** What a user loses with this build, in one sentence; empty when nothing. */
  caveat: string;
  /** Prepares a source tree in `directory` and names the package to build. */
  prepare: (directory: string, report: Report) => Promise<{ cwd: string; pkg: string; flags: readonly string[] }>;
}

export interface GoPlatform {
  os: 'linux' | 'darwin';
  arch: 'amd64' | 'arm64';
}

/** A program that is ready to be run. */
export interface Binary {
  path: string;
  /** As the program itself tells it, else the pinned version. */
  version: string;
  /** Where it came from, for the table that `make up` prints. */
  origin: 'variable' | 'PATH' | 'cache' | 'release' | 'built' | 'package';
}

/** Shows the latest line of a long step. */
export type Report = (line: string) => void;
