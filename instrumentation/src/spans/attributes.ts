import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { diag } from './otel.ts';

/**
 * What may be an attribute, as `@opentelemetry/core` 3 has it, whose own functions would cost a worker 25 ms to load. Values that are none
 * are dropped: a span of a worker is posted with an answer of the app's, which a function in it would make fail.
 */

const has = Object.prototype.hasOwnProperty;

/** Text, numbers, booleans, bytes, null, and lists and plain objects of these. */
export function isAnyValue(value: unknown, seen?: Set<object>): boolean {
  if (typeof value !== 'object') return isPrimitive(value);
  if (value === null || value instanceof Uint8Array) return true;
  const around = seen ?? new Set();
  if (around.has(value)) return false;
  around.add(value);
  if (Array.isArray(value)) return value.every((item) => item === undefined || isAnyValue(item, around));
  if (value.constructor !== Object && value.constructor !== undefined) return false;
  return Object.values(value).every((item) => item === undefined || isAnyValue(item, around));
}

/** Attributes of events: one text, number or boolean, or a list of one kind of them with gaps. */
export function isSimpleValue(value: unknown): boolean {
  if (!Array.isArray(value)) return isPrimitive(value);
  const first = value.find((item) => item !== null && item !== undefined);
  return value.every(
    (item) => item === null || item === undefined || (isPrimitive(item) && typeof item === typeof first),
  );
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** What is the caller's is copied; what is too long is cut. */
export function copied(value: unknown, limit: number): AttributeValue {
  return copyOf(value, limit) as AttributeValue;
}

function copyOf(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return value.length <= limit ? value : value.substring(0, limit);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return bytesOf(value, limit);
  if (Array.isArray(value)) return value.map((item) => copyOf(item, limit));
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) copy[key] = copyOf(item, limit);
  return copy;
}

/** Their buffer may be given to another thread, and has no bytes here from then on. */
function bytesOf(value: Uint8Array, limit: number): Uint8Array {
  return value.length === 0 ? new Uint8Array() : new Uint8Array(value.subarray(0, limit));
}

/** A copy of those that are valid, as many as there may be. `{}` where there are none to begin with. */
export function cleaned(
  attributes: Attributes | undefined,
  countLimit: number,
  lengthLimit: number,
  isValid: (value: unknown) => boolean,
): { attributes?: Attributes; droppedAttributesCount?: number } {
  if (typeof attributes !== 'object' || attributes === null) return {};
  const kept: Attributes = {};
  let count = 0;
  let dropped = 0;
  for (const key in attributes) {
    if (!has.call(attributes, key) || attributes[key] === undefined) continue;
    if (count < countLimit && isKey(key) && isValueOf(key, attributes[key], isValid)) {
      kept[key] = copied(attributes[key], lengthLimit);
      count++;
    } else dropped++;
  }
  return { attributes: kept, droppedAttributesCount: dropped };
}

export function isValueOf(key: string, value: unknown, isValid: (value: unknown) => boolean): boolean {
  if (isValid(value)) return true;
  diag.warn(`an attribute whose value is none of OpenTelemetry's is dropped: '${key}'`);
  return false;
}

export function isKey(key: string): boolean {
  if (typeof key === 'string' && key !== '') return true;
  diag.warn('an attribute without a name is dropped');
  return false;
}
