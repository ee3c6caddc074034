import { describe, expect, test } from 'vitest';
import { adoptPm2Environment, isPm2Itself, pm2Process } from './pm2.ts';

const CONTAINER = '/srv/node_modules/pm2/lib/ProcessContainer.js';

describe('adoptPm2Environment', () => {
  test("takes the app's variables out of the JSON that PM2 hands a cluster worker, and leaves the JSON for PM2", () => {
    const env: NodeJS.ProcessEnv = {
      OTEL_SERVICE_NAME: "the daemon's",
      pm2_env: JSON.stringify({
        OTEL_SERVICE_NAME: 'app',
        PORT: 4322,
        wait_ready: true,
        env: { a: 1 },
        args: [],
        uid: null,
      }),
    };
    adoptPm2Environment(env);
    expect(env).toMatchObject({ OTEL_SERVICE_NAME: 'app', PORT: '4322', wait_ready: 'true' });
    expect(Object.keys(env)).toEqual(['OTEL_SERVICE_NAME', 'pm2_env', 'PORT', 'wait_ready']);
  });

  test('does nothing outside a cluster worker', () => {
    const env = { A: '1' };
    adoptPm2Environment(env);
    expect(env).toEqual({ A: '1' });
  });
});

describe('pm2Process', () => {
  const env = {
    pm_id: '3',
    exec_mode: 'cluster_mode',
    name: 'site',
    NODE_APP_INSTANCE: '1',
    kill_timeout: '8000',
    trace: 'true',
  };

  test('reads what PM2 says about the process', () => {
    expect(pm2Process(env, CONTAINER)).toMatchObject({
      id: 3,
      mode: 'cluster',
      name: 'site',
      instance: 1,
      killTimeoutMs: 8000,
      tracesItself: true,
    });
  });

  test("falls back to PM2's default kill timeout", () => {
    expect(pm2Process({ pm_id: '0' }, CONTAINER)).toMatchObject({
      mode: 'fork',
      killTimeoutMs: 1600,
      tracesItself: false,
    });
  });

  test('does not take a child process of the app, which inherits the variables, for one of PM2', () => {
    expect(pm2Process(env, '/srv/app/job.mjs')).toBeUndefined();
  });
});

test.each([
  ['/srv/node_modules/pm2/lib/Daemon.js', true],
  ['/srv/node_modules/pm2/bin/pm2', true],
  ['/srv/node_modules/pm2/bin/pm2-runtime', true],
  ['/srv/node_modules/pm2/lib/ProcessContainerFork.js', false],
  ['/srv/app/bin/pm2.js', false],
  [undefined, false],
])('isPm2Itself(%s): %s', (script, expected) => {
  expect(isPm2Itself(script)).toBe(expected);
});
