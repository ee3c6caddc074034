import type { Span } from '@opentelemetry/api';
import { now } from '../worker/clock.ts';
import { failed, ran, recordingParent } from './span.ts';

type Method = (this: object, ...args: never[]) => unknown;
type Methods = Record<string, Method>;

/**
 * Puts a span around every method of a statement, or of the prototype of all statements, that runs SQL. Methods keep their name and
 * length; what they return or throw is the driver's own. `lists` are those that return rows, `none` is what `get` returns where there is no row.
 */
export function patchStatement(
  statement: object,
  textOf: (of: object) => string,
  { lists = ['all'], none = undefined as null | undefined } = {},
): void {
  for (const name of lists)
    replace(statement, name, (method) => around(method, textOf, (rows) => (Array.isArray(rows) ? rows.length : -1)));
  replace(statement, 'get', (method) => around(method, textOf, (row) => (row === none ? 0 : 1)));
  replace(statement, 'run', (method) => around(method, textOf));
  replace(statement, 'iterate', (method) => iterating(method, textOf));
}

/** The same for methods of a database whose first argument is the SQL. */
export function patchDatabase(database: object, methods: string[]): void {
  for (const name of methods)
    replace(database, name, (method) => around(method, (_, sql) => (typeof sql === 'string' ? sql : '')));
}

/** Without a statement, or with one whose database is closed, the driver's own error is the one to throw. */
export function textIn(statement: object, property: string): string {
  try {
    return String((statement as Record<string, unknown>)[property]);
  } catch {
    return '';
  }
}

function around(
  method: Method,
  textOf: (of: object, sql: unknown) => string,
  count: (result: unknown) => number = unknown,
): Method {
  return function (...args) {
    const parent = recordingParent();
    if (parent === undefined) return Reflect.apply(method, this, args);
    const start = now();
    let result: unknown;
    try {
      result = Reflect.apply(method, this, args);
    } catch (error) {
      failed(parent, textOf(this, args[0]), start, error);
      throw error;
    }
    ran(parent, textOf(this, args[0]), start, count(result));
    return result;
  };
}

function unknown(): number {
  return -1;
}

/** An iterator that is being read. One that is dropped half-way takes its span with it. */
interface Reading {
  parent: Span;
  text: string;
  start: number;
  /** So far. */
  rows: number;
}

const reading = new WeakMap<object, Reading>();
const patchedIterators = new WeakSet<object>();

function iterating(method: Method, textOf: (of: object) => string): Method {
  return function (...args) {
    const parent = recordingParent();
    if (parent === undefined) return Reflect.apply(method, this, args);
    const start = now();
    let iterator: object;
    try {
      iterator = Reflect.apply(method, this, args) as object;
    } catch (error) {
      failed(parent, textOf(this), start, error);
      throw error;
    }
    patchIterator(Object.getPrototypeOf(iterator));
    reading.set(iterator, { parent, text: textOf(this), start, rows: 0 });
    return iterator;
  };
}

function patchIterator(prototype: object): void {
  if (patchedIterators.has(prototype)) return;
  patchedIterators.add(prototype);
  replace(prototype, 'next', following);
  replace(prototype, 'return', following);
}

function following(method: Method): Method {
  return function (...args) {
    const read = reading.get(this);
    if (read === undefined) return Reflect.apply(method, this, args);
    let result: { done?: boolean };
    try {
      result = Reflect.apply(method, this, args) as typeof result;
    } catch (error) {
      reading.delete(this);
      failed(read.parent, read.text, read.start, error);
      throw error;
    }
    if (result.done) {
      reading.delete(this);
      ran(read.parent, read.text, read.start, read.rows);
    } else read.rows++;
    return result;
  };
}

function replace(prototype: object, name: string, by: (method: Method) => Method): void {
  const method = (prototype as Methods)[name];
  if (typeof method !== 'function') return;
  const patched = by(method);
  for (const key of ['name', 'length'] as const)
    Object.defineProperty(patched, key, { value: method[key], configurable: true });
  (prototype as Methods)[name] = patched;
}
