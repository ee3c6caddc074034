import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { reason } from '../../failure.ts';
import type { Warning } from '../../model/trace.ts';
import { root } from '../../stack/paths.ts';

/** A full disk, or a directory that root has made, must not cost the verdict. */
export async function save(
  directory: string,
  traceId: string,
  raw: string,
): Promise<{ file: string | null; warnings: Warning[] }> {
  const file = join(directory, `${traceId}.json`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, raw);
    return { file: relative(root, file), warnings: [] };
  } catch (error) {
    const message = `the raw trace was not saved: ${reason(error)}`;
    return { file: null, warnings: [{ code: 'not-saved', message, spanIds: [] }] };
  }
}
