import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';

async function* upload(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

test('joins chunks, even inside a character', async () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  expect(await readBody(upload('caf', first, second), 10)).toEqual({ text: 'café', size: 5, complete: true });
});

test('takes a body of exactly the limit, and none', async () => {
  expect(await readBody(upload('1234'), 4)).toMatchObject({ text: '1234' });
  expect(await readBody(null, 4)).toEqual({ text: '', size: 0, complete: true });
});

test('counts what goes over the limit', async () => {
  expect(await readBody(upload('123', '45', '6'), 4)).toEqual({ text: null, size: 6, complete: true });
});

test('stops listening to a client that never ends', async () => {
  const chunk = new Uint8Array(2 ** 20);
  async function* endless() {
    for (;;) yield chunk;
  }
  expect(await readBody(endless(), 4)).toEqual({ text: null, size: 65 * 2 ** 20, complete: false });
});
