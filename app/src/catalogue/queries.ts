import { DatabaseSync } from 'node:sqlite';
import { searchExpression } from './search-expression.ts';
import type { Category, CategoryWithPreviews, FoundIcon, IconDetail, IconShape } from './types.ts';

export type Queries = ReturnType<typeof openCatalogue>['queries'];

/** Opens the catalogue and prepares every statement once. Runs in a worker: SQLite answers synchronously. */
export function openCatalogue(path: string) {
  const database = openDatabase(path);
  const statements = {
    categories: database.prepare(`
      SELECT ${categoryColumns}, c.previews FROM category c JOIN icon_set s ON s.prefix = c.set_prefix ORDER BY c.id`),
    category: database.prepare(`
      SELECT ${categoryColumns} FROM category c JOIN icon_set s ON s.prefix = c.set_prefix WHERE c.slug = ?`),
    iconsOfCategory: database.prepare(`
      SELECT ${shapeColumns} FROM category c JOIN category_icon m ON m.category_id = c.id JOIN icon i ON i.id = m.icon_id
      WHERE c.slug = ? AND m.position >= ? ORDER BY m.position LIMIT ?`),
    icon: database.prepare(`
      SELECT i.id, i.aliases, ${shapeColumns}, m.category_id AS categoryId, m.position, s.prefix, s.author, s.licence,
        s.licence_url AS licenceUrl, s.version, ${categoryColumns}
      FROM category c JOIN icon_set s ON s.prefix = c.set_prefix
        JOIN icon i ON i.set_prefix = c.set_prefix AND i.name = ?
        JOIN category_icon m ON m.icon_id = i.id AND m.category_id = c.id
      WHERE c.slug = ?`),
    nameAt: database.prepare(`
      SELECT i.name FROM category_icon m JOIN icon i ON i.id = m.icon_id WHERE m.category_id = ? AND m.position = ?`),
    search: database.prepare(`
      SELECT ${shapeColumns}, s.title AS setTitle,
        (SELECT c.slug FROM category_icon m JOIN category c ON c.id = m.category_id WHERE m.icon_id = i.id LIMIT 1) AS category
      FROM (SELECT rowid, rank FROM icon_search WHERE icon_search MATCH ? ORDER BY rank LIMIT ?) f
        JOIN icon i ON i.id = f.rowid JOIN icon_set s ON s.prefix = i.set_prefix ORDER BY f.rank`),
  };

  const search = ({ text, limit }: { text: string; limit: number }): FoundIcon[] => {
    const expression = searchExpression(text);
    return expression === '' ? [] : rows<FoundIcon>(statements.search.all(expression, limit));
  };

  return {
    queries: {
      categories(): CategoryWithPreviews[] {
        return rows<Category & { previews: string }>(statements.categories.all()).map((row) => ({
          ...row,
          previews: JSON.parse(row.previews) as IconShape[],
        }));
      },

      category({ slug }: { slug: string }): Category | null {
        return (statements.category.get(slug) as unknown as Category | undefined) ?? null;
      },

      iconsOfCategory({ slug, offset, limit }: { slug: string; offset: number; limit: number }): IconShape[] {
        return rows<IconShape>(statements.iconsOfCategory.all(slug, offset, limit));
      },

      icon({ category, name }: { category: string; name: string }): IconDetail | null {
        const row = statements.icon.get(name, category) as unknown as IconRow | undefined;
        if (!row) return null;
        const nameAt = (position: number) =>
          (statements.nameAt.get(row.categoryId, position)?.name as string | undefined) ?? null;
        return { ...iconDetail(row), previous: nameAt(row.position - 1), next: nameAt(row.position + 1) };
      },

      search,

      /** Icons of any set that share the first word of a name. */
      relatedIcons({ name, limit }: { name: string; limit: number }): FoundIcon[] {
        return search({ text: name.split('-')[0] ?? name, limit });
      },
    },
    close: () => database.close(),
  };
}

const shapeColumns = 'i.name, i.body, i.left, i.top, i.width, i.height';
const categoryColumns = 'c.slug, c.title, c.set_prefix AS setPrefix, s.title AS setTitle, c.icon_count AS iconCount';

/** SQLite's own message does not say which file it could not open. */
function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (error) {
    throw new Error(`expected the catalogue at ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** node:sqlite types every column as any SQLite value; the statement above says which it is. */
function rows<T>(found: unknown[]): T[] {
  return found as T[];
}

interface IconRow extends IconShape, Category {
  id: number;
  aliases: string;
  categoryId: number;
  position: number;
  prefix: string;
  author: string;
  licence: string;
  licenceUrl: string;
  version: string;
}

function iconDetail(row: IconRow): Omit<IconDetail, 'previous' | 'next'> {
  const { id, name, body, left, top, width, height, aliases } = row;
  const { slug, title, setPrefix, setTitle, iconCount } = row;
  const { prefix, author, licence, licenceUrl, version } = row;
  return {
    icon: { id, name, body, left, top, width, height, aliases: aliases === '' ? [] : aliases.split(' ') },
    category: { slug, title, setPrefix, setTitle, iconCount },
    set: { prefix, title: setTitle, author, licence, licenceUrl, version },
  };
}
