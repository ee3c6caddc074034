import { expect, test } from 'vitest';
import { findChecksum } from './release.ts';

const a = 'a'.repeat(64);
const b = 'B'.repeat(64);

test.each([
  ['sha256sum, several files', `${a} *other.tar.gz\n${b} *jaeger.tar.gz\n`, b.toLowerCase()],
  ['sha256sum, text mode', `${a}  jaeger.tar.gz\n`, a],
  ['a bare digest', `${a}\n`, a],
])('the checksum of an archive: %s', (_, text, expected) => {
  expect(findChecksum(text, 'jaeger.tar.gz')).toBe(expected);
});

test.each([
  ['not listed', `${a} *other.tar.gz\n${b} *another.tar.gz\n`],
  ['no digest', 'Not Found'],
  ['empty', ''],
])('no checksum, no program: %s', (_, text) => {
  expect(() => findChecksum(text, 'jaeger.tar.gz')).toThrow('no SHA-256 for jaeger.tar.gz');
});
