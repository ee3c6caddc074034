import { Agent, get } from 'node:http';

/** Few enough to run beside the server on two cores, enough that it never waits. */
const connections = 4;

/** Sends so many requests over connections that are kept, one after the other on each. Every answer has to be 200. */
export async function load(url: string, amount: number, headers: () => Record<string, string>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = amount;
  const connection = async () => {
    while (left-- > 0) await once(url, agent, headers());
  };
  try {
    await Promise.all(Array.from({ length: connections }, connection));
  } finally {
    agent.destroy();
  }
}

function once(url: string, agent: Agent, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers, timeout: 10_000 }, (response) => {
      if (response.statusCode !== 200) request.destroy(new Error(`${url} answered ${response.statusCode}`));
      response.on('end', resolve).on('error', reject).resume();
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error(`${url}: no answer within 10 s`)));
  });
}
