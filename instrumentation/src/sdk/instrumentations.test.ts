import { expect, test } from 'vitest';
import { othersMayWait } from './instrumentations.ts';

test.each([
  ['nothing is said', {}, true],
  ['a variable is blank', { OTEL_NODE_ENABLED_INSTRUMENTATIONS: ' ', OTEL_NODE_DISABLED_INSTRUMENTATIONS: '' }, true],
  ['the user names some', { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg' }, false],
  ['the user names some that he does not want', { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs' }, false],
  ['a handler is what is patched', { LAMBDA_TASK_ROOT: '/var/task' }, false],
  ['imports are heard', { NODE_OPTIONS: '--experimental-loader=@opentelemetry/instrumentation/hook.mjs' }, false],
])('where %s, the others may wait: %j', (_, env: NodeJS.ProcessEnv, expected) => {
  expect(othersMayWait(env)).toBe(expected);
});
