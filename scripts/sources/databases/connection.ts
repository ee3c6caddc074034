import { misuse } from '../../failure.ts';

/** Where PostgreSQL is, as libpq takes it. */
export interface Connection {
  /** URL or connection string without the password: others can see a program's arguments. */
  target: string;
  /** null: none given; psql looks into PGPASSWORD and ~/.pgpass. */
  password: string | null;
  /** As it may be shown: without password, user and options. */
  name: string;
}

// Also without its slashes: whoever forgets them does not mean a file, and what is no file's name may hold a password.
const URL_START = /^postgres(?:ql)?:/i;
const KEYS =
  /(?:^|\s)(?:host|hostaddr|port|dbname|user|password|passfile|service|sslmode|connect_timeout|options)\s*=/i;
const PASSWORD = /^password=/i;
const PAIR = /(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)/gs;

/** Whether somebody means PostgreSQL by it. */
export const isConnection = (given: string): boolean => URL_START.test(given) || KEYS.test(given);

/** @throws Failure (usage), which repeats nothing of what was given: it may be the password */
export function readConnection(given: string): Connection {
  return URL_START.test(given) ? readUrl(given) : readPairs(given);
}

/** By libpq's grammar: `postgres://user:password@host:port,host2/database?name=value`. */
function readUrl(given: string): Connection {
  const [, scheme = '', user, fromUser, hosts = '', path = '', query = ''] =
    /^(postgres(?:ql)?:\/\/)(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^/?#@]*)(\/[^?#@]*)?(?:\?([^#@]*))?$/i.exec(given) ?? [];
  if (scheme === '') throw unreadable('a URL without //, or with one of @ / ? # in a place of its own');
  const options = query.split('&').filter((each) => each !== '');
  const fromQuery = options.find((each) => PASSWORD.test(each))?.replace(PASSWORD, '');
  const rest = options.filter((each) => !PASSWORD.test(each)).join('&');
  const password = fromQuery ?? fromUser;
  return {
    // psql takes no capitals there.
    target: `${scheme.toLowerCase()}${user === undefined ? '' : `${user}@`}${hosts}${path}${rest === '' ? '' : `?${rest}`}`,
    password: password === undefined ? null : decode(password),
    name: `${scheme.toLowerCase()}${hosts}${path}`,
  };
}

function readPairs(given: string): Connection {
  if (given.replaceAll(PAIR, '').trim() !== '') throw unreadable('text between pairs of name=value');
  const pairs = [...given.matchAll(PAIR)].map(([text, key = '', value = '']) => ({
    text,
    key: key.toLowerCase(),
    value,
  }));
  const password = pairs.findLast(({ key }) => key === 'password')?.value;
  const join = (kept: (key: string) => boolean) =>
    pairs
      .filter(({ key }) => kept(key))
      .map(({ text }) => text)
      .join(' ');
  return {
    target: join((key) => key !== 'password'),
    password: password === undefined ? null : password.replace(/^'(.*)'$/s, '$1').replaceAll(/\\(.)/gs, '$1'),
    name: join((key) => /^(host|hostaddr|port|dbname|service)$/.test(key)) || 'PostgreSQL',
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable('a % that begins no %XX');
  }
}

const unreadable = (got: string) =>
  misuse({
    expected: 'EXPLAIN to name PostgreSQL as psql takes it',
    got,
    next: 'write special characters of a password as %XX (/ is %2F, @ is %40), or leave it to PGPASSWORD or ~/.pgpass',
  });
