import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';

const query = '?worker-url';

/**
 * `import url from './worker.ts?worker-url'` gives the URL of a file that `new Worker(url)` can run.
 *
 * Vite bundles a server without noticing the files that its threads start from. In a build the worker becomes an entry of its
 * own, and the URL is relative to the importing chunk, so the server may be started from any directory and moved as a whole.
 * In development the URL is the source itself: Node strips its types.
 */
export function workerUrl(): Plugin {
  let building = false;
  const workers = new Set<string>();
  return {
    name: 'worker-url',
    enforce: 'pre',
    configResolved(config) {
      building = config.command === 'build';
    },
    async resolveId(source, importer) {
      if (!source.endsWith(query)) return null;
      const resolved = await this.resolve(source.slice(0, -query.length), importer, { skipSelf: true });
      return resolved && `${resolved.id}${query}`;
    },
    load(id) {
      if (!id.endsWith(query)) return null;
      const file = id.slice(0, -query.length);
      if (!building) return `export default ${JSON.stringify(pathToFileURL(file).href)};`;
      const reference = this.emitFile({ type: 'chunk', id: file });
      workers.add(reference);
      return `export default import.meta.ROLLDOWN_FILE_URL_${reference};`;
    },
    resolveFileUrl({ referenceId, relativePath }) {
      // Vite's own answer is the path under which a browser would ask for the file.
      if (!workers.has(referenceId)) return null;
      return `new URL(${JSON.stringify(relativePath)}, import.meta.url).href`;
    },
  };
}
