import { relative } from 'node:path';
import MagicString from 'magic-string';

/** As much of what Vite tells of a chunk as is needed here. */
interface Chunk {
  isEntry: boolean;
  facadeModuleId: string | null;
}

/** What the preload of a thread listens to: the file as its author named it, and the one that was made of it. */
const TELL = 'globalThis[Symbol.for("onetrace")]?.thread?.';

/**
 * The file that a thread is started from is an entry of the bundle, which has a name of the bundler's. It says itself from what it was
 * made; without the preload, and where it is not a thread's first file, to nobody.
 */
export function threadNamesPlugin() {
  let root = '';
  return {
    name: 'onetrace-thread-names',
    applyToEnvironment: (environment: { name: string }) => environment.name === 'ssr',
    configResolved(config: { root: string }) {
      root = config.root;
    },
    renderChunk(code: string, { isEntry, facadeModuleId }: Chunk): { code: string; map: object } | undefined {
      if (!isEntry || facadeModuleId === null || /[\0?]|\/node_modules\//.test(facadeModuleId)) return undefined;
      const file = relative(root, facadeModuleId).replaceAll('\\', '/');
      const text = new MagicString(code).prepend(`${TELL}(${JSON.stringify(file)}, import.meta.url);\n`);
      return { code: text.toString(), map: text.generateMap({ hires: 'boundary' }) };
    },
  };
}
