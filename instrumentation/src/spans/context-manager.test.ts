import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect, test, vi } from 'vitest';
import { Contexts } from './context-manager.ts';

const key = createContextKey('name');
const named = (name: string) => ROOT_CONTEXT.setValue(key, name);
const outer = named('outer');
const inner = named('inner');
const other = named('other');

function setUp() {
  const contexts = new Contexts();
  return { contexts, name: () => contexts.active().getValue(key) ?? 'none' };
}

test('a section is active for synchronous code, and ends with it', () => {
  const { contexts, name } = setUp();
  contexts.with(outer, () => {
    expect(contexts.section(inner, (a, b) => [name(), a, b], 1, 2)).toEqual(['inner', 1, 2]);
    expect(name()).toBe('outer');
    expect(() =>
      contexts.section(
        inner,
        () => {
          throw new Error(String(name()));
        },
        0,
        0,
      ),
    ).toThrow('inner');
    expect(name()).toBe('outer');
  });
  expect(name()).toBe('none');
});

test('sections nest, and a context that is entered inside one wins', () => {
  const { contexts, name } = setUp();
  const seen = contexts.section(
    outer,
    () => {
      const nested = contexts.section(inner, name, 0, 0);
      const entered = contexts.with(other, () => [name(), contexts.section(inner, name, 0, 0), name()]);
      return [nested, ...entered, name()];
    },
    0,
    0,
  );
  expect(seen).toEqual(['inner', 'other', 'inner', 'other', 'outer']);
});

test('what a section leaves behind goes on in the context around it', async () => {
  const { contexts, name } = setUp();
  const late = contexts.with(outer, () => contexts.section(inner, () => pause(1).then(name), 0, 0));
  expect(name()).toBe('none');
  expect(await late).toBe('outer');
});

test('a bound function sees the section that it was bound for', () => {
  const { contexts, name } = setUp();
  expect(contexts.bind(inner, name)()).toBe('inner');
});

test('a bound function keeps its receiver, its arguments and how many it takes', () => {
  const { contexts, name } = setUp();
  const bound = contexts.bind(inner, function (this: unknown, a: number, b: number) {
    return [this, a, b, name()];
  });
  expect(bound.length).toBe(2);
  expect(bound.call('receiver', 1, 2)).toEqual(['receiver', 1, 2, 'inner']);
});

test('what is attached is active until it is taken off, and for what was begun meanwhile', async () => {
  const { contexts, name } = setUp();
  await contexts.with(outer, async () => {
    const attached = contexts.attach(inner);
    const begun = pause(1).then(name);
    expect(name()).toBe('inner');
    attached.dispose();
    attached.dispose();
    expect([name(), await begun]).toEqual(['outer', 'inner']);
  });
});

test('listeners of a bound emitter run in its context, whenever they were added', async () => {
  const { contexts, name } = setUp();
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  emitter.on('data', () => heard.push(name()));
  contexts.bind(inner, emitter);
  emitter.once('data', () => heard.push(name()));
  contexts.with(outer, () => emitter.emit('data'));
  expect(heard).toEqual(['inner', 'inner']);
  const waiting = once(emitter, 'end');
  expect(emitter.emit('end', 1, 2)).toBe(true);
  expect(await waiting).toEqual([1, 2]);
  expect(name()).toBe('none');
});

test('an emitter stays in the first context that it was bound to', () => {
  const { contexts, name } = setUp();
  const heard: unknown[] = [];
  const emitter = new EventEmitter().on('data', () => heard.push(name()));
  contexts.bind(inner, emitter);
  contexts.bind(other, emitter);
  emitter.emit('data');
  expect(heard).toEqual(['inner']);
});

test('a listener that was removed is not heard, and an error that nobody hears is thrown', () => {
  const emitter = setUp().contexts.bind(inner, new EventEmitter());
  const listener = vi.fn();
  emitter.on('data', listener).off('data', listener);
  expect(emitter.emit('data')).toBe(false);
  expect(listener).not.toHaveBeenCalled();
  expect(() => emitter.emit('error', new Error('unheard'))).toThrow('unheard');
});
