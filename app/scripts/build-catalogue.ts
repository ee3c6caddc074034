/**
 * Writes data/catalogue.sqlite from the installed icon sets. Runs before `astro dev` and `astro build`; when neither the
 * sets nor this code changed since the last run it only says so.
 */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, isUpToDate } from './catalogue/fingerprint.ts';
import { readSet } from './catalogue/read-set.ts';
import { iconSets } from './catalogue/sets.ts';
import { createCatalogue } from './catalogue/write.ts';

const target = fileURLToPath(new URL('../data/catalogue.sqlite', import.meta.url));
const shownTarget = relative(process.cwd(), target);
const started = performance.now();
const inputs = fingerprint();

if (isUpToDate(target, inputs)) {
  console.log(`catalogue  ${shownTarget} is up to date`);
} else {
  build();
}

function build(): void {
  // Built beside the target and renamed, so that an interrupted run never leaves half a catalogue behind.
  const draft = `${target}.${process.pid}.draft`;
  mkdirSync(dirname(target), { recursive: true });
  rmSync(draft, { force: true });

  try {
    const catalogue = createCatalogue(draft);
    iconSets.forEach((definition, index) => {
      const set = readSet(definition);
      catalogue.addSet(set);
      console.log(
        `catalogue  [${index + 1}/${iconSets.length}] ${set.title} ${set.version}: ` +
          `${set.icons.length} icons in ${set.categories.length} categories`,
      );
    });
    const totals = catalogue.finish(inputs);
    renameSync(draft, target);
    const size = (statSync(target).size / 2 ** 20).toFixed(1);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `catalogue  ${totals.icons} icons, ${totals.categories} categories → ${shownTarget} (${size} MiB, ${seconds} s)`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}
