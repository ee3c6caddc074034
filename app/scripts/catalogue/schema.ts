/** The catalogue's tables. The server only reads them; everything a page needs sorted or counted is so at build time. */
export const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE icon_set (
    prefix TEXT PRIMARY KEY, title TEXT NOT NULL, author TEXT NOT NULL,
    licence TEXT NOT NULL, licence_url TEXT NOT NULL, version TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE icon (
    id INTEGER PRIMARY KEY, set_prefix TEXT NOT NULL REFERENCES icon_set, name TEXT NOT NULL, body TEXT NOT NULL,
    left REAL NOT NULL, top REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL, aliases TEXT NOT NULL,
    UNIQUE (set_prefix, name)
  );

  CREATE TABLE category (
    id INTEGER PRIMARY KEY, set_prefix TEXT NOT NULL REFERENCES icon_set, slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL, icon_count INTEGER NOT NULL, previews TEXT NOT NULL
  );

  CREATE TABLE category_icon (
    category_id INTEGER NOT NULL REFERENCES category, position INTEGER NOT NULL, icon_id INTEGER NOT NULL REFERENCES icon,
    PRIMARY KEY (category_id, position)
  ) WITHOUT ROWID;
  CREATE INDEX category_of_icon ON category_icon (icon_id, category_id);

  CREATE VIRTUAL TABLE icon_search USING fts5 (words, content = '', prefix = '2 3');
`;
