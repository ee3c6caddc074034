import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { assertFree } from './ports.ts';

test('a taken port is named with its process and the variable that moves it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const checking = assertFree([{ port, variable: 'ONETRACE_NGINX_PORT' }]);
  await expect(checking).rejects.toMatchObject({ code: 3 });
  await expect(checking).rejects.toThrow(
    new RegExp(
      `expected port ${port} on 127\\.0\\.0\\.1 to be free, got .*\\(pid ${process.pid}\\).*ONETRACE_NGINX_PORT=${port + 1000}`,
    ),
  );
  await new Promise((resolve) => server.close(resolve));
  await expect(assertFree([{ port, variable: 'ONETRACE_NGINX_PORT' }])).resolves.toBeUndefined();
});
