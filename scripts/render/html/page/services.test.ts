import { expect, test } from 'vitest';
import { draw } from '../../../../test/traces/draw.ts';
import { buildReport } from '../../../report/build.ts';
import { serviceGraph } from './services.ts';

test('calls are counted where one service stands below another', () => {
  const trace = draw(
    `
    curl/GET        ├────────────┤
      app/GET        ├──────────┤
        app/work       ├────┤
          db/SELECT     ├┤
          db/SELECT        ├┤
      app/GET                  |
    `,
    { 'app/work': { status: { code: 'error', message: 'no' } } },
  );
  expect(serviceGraph(buildReport({ trace, request: null, warnings: [] }).spans)).toEqual({
    services: [
      { name: 'curl', spans: 1, errors: 0, selfMs: 2 },
      { name: 'app', spans: 3, errors: 1, selfMs: 9 },
      { name: 'db', spans: 2, errors: 0, selfMs: 2 },
    ],
    calls: [
      { from: 'curl', to: 'app', calls: 2, errors: 0, ms: 11 },
      { from: 'app', to: 'db', calls: 2, errors: 0, ms: 2 },
    ],
  });
});
