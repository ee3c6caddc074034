import { Agent, get } from 'node:http';

/** Few enough to run beside the server on two cores, enough that it never waits. */
const connections = 4;

/** Connections to a server that stay open from one `send` to the next: opening them costs it as much as a part of a request. */
export class Load implements Disposable {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });

  constructor(url: string) {
    this.#url = url;
  }

  /** So many requests, one after the other on each connection. Every answer has to be 200. */
  async send(amount: number, headers: () => Record<string, string>): Promise<void> {
    let left = amount;
    const connection = async () => {
      while (left-- > 0) await once(this.#url, this.#agent, headers());
    };
    await Promise.all(Array.from({ length: connections }, connection));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
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
