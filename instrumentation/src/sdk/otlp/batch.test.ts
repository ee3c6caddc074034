import { expect, test } from 'vitest';
import { span } from '../../../test/support/finished.ts';
import { decoded, spansOf } from '../../../test/support/otlp-request.ts';
import { Batch } from './batch.ts';

function names(message: Uint8Array): string[] {
  return spansOf(decoded(message)).map(({ name }) => name);
}

test('knows how many spans it has, and how many bytes they take', () => {
  const batch = new Batch();
  batch.add(span('a'));
  const { bytes } = batch;
  batch.add(span('b'));
  expect(batch).toMatchObject({ size: 2, bytes: 2 * bytes });
  expect(batch.take()).toHaveLength(2);
  expect(batch).toMatchObject({ size: 0, bytes: 0 });
});

test.each([
  ['a time that is none', { endTime: undefined }],
  ['events that are none', { events: null }],
  ['a scope without a name', { instrumentationScope: {} }],
  [
    'attributes that throw',
    {
      attributes: {
        fine: 'x'.repeat(100_000),
        get bad() {
          throw new Error('out of order');
        },
      },
    },
  ],
])('%s leaves no trace among the other spans', (_, wrong) => {
  const batch = new Batch();
  batch.add(span('a'));
  const { size, bytes } = batch;
  const bad = Object.defineProperties(span('bad'), Object.getOwnPropertyDescriptors(wrong));
  expect(() => batch.add(bad)).toThrow();
  expect(batch).toMatchObject({ size, bytes });
  batch.add(span('b'));
  expect(names(batch.take().message)).toEqual(['a', 'b']);
});

test('a scope that has no spans any more is not mentioned', () => {
  const batch = new Batch();
  batch.add(span('a', { scope: { name: 'passing' } }));
  batch.add(span('b'));
  batch.take();
  for (const _ of [1, 2]) {
    batch.add(span('c'));
    const { resources } = decoded(batch.take().message);
    expect(resources).toMatchObject([{ scopes: [{ scope: { name: 'test' }, spans: [{ name: 'c' }] }] }]);
  }
});
