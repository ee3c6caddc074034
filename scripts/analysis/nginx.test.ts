import { expect, test } from 'vitest';
import { draw } from '../../test/traces/draw.ts';
import { upstreamTimes } from './nginx.ts';

function read(attributes: Record<string, string>) {
  const [span] = draw('nginx/GET ├──┤', { GET: { attributes } }).spans;
  return span && upstreamTimes(span);
}

test('one upstream', () => {
  expect(
    read({
      'nginx.upstream_addr': '127.0.0.1:4321',
      'nginx.upstream_connect_time': '0.001',
      'nginx.upstream_header_time': '0.030',
      'nginx.upstream_response_time': '0.034',
      'nginx.request_time': '0.036',
    }),
  ).toEqual({ upstream: '127.0.0.1:4321', own: 2, connect: 1, firstByte: 29, transfer: 4, response: 34 });
});

test('of several attempts the last one is told apart; all belong to the upstream', () => {
  expect(
    read({
      'nginx.upstream_addr': '127.0.0.1:4321, 127.0.0.1:4322',
      'nginx.upstream_connect_time': '-, 0.001',
      'nginx.upstream_header_time': '-, 0.030',
      'nginx.upstream_response_time': '0.100, 0.034',
    }),
  ).toEqual({
    upstream: '127.0.0.1:4321, 127.0.0.1:4322',
    own: null,
    connect: 1,
    firstByte: 29,
    transfer: 4,
    response: 134,
  });
});

test.each(['', '-'])('no upstream was asked (%o)', (address) => {
  expect(read({ 'nginx.upstream_addr': address })).toBeNull();
});
