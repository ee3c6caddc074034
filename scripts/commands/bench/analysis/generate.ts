/**
 * A made-up trace of so many spans as the Collector's file exporter writes it, a batch a line. Its shape is what real ones are made of: a
 * handful of services that call one another, runs of siblings, chains, overlapping calls, queries, some errors, and children in front
 * of their parents.
 */
export function* generateTrace(spans: number): Generator<string> {
  const random = createRandom(spans);
  const root: Open = { id: 1, start: 0, end: spans * 20_000, service: 0 };
  const open: Open[] = [root];
  let batch: string[][] = SERVICES.map(() => []);
  for (let id = 1; id <= spans; id += 1) {
    const parent = open[Math.floor(random() * open.length)] ?? root;
    const length = parent.end - parent.start;
    const start = parent.start + Math.floor(random() * length * 0.7);
    const end = Math.min(parent.end + 1000, start + Math.floor(random() * length * 0.3) + 100);
    const service = random() < 0.2 ? Math.floor(random() * SERVICES.length) : parent.service;
    const span = id === 1 ? root : { id, start, end, service };
    batch[span.service]?.push(spanJson(span, id === 1 ? null : parent.id, parent.service !== service, random()));
    // A few stay open for long and get many children; the others come and go.
    open[id < 8 ? id : 8 + (id % WIDTH)] = span;
    if (id % BATCH === 0 || id === spans) {
      yield batchJson(batch);
      batch = SERVICES.map(() => []);
    }
  }
}

interface Open {
  id: number;
  start: number;
  end: number;
  service: number;
}

const WIDTH = 64;
const BATCH = 500;
const EPOCH = 1_790_000_000_000_000_000n;
const SERVICES = ['gateway', 'shop', 'stock', 'prices', 'users', 'mail'];
const NAMES = ['GET /orders/{id}', 'render page', 'SELECT orders', 'load item', 'GET', 'cache get', 'INSERT audit'];
const STATEMENT = 'SELECT * FROM orders WHERE tenant_id = $1 AND id = $2';

function spanJson(span: Open, parent: number | null, crossing: boolean, chance: number): string {
  const name = NAMES[span.id % NAMES.length] ?? '';
  const query = name === 'SELECT orders';
  const attributes = query
    ? [text('db.system.name', 'postgresql'), text('db.query.text', STATEMENT)]
    : [text('http.route', '/orders/{id}'), `{"key":"thread.id","value":{"intValue":"${span.id % 7}"}}`];
  return `{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"${hex(span.id)}","parentSpanId":"${parent === null ? '' : hex(parent)}","name":"${name}","kind":${crossing ? 2 : query ? 3 : 1},"startTimeUnixNano":"${EPOCH + BigInt(span.start)}","endTimeUnixNano":"${EPOCH + BigInt(span.end)}","attributes":[${attributes.join(',')}],"status":{${chance < 0.002 ? '"code":2,"message":"deadlock"' : ''}}}`;
}

function batchJson(spans: readonly string[][]): string {
  const resources = spans.map((all, service) => {
    const resource = `{"attributes":[${text('service.name', SERVICES[service] ?? '')},${text('host.name', `host-${service}`)}]}`;
    return `{"resource":${resource},"scopeSpans":[{"scope":{"name":"made-up"},"spans":[${all.join(',')}]}]}`;
  });
  return `{"resourceSpans":[${resources.join(',')}]}\n`;
}

function text(key: string, value: string): string {
  return `{"key":"${key}","value":{"stringValue":"${value}"}}`;
}

function hex(id: number): string {
  // Spread, as real ids are: counted up, they would hash unlike them.
  return `${(Math.imul(id, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}${id.toString(16).padStart(8, '0')}`;
}

/** The same numbers each time: mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
