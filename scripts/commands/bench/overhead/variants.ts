import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../stack/paths.ts';

/** One way to run the same build. */
export interface Variant {
  name: 'off' | 'ours' | 'unsampled' | 'everything' | 'on demand' | 'profiled';
  nodeArgs: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What the caller's traceparent says. */
  sampled: boolean;
}

const preload = ['--import', '@onetrace/instrumentation/register'];

/** Upstream's own preload, with what it takes to see anything of a bundled app: the same trick as ours, nothing else of ours. */
const upstream = [
  '--import',
  '@opentelemetry/auto-instrumentations-node/register',
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    import { createRequire, syncBuiltinESMExports } from 'node:module';
    for (const name of ['http', 'https', 'net', 'dns', 'fs', 'fs/promises']) createRequire(process.execPath)('node:' + name);
    syncBuiltinESMExports();`)}`,
];

export async function variants(): Promise<Variant[]> {
  const everything = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: (await allInstrumentations()).join(',') };
  return [
    { name: 'off', nodeArgs: [], env: { OTEL_SDK_DISABLED: 'true' }, sampled: true },
    { name: 'ours', nodeArgs: preload, env: {}, sampled: true },
    { name: 'unsampled', nodeArgs: preload, env: {}, sampled: false },
    { name: 'everything', nodeArgs: upstream, env: everything, sampled: true },
  ];
}

/** The same tracing without function samples, ready for them, and with them all the time. */
export const profilerVariants: readonly Variant[] = [
  { name: 'ours', nodeArgs: preload, env: { ONETRACE_PROFILE: 'off' }, sampled: true },
  { name: 'on demand', nodeArgs: preload, env: { ONETRACE_PROFILE: 'on-demand' }, sampled: true },
  { name: 'profiled', nodeArgs: preload, env: { ONETRACE_PROFILE: 'always' }, sampled: true },
];

/** Also those that upstream leaves out unless they are named, such as fs. */
async function allInstrumentations(): Promise<string[]> {
  const file = join(root, 'node_modules/@opentelemetry/auto-instrumentations-node/package.json');
  const { dependencies } = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  const prefix = '@opentelemetry/instrumentation-';
  return Object.keys(dependencies)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}
