import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCatalogue } from '../../scripts/catalogue/write.ts';

/** For tests: a real catalogue file with two sets and four icons. */
export function sampleCatalogue(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'icon-catalogue-'));
  const path = join(folder, 'catalogue.sqlite');
  const catalogue = createCatalogue(path);
  catalogue.addSet({
    ...setFacts('pixel', 'Pixel'),
    icons: [icon('alien', 'ufo'), icon('anchor'), icon('apple')],
    categories: [{ slug: '8bit', title: '8-bit', icons: ['alien', 'anchor', 'apple'] }],
  });
  catalogue.addSet({
    ...setFacts('line', 'Line'),
    icons: [{ ...icon('alien-ship'), width: 32, height: 16 }],
    categories: [
      { slug: 'line-space', title: 'Space', icons: ['alien-ship'] },
      { slug: 'line-vehicle', title: 'Vehicle', icons: ['alien-ship'] },
    ],
  });
  catalogue.finish('test');
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

function setFacts(prefix: string, title: string) {
  return { prefix, title, author: 'Somebody', licence: 'MIT', licenceUrl: 'https://example.org/mit', version: '1.0.0' };
}

function icon(name: string, aliases = '') {
  return { name, body: `<path d="M0 0h${name.length}"/>`, left: 0, top: 0, width: 24, height: 24, aliases };
}
