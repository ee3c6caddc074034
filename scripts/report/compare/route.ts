import type { Warning } from '../../model/trace.ts';
import { routeNames, routeOf } from '../route.ts';
import type { Report } from '../schema.ts';

interface Chosen {
  route: string;
  a: Report[];
  b: Report[];
  warnings: Warning[];
}

/**
 * Traces of different routes cannot be laid on top of one another: picks those of one route, and says what is left out.
 * @param route null: the one that both sides have most of, or else the most frequent of each
 */
export function chooseRoute(a: readonly Report[], b: readonly Report[], route: string | null): Chosen {
  const [inA, inB] = [Map.groupBy(a, routeOf), Map.groupBy(b, routeOf)];
  const common = [...inA.keys()].filter((name) => inB.has(name));
  const name = route ?? largest(common, (each) => Math.min(inA.get(each)?.length ?? 0, inB.get(each)?.length ?? 0));
  if (name === undefined) return compareUnlike(inA, inB);

  const pick = (reports: readonly Report[]) => reports.filter((report) => routeNames(report).includes(name));
  const chosen = { a: pick(a), b: pick(b) };
  const left = a.length + b.length - chosen.a.length - chosen.b.length;
  const others = new Set([...inA.keys(), ...inB.keys()]);
  others.delete(name);
  const message = `${left} trace(s) of other routes were left out (${[...others].slice(0, 5).join(', ')}); ROUTE= picks one`;
  return { route: name, ...chosen, warnings: left === 0 ? [] : [{ code: 'other-routes', message, spanIds: [] }] };
}

function compareUnlike(inA: Groups, inB: Groups): Chosen {
  const [ofA = '', ofB = ''] = [inA, inB].map((groups) =>
    largest([...groups.keys()], (name) => groups.get(name)?.length ?? 0),
  );
  const message = `a and b have no route in common: ${ofA} is compared with ${ofB}`;
  return {
    route: `${ofA} → ${ofB}`,
    a: inA.get(ofA) ?? [],
    b: inB.get(ofB) ?? [],
    warnings: [{ code: 'different-routes', message, spanIds: [] }],
  };
}

type Groups = Map<string, Report[]>;

function largest(names: readonly string[], size: (name: string) => number): string | undefined {
  return names.toSorted((x, y) => size(y) - size(x))[0];
}
