import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { App } from './support/app.ts';
import { Receiver } from './support/receiver.ts';

vi.setConfig({ testTimeout: 30_000 });

const CLIENT = 3;
const ERROR = 2;

let receiver: Receiver;
beforeEach(async () => {
  receiver = await new Receiver().listen();
});
afterEach(() => receiver.close());

test.each(['node:sqlite', 'better-sqlite3'])(
  '%s: every statement in a trace is a span, and the app sees no difference',
  async (driver) => {
    const plain = new App('sqlite.mjs', { DRIVER: driver }, []);
    const traced = new App('sqlite.mjs', { DRIVER: driver, ...receiver.env });
    await Promise.all([plain.ended(), traced.ended()]);
    expect(plain.stdout).toContain('after: 3');
    expect([traced.stdout, traced.stderr]).toEqual([plain.stdout, plain.stderr]);

    const spans = receiver.spans.filter((span) => span.name !== 'all');
    expect(new Set(spans.map((span) => span.parentSpanId))).toEqual(
      new Set([receiver.spans.find((span) => span.name === 'all')?.spanId]),
    );
    for (const span of spans) expect([span.kind, span.attributes['db.system.name']]).toEqual([CLIENT, 'sqlite']);
    expect(JSON.stringify(spans)).not.toMatch(/alien|sword|nobody|secret|hidden/);

    const seen = spans.map(({ name, status, attributes }) => [
      name,
      attributes['db.response.returned_rows'],
      status.code === ERROR ? attributes['error.type'] : 'ok',
    ]);
    const failed = driver === 'node:sqlite' ? 'ERR_SQLITE_ERROR' : expect.stringMatching(/^SQLITE_/);
    expect(seen.slice(0, 9)).toEqual([
      ['INSERT icon', undefined, 'ok'],
      ['INSERT icon', undefined, 'ok'],
      ['INSERT icon', undefined, 'ok'],
      ['SELECT icon', 3, 'ok'],
      ['SELECT icon', 1, 'ok'],
      ['SELECT icon', 0, 'ok'],
      ['SELECT icon', 3, 'ok'],
      ['SELECT icon', 1, 'ok'],
      ['SELECT icon', 1, 'ok'],
    ]);
    expect(seen.slice(9, 12)).toEqual([
      ['INSERT icon', undefined, failed],
      ['SELEKT', undefined, failed],
      ['SELECT icon', undefined, failed],
    ]);
    if (driver === 'better-sqlite3') expect(seen[12]).toEqual(['SELECT', 1, 'ok']);
    expect(spans[0]?.attributes).toMatchObject({
      'db.query.text': 'INSERT INTO icon VALUES (?, ?)',
      'db.operation.name': 'INSERT',
      'db.collection.name': 'icon',
    });
  },
);
