import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from './packing.ts';
import type { RemoteSpan } from './remote-span.ts';

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
  fc.array(fc.oneof(fc.string(), fc.double(), fc.constant(null))),
  fc.uint8Array(),
  fc.constant(undefined),
  fc.constant(null),
);
const spans = fc.array(
  fc.record(
    {
      name: fc.string({ unit: 'binary' }),
      kind: fc.nat(4),
      carrier: fc.string(),
      parent: fc.option(fc.string(), { nil: undefined }),
      startTime: fc.tuple(fc.nat(), fc.nat(999_999_999)),
      endTime: fc.tuple(fc.nat(), fc.nat(999_999_999)),
      attributes: fc.dictionary(fc.string(), value),
      scope: fc.string(),
      status: fc.record({ code: fc.nat(2), message: fc.string() }),
      events: fc.array(fc.record({ name: fc.string(), time: fc.tuple(fc.nat(), fc.nat()) })),
      dropped: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    },
    { requiredKeys: ['name', 'kind', 'carrier', 'parent', 'startTime', 'endTime', 'attributes', 'scope'] },
  ),
) as unknown as fc.Arbitrary<RemoteSpan[]>;

test('what comes out is what went in, whatever it holds', () => {
  fc.assert(
    fc.property(spans, (some) => {
      expect(unpack(structuredClone(pack(some)))).toEqual(some);
    }),
  );
});

test('the spans of an ordinary task go as text', () => {
  const run: RemoteSpan = {
    ...{
      name: 'worker.run',
      kind: 0,
      carrier: 'c',
      parent: 'p',
      scope: 's',
      attributes: { 'thread.id': 1, list: ['a'] },
    },
    startTime: [1, 2],
    endTime: [1, 3],
  };
  expect(pack([run])).toBeTypeOf('string');
  expect(pack([])).toBe('');
  expect(pack([{ ...run, attributes: { ratio: Number.NaN } }])).not.toBeTypeOf('string');
});
