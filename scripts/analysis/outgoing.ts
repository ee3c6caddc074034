import type { Span } from '../model/trace.ts';
import type { Node } from './node.ts';
import { isInferred, peerOf, told, toldText } from './semantics.ts';
import { parameterise, verbOf } from './statement.ts';

/** A call out of the program's own code: a query (SQLite's too, although nothing leaves the process), a request, a message. */
export interface Outgoing {
  node: Node;
  kind: 'query' | 'request' | 'message';
  /** Equal for calls that differ in their values only. */
  signature: string;
}

/** All outgoing calls. Of one that several libraries have a span for (an ORM above a driver, fetch above HTTP), the innermost. */
export function outgoingCalls(nodes: readonly Node[]): Outgoing[] {
  const remembered = new Map<string, string>();
  const statementKey = (statement: string): string => {
    let key = remembered.get(statement);
    if (key === undefined) {
      key = parameterise(statement);
      remembered.set(statement, key);
    }
    return key;
  };
  const calls: Outgoing[] = [];
  for (const node of nodes) {
    const kind = kindOf(node.span);
    if (kind === null || node.children.some((child) => kindOf(child.span) === kind)) continue;
    const statement = kind === 'query' ? toldText(node.span, 'statement') : null;
    const what = statement === null ? callKey(node.span) : statementKey(statement);
    calls.push({ node, kind, signature: `${kind} ${peerOf(node.span) ?? ''} ${what}` });
  }
  return calls;
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
export function isCeremony({ node: { span }, kind }: Outgoing): boolean {
  if (kind !== 'query') return false;
  const verb = toldText(span, 'operation') ?? verbOf(toldText(span, 'statement') ?? span.name);
  return CEREMONY.has(verb.toUpperCase()) || /\b(connect|cursor|fetch|getmore)\b/i.test(span.name.slice(0, 200));
}

function kindOf(span: Span): Outgoing['kind'] | null {
  if (span.kind === 'server' || span.kind === 'consumer' || isInferred(span)) return null;
  if (span.kind === 'producer') return 'message';
  if (told(span, 'system') !== undefined || told(span, 'statement') !== undefined) return 'query';
  return span.kind === 'client' ? 'request' : null;
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
