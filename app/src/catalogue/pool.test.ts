import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createPool, type Pool } from './pool.ts';
import type { Queries } from './queries.ts';
import { sampleCatalogue } from './sample.ts';

const workerUrl = new URL('./worker.ts', import.meta.url);
let sample: ReturnType<typeof sampleCatalogue>;
const pools: { close(): Promise<void> }[] = [];

beforeAll(() => {
  sample = sampleCatalogue();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  vi.restoreAllMocks();
});
afterAll(() => sample.remove());

function catalogue(options: { databasePath?: string; log?: boolean } = {}): Pool<Queries> {
  const pool = createPool<Queries>({ workerUrl, databasePath: sample.path, size: 2, log: false, ...options });
  pools.push(pool);
  return pool;
}

test('answers belong to their questions when many are under way', async () => {
  const pool = catalogue();
  const names = ['alien', 'anchor', 'apple', 'nope'];
  const asked = Array.from({ length: 40 }, (_, index) => names[index % names.length] ?? '');
  const answers = await Promise.all(asked.map((name) => pool.query('icon', { category: '8bit', name })));
  expect(answers.map((answer) => answer?.icon.name ?? 'nope')).toEqual(asked);
});

test('a query that fails says why, and the worker goes on', async () => {
  const pool = catalogue();
  const wrong = { slug: { not: 'text' } } as unknown as { slug: string };
  await expect(pool.query('category', wrong)).rejects.toThrow(/^query category: /);
  await expect(pool.query('nope' as 'category', { slug: '8bit' })).rejects.toThrow(
    /expected one of categories, .* got nope/,
  );
  await expect(pool.query('category', { slug: '8bit' })).resolves.toMatchObject({ title: '8-bit' });
});

test('a catalogue that cannot be opened fails each query with the reason instead of hanging', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const pool = catalogue({ databasePath: `${sample.path}.nope` });
  for (let attempt = 0; attempt < 4; attempt++) {
    await expect(pool.query('categories')).rejects.toThrow(
      /worker \d exited with code 1: expected the catalogue at .*nope: unable to open database file/,
    );
  }
});

test('both threads print their lines when asked to', async () => {
  const lines = vi.spyOn(console, 'log').mockReturnValue();
  await catalogue({ log: true }).query('category', { slug: '8bit' });
  expect(lines.mock.calls.flat()).toEqual([
    expect.stringMatching(/^\[icon-pool\] main: query 1 category dispatched to worker 0$/),
    expect.stringMatching(/^\[icon-pool\] main: query 1 category result received after \d+ ms$/),
  ]);
});

test('a closed pool refuses queries', async () => {
  const pool = catalogue();
  await pool.close();
  await expect(pool.query('categories')).rejects.toThrow('icon pool is closed, cannot run categories');
});

/** Answers `echo`, never answers `hang`, and takes the thread down on `die`. */
const mortalWorker = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ id, name }) => {
      if (name === 'echo') parentPort.postMessage({ id, result: threadId });
      if (name === 'die') process.exit(7);
    });
    parentPort.postMessage({ ready: true });
  `)}`,
);

test('a worker that dies rejects all that it was asked, and is replaced', async () => {
  const reported = vi.spyOn(console, 'error').mockReturnValue();
  const pool = createPool<{ echo(): number; hang(): never; die(): never }>({
    workerUrl: mortalWorker,
    databasePath: '',
    size: 1,
    log: false,
  });
  pools.push(pool);

  const firstThread = await pool.query('echo');
  const asked = await Promise.allSettled([pool.query('hang'), pool.query('hang'), pool.query('die')]);
  const death = 'icon pool: worker 0 exited with code 7';
  expect(asked.map((outcome) => outcome.status === 'rejected' && outcome.reason.message)).toEqual([
    death,
    death,
    death,
  ]);

  expect(await pool.query('echo')).not.toBe(firstThread);
  expect(reported).toHaveBeenCalledExactlyOnceWith(`${death}, replacing it`);
});
