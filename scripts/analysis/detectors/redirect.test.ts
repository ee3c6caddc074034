import { expect, test } from 'vitest';
import type { RequestFacts } from '../../model/request.ts';
import { findRedirect } from './redirect.ts';

const answered = (status: number, redirectUrl: string | null): RequestFacts => ({
  url: 'http://a/',
  method: 'GET',
  status,
  bytes: 0,
  redirects: 0,
  redirectUrl,
  times: null,
});

test('an answer that points elsewhere is said, with how to follow it', () => {
  expect(findRedirect(answered(301, 'http://b/'))).toMatchObject([
    {
      rule: 'redirect',
      severity: 'info',
      message: 'answered 301, pointing to http://b/, which was not followed',
      next: expect.stringContaining('CURL=--location'),
    },
  ]);
});

test('any other answer is none', () => {
  expect(findRedirect(answered(200, null))).toEqual([]);
  expect(findRedirect(null)).toEqual([]);
});
