import type { Span } from '../model/trace.ts';
import type { Node } from './node.ts';
import { type CallKind, peerOf, told, toldText } from './semantics.ts';
import { parameterise, verbOf } from './statement.ts';

/** A call out of the program's own code. */
export interface Outgoing {
  node: Node;
  kind: CallKind;
  /** Equal for calls that differ in their values only. */
  signature: string;
  /** Of a query: `SELECT`, `FETCH` … in capitals; empty where it does not say. */
  verb: string;
}

/** All outgoing calls. Of one that several libraries have a span for (an ORM above a driver, fetch above HTTP), the innermost. */
export function outgoingCalls(nodes: readonly Node[]): Outgoing[] {
  const read = createReader();
  const calls: Outgoing[] = [];
  for (const node of nodes) {
    const kind = node.call;
    if (kind === null || node.children.some(({ call }) => call === kind)) continue;
    const statement = kind === 'query' ? toldText(node.span, 'statement') : null;
    const { what, verb } =
      statement === null ? { what: callKey(node.span), verb: verbOf(node.span.name) } : read(statement);
    const operation = toldText(node.span, 'operation')?.toUpperCase() ?? verb;
    calls.push({ node, kind, signature: `${kind} ${peerOf(node.span) ?? ''} ${what}`, verb: operation });
  }
  return calls;
}

/** The same few statements come again and again; where they do not, they must not fill the memory. */
const MOST_REMEMBERED = 10_000;

function createReader(): (statement: string) => { what: string; verb: string } {
  const remembered = new Map<string, { what: string; verb: string }>();
  return (statement) => {
    let known = remembered.get(statement);
    if (known === undefined) {
      known = { what: parameterise(statement), verb: verbOf(statement) };
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(statement, known);
    }
    return known;
  };
}

/** SQLite's spans are client spans by convention, although nothing is waited for outside of the process. */
export function isInProcess(span: Span): boolean {
  return told(span, 'system') === 'sqlite';
}

/** Part of talking to a database, and not a question to it: repeated by nature. */
const CEREMONY = new Set(
  'BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET SHOW CONNECT PING DISCARD DEALLOCATE CLOSE FETCH MOVE GETMORE'.split(
    ' ',
  ),
);

/** Connecting, transactions, and a cursor's next rows. */
export function isCeremony({ node: { span }, kind, verb }: Outgoing): boolean {
  if (kind !== 'query') return false;
  return CEREMONY.has(verb) || /\b(connect|cursor|fetch|getmore)\b/i.test(span.name.slice(0, 200));
}

function callKey(span: Span): string {
  const url = toldText(span, 'url');
  if (url === null) return span.name;
  return `${toldText(span, 'method') ?? span.name} ${parameteriseUrl(url.slice(0, 1000))}`;
}

/** `/orders/17/items?page=2` → `/orders/{}/items?page={}` */
function parameteriseUrl(url: string): string {
  const [path = '', query = ''] = url.split('?', 2);
  const steps = path
    .split('/')
    .map((step) => (/^\d+$|^[0-9a-f-]{8,}$|\d{3,}|^.{40,}$/i.test(step) && !step.includes(':') ? '{}' : step));
  const names = query === '' ? '' : `?${query.replaceAll(/=[^&]*/g, '={}')}`;
  return `${steps.join('/')}${names}`;
}
