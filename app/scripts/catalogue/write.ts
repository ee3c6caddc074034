import { DatabaseSync } from 'node:sqlite';
import type { IconSet, SourceCategory, SourceIcon } from './read-set.ts';
import { schema } from './schema.ts';

const previewsPerCategory = 8;

export interface CatalogueWriter {
  addSet(set: IconSet): void;
  /** Stamps the inputs, so that the next run can tell whether there is anything to do, and closes the file. */
  finish(inputs: string): { icons: number; categories: number };
}

export function createCatalogue(path: string): CatalogueWriter {
  const database = new DatabaseSync(path);
  // A draft that is thrown away when anything fails needs no journal and no fsync.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;');
  database.exec(schema);
  database.exec('BEGIN');

  const insertSet = database.prepare('INSERT INTO icon_set VALUES (?, ?, ?, ?, ?, ?)');
  const insertIcon = database.prepare('INSERT INTO icon VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertWords = database.prepare('INSERT INTO icon_search (rowid, words) VALUES (?, ?)');
  const insertCategory = database.prepare('INSERT INTO category VALUES (NULL, ?, ?, ?, ?, ?)');
  const insertMember = database.prepare('INSERT INTO category_icon VALUES (?, ?, ?)');
  const totals = { icons: 0, categories: 0 };

  return {
    addSet(set) {
      insertSet.run(set.prefix, set.title, set.author, set.licence, set.licenceUrl, set.version);
      const ids = new Map<string, number | bigint>();
      for (const icon of set.icons) {
        const { lastInsertRowid } = insertIcon.run(
          set.prefix,
          icon.name,
          icon.body,
          icon.left,
          icon.top,
          icon.width,
          icon.height,
          icon.aliases,
        );
        ids.set(icon.name, lastInsertRowid);
        insertWords.run(lastInsertRowid, `${icon.name} ${icon.aliases}`);
      }
      const icons = new Map(set.icons.map((icon) => [icon.name, icon]));
      for (const category of set.categories) {
        const { lastInsertRowid } = insertCategory.run(
          set.prefix,
          category.slug,
          category.title,
          category.icons.length,
          JSON.stringify(previews(category, icons)),
        );
        category.icons.forEach((name, position) => {
          insertMember.run(lastInsertRowid, position, ids.get(name) ?? null);
        });
      }
      totals.icons += set.icons.length;
      totals.categories += set.categories.length;
    },

    finish(inputs) {
      database.prepare('INSERT INTO meta VALUES (?, ?)').run('inputs', inputs);
      database.exec("INSERT INTO icon_search (icon_search) VALUES ('optimize'); COMMIT; ANALYZE;");
      database.close();
      return totals;
    },
  };
}

/** A few icons spread over the category: neighbours in the alphabet tend to be variants of one drawing. */
function previews(category: SourceCategory, icons: Map<string, SourceIcon>): Omit<SourceIcon, 'aliases'>[] {
  const step = Math.max(1, Math.floor(category.icons.length / previewsPerCategory));
  return category.icons
    .filter((_, index) => index % step === 0)
    .slice(0, previewsPerCategory)
    .flatMap((name) => icons.get(name) ?? [])
    .map(({ aliases: _, ...icon }) => icon);
}
