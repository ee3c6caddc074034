import type { Attributes, AttributeValue } from '../model/trace.ts';
import { isObject, type Json, objectsIn } from './documents.ts';
import { type Notes, quote } from './notes.ts';

/** Deeper than anybody nests attributes on purpose; a limit, because the input may nest without one. */
const DEEPEST = 16;

const NOTHING: Attributes = {};

/** `[{ key, value: { stringValue } }]` → a plain object. */
export function readAttributes(value: unknown, notes: Notes): Attributes {
  const pairs = objectsIn(value, 'attributes', notes);
  return pairs.length === 0 ? NOTHING : toObject(pairs, 0);
}

/** A string; anything else is an empty one. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/**
 * Ids as hex, lower case. OTLP says hex; plain Protobuf JSON (older gateways) says base64; short hex comes from 64-bit tracers.
 * null: absent, all zero, or unreadable.
 */
export function readId(value: unknown, bytes: 8 | 16): string | null {
  if (typeof value !== 'string' || value === '') return null;
  const digits = bytes * 2;
  if (value.length <= digits && /^0*[1-9a-f][0-9a-f]*$/i.test(value)) return value.toLowerCase().padStart(digits, '0');
  if (value.length !== (bytes === 8 ? 12 : 24) || !/^[A-Za-z0-9+/_-]+={1,2}$/.test(value)) return null;
  const hex = Buffer.from(value, 'base64').toString('hex');
  return hex.length !== digits || /^0+$/.test(hex) ? null : hex;
}

/** null: a root. Empty and all zero are ways to say so; anything else that is no id is noted. */
export function readParentId(value: unknown, field: string, spanId: string, notes: Notes): string | null {
  const id = readId(value, 8);
  if (id !== null) return id;
  const absent =
    value === undefined || value === null || value === '' || (typeof value === 'string' && /^0+$/.test(value));
  if (!absent)
    notes.add(
      'bad-parent',
      `${field}: expected 16 hex digits or nothing, got ${quote(value)}; taken as a root`,
      spanId,
    );
  return null;
}

/** An int64 or fixed64, which JSON carries as a string or, losing digits, as a number. null: not a time. */
export function readTime(value: unknown): bigint | null {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return BigInt(Math.round(value));
  return null;
}

/** µs since 1970, whole or with a fraction → ns. null: not a time. */
export function readMicroseconds(value: unknown): bigint | null {
  const whole = readTime(typeof value === 'number' ? Math.trunc(value) : value);
  if (whole === null) return null;
  return whole * 1000n + (typeof value === 'number' ? BigInt(Math.round((value % 1) * 1000)) : 0n);
}

/** An enum as number or name: `2`, `"2"`, `"SPAN_KIND_SERVER"` → the name at that place, without its prefix and in lower case. */
export function readEnum<const T extends readonly string[]>(
  value: unknown,
  prefix: string,
  names: T,
): T[number] | null {
  if (value === undefined || value === null) return names[0] ?? null;
  const name = typeof value === 'string' ? value.toLowerCase().replace(prefix, '') : undefined;
  return names[Number(value)] ?? names.find((known) => known === name) ?? null;
}

/** Millions of them: one by one costs half of what a list of entries does. */
function toObject(pairs: readonly Json[], depth: number): { [key: string]: AttributeValue } {
  const result: { [key: string]: AttributeValue } = {};
  for (const pair of pairs) {
    const key = String(pair.key ?? '');
    const value = anyValue(pair.value, depth);
    // Assigned, it would be no entry but the object's prototype.
    if (key === '__proto__')
      Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
    else result[key] = value;
  }
  return result;
}

function anyValue(value: unknown, depth: number): AttributeValue {
  if (!isObject(value)) return scalar(value);
  if ('intValue' in value) return integer(value.intValue);
  if (isObject(value.arrayValue))
    return depth >= DEEPEST ? '…' : items(value.arrayValue).map((item) => anyValue(item, depth + 1));
  if (isObject(value.kvlistValue)) {
    const pairs = items(value.kvlistValue).filter(isObject);
    return depth >= DEEPEST ? '…' : toObject(pairs, depth + 1);
  }
  return scalar(value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue);
}

function items(list: Json): unknown[] {
  return Array.isArray(list.values) ? list.values : [];
}

/** An int64, which JSON carries as a string: a number where it fits into one. */
export function integer(value: unknown): AttributeValue {
  return typeof value === 'string' && Number.isSafeInteger(Number(value)) && value.trim() !== ''
    ? Number(value)
    : scalar(value);
}

/** A value that JSON carries as it is. */
export function scalar(value: unknown): AttributeValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no NaN and no infinity; as words they survive.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return null;
}
