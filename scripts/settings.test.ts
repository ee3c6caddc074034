import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSettings, variableNames } from './settings.ts';

const example = Object.fromEntries(
  readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

test('.env.example lists exactly the variables that are read', () => {
  expect(Object.keys(example).sort()).toEqual([...variableNames].sort());
});

test('.env.example shows the defaults', () => {
  expect(readSettings(example)).toEqual(readSettings({}));
});

test.each([
  ['ONETRACE_NGINX_PORT', 'eighty', 'expected ONETRACE_NGINX_PORT to be a port number from 1 to 65535, got "eighty"'],
  ['ONETRACE_NGINX_PORT', '70000', 'expected ONETRACE_NGINX_PORT to be a port number from 1 to 65535, got "70000"'],
  ['ONETRACE_SAMPLE_PERCENT', '-1', 'expected ONETRACE_SAMPLE_PERCENT to be a percentage from 0 to 100, got "-1"'],
  ['ONETRACE_DECISION_WAIT', '5', 'expected ONETRACE_DECISION_WAIT to be a duration such as 5s or 500ms, got "5"'],
  ['ONETRACE_PM2_MODE', 'threads', 'expected ONETRACE_PM2_MODE to be fork or cluster, got "threads"'],
])('%s=%s is refused with what was expected', (name, value, message) => {
  expect(() => readSettings({ [name]: value })).toThrow(message);
});

test('an empty value means the default, but nobody is trusted where ONETRACE_TRUSTED is empty', () => {
  const settings = readSettings({ ONETRACE_NGINX_PORT: '', ONETRACE_TRUSTED: '' });
  expect(settings.ONETRACE_NGINX_PORT).toBe(8080);
  expect(settings.ONETRACE_TRUSTED).toBe('');
});
