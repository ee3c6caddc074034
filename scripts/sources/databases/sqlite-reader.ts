/** Reads a statement from stdin and prints the plan that a SQLite file has for it, as an `Answer`: `node sqlite-reader.ts FILE`. */
import { existsSync, realpathSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { Answer, TableSize } from '../../model/plan.ts';

/** Rows that are counted; of a larger table it is enough to know that it is. */
const MOST_COUNTED = 100_000;
const MOST_TABLES = 8;
/** Bytes: a statement may be made to grow while it is planned. */
const MEMORY = 256 * 2 ** 20;

function answer(file: string, statement: string): Answer {
  using database = new DatabaseSync(address(file), { readOnly: true, allowExtension: false });
  database.exec(`PRAGMA hard_heap_limit = ${MEMORY}`);
  // The statement is compiled, and running this prints its plan: EXPLAIN QUERY PLAN never runs it. Only the first statement of a text
  // is compiled; placeholders need no values.
  const lines = database
    .prepare(`EXPLAIN QUERY PLAN ${statement}`)
    .all()
    .map(({ detail }) => String(detail));
  return {
    plan: { system: 'sqlite', lines },
    tables: tablesOf(database, [statement, ...lines].join('\n').toLowerCase()),
  };
}

/**
 * Reading a database in WAL mode leaves two files beside it. A file that nobody has open (it would have one of these beside it) is
 * read as one that cannot change, which leaves nothing. They lie beside the file itself, not beside a link to it.
 */
function address(file: string): URL {
  const real = realpathSync(file);
  const url = pathToFileURL(real);
  if (!existsSync(`${real}-wal`) && !existsSync(`${real}-journal`)) url.searchParams.set('immutable', '1');
  return url;
}

/** Those that the statement or its plan (which goes by other names) may mean, in lower case. */
function tablesOf(database: DatabaseSync, text: string): TableSize[] {
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %'`)
    .all()
    .map(({ name }) => String(name))
    .filter((name) => isIn(text, name.toLowerCase()));
  return tables.slice(0, MOST_TABLES).map((name) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const counted = database
      .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${quoted} LIMIT ${MOST_COUNTED + 1})`)
      .get();
    const rows = Number(counted?.n);
    return rows > MOST_COUNTED ? { name, rows: MOST_COUNTED, precision: 'least' } : { name, rows, precision: 'exact' };
  });
}

/** As a word, or as some: names may have blanks. */
function isIn(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1))
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) return true;
  return false;
}

function safely(file: string, statement: string): Answer {
  try {
    return answer(file, statement);
  } catch (error) {
    const { message } = error as Error;
    // SQLite's words for a log that only a writer may play back; nobody has tried to write.
    return { unknown: /write a readonly/.test(message) ? 'somebody is writing to it, or has broken off' : message };
  }
}

process.stdout.write(JSON.stringify(safely(process.argv[2] ?? '', await text(process.stdin))));
