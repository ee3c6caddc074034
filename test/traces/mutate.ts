import fc from 'fast-check';

/** A trace file with something wrong with it, and what that is. */
export interface Mutant {
  text: string;
  what: string[];
}

/**
 * Files as they arrive in life: cut off, with values of a wrong type, ids that repeat or go in circles, times in another unit, strings of
 * 10 MB. Each is one of the given texts with one to four things done to it.
 */
export function mutants(texts: readonly string[]): fc.Arbitrary<Mutant> {
  const mutations = fc.array(fc.oneof({ weight: 5, arbitrary: inJson }, { weight: 1, arbitrary: inText }), {
    minLength: 1,
    maxLength: 4,
  });
  return fc.tuple(fc.constantFrom(...texts), mutations).map(([original, list]) => ({
    text: list.reduce((text, { apply }) => apply(text), original),
    what: list.map(({ what }) => what),
  }));
}

interface Mutation {
  what: string;
  apply: (text: string) => string;
}

/** Where in a text or a document: 0 to 1. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

const inText: fc.Arbitrary<Mutation> = fc.oneof(
  place.map((at) => ({ what: `cut off at ${at}`, apply: (text: string) => text.slice(0, at * text.length) })),
  fc.tuple(place, fc.string()).map(([at, junk]) => ({
    what: `${JSON.stringify(junk)} put in at ${at}`,
    apply: (text: string) => text.slice(0, at * text.length) + junk + text.slice(at * text.length),
  })),
  fc.tuple(place, fc.nat(500)).map(([at, length]) => ({
    what: `${length} characters taken out at ${at}`,
    apply: (text: string) => text.slice(0, at * text.length) + text.slice(at * text.length + length),
  })),
  fc.constant({ what: 'twice in a file', apply: (text: string) => `${text}\n${text}` }),
);

type Json = Record<string, unknown>;
/** A value in a document: where it hangs, and by what. */
interface Place {
  holder: Json;
  key: string;
}

const wrong: fc.Arbitrary<{ name: string; value: () => unknown }> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .oneof(
        fc.constantFrom<unknown>(
          null,
          true,
          '',
          '-',
          0,
          -1,
          1e300,
          -1e18,
          0.5,
          'NaN',
          '9'.repeat(30),
          [],
          {},
          [null],
          [[]],
        ),
        fc.jsonValue({ maxDepth: 2 }),
      )
      .map((value) => ({ name: JSON.stringify(value), value: () => value })),
  },
  { weight: 1, arbitrary: fc.constant({ name: 'a list of 10,000', value: () => Array(10_000).fill({ key: 'a' }) }) },
  {
    weight: 1,
    arbitrary: fc.constant({ name: 'a deep nest', value: () => JSON.parse('['.repeat(3000) + ']'.repeat(3000)) }),
  },
);

const inJson: fc.Arbitrary<Mutation> = fc.oneof(
  edit('replaced', fc.tuple(place, wrong), ([at, { value }], places) => replace(pick(places, at), value())),
  edit('removed', fc.tuple(place), ([at], places) => remove(pick(places, at))),
  edit('an id for another', fc.tuple(place, place), ([from, to], places) => {
    const ids = places.filter(({ key }) => /^(id|parentid|spanid|parentspanid|traceid)$/i.test(key));
    const [target, source] = [pick(ids, to), pick(ids, from)];
    if (target && source) replace(target, source.holder[source.key]);
  }),
  edit('each span below the next, in a circle', fc.constant([]), (_, places) => {
    const ids = places.filter(({ key, holder }) => /^(id|spanid)$/i.test(key) && !('refType' in holder));
    ids.forEach(({ holder }, index) => {
      const next = ids[(index + 1) % ids.length];
      for (const key of ['parentSpanId', 'parentSpanID', 'parentId']) holder[key] = next?.holder[next.key];
      delete holder.references;
    });
  }),
  edit(
    'times in another unit',
    fc.tuple(place, fc.constantFrom(1e-9, 1e-6, 1e-3, 1e3, 1e6)),
    ([at, factor], places) => {
      const times = places.filter(({ key }) => /time|stamp|duration/i.test(key));
      for (const { holder, key } of times.slice(0, Math.ceil(at * times.length)))
        holder[key] =
          typeof holder[key] === 'string'
            ? String(Math.round(Number(holder[key]) * factor))
            : Number(holder[key]) * factor;
    },
  ),
);

/** 10 MB in place of a text: seldom, because each costs its time. */
export const longString: fc.Arbitrary<Mutation> = edit('10 MB', fc.tuple(place), ([at], places) => {
  const texts = places.filter(({ holder, key }) => typeof holder[key] === 'string');
  replace(pick(texts, at), 'x'.repeat(10_000_000));
});

/** Something done to the document; a text that is JSON no longer is left alone. */
function edit<T>(
  what: string,
  details: fc.Arbitrary<T>,
  apply: (details: T, places: Place[]) => void,
): fc.Arbitrary<Mutation> {
  return details.map((chosen) => ({
    what: `${what} ${JSON.stringify(chosen)?.slice(0, 100)}`,
    apply: (text) => {
      const document = tryParse(text);
      if (document === undefined) return text;
      apply(chosen, placesIn(document));
      return JSON.stringify(document);
    },
  }));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function placesIn(document: unknown): Place[] {
  const places: Place[] = [];
  const open: unknown[] = [document];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    if (typeof holder !== 'object' || holder === null) continue;
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Json, key });
      open.push((holder as Json)[key]);
    }
  }
  return places;
}

function pick(places: readonly Place[], at: number): Place | undefined {
  return places[Math.floor(at * places.length)];
}

function replace(target: Place | undefined, value: unknown): void {
  if (target) target.holder[target.key] = value;
}

function remove(target: Place | undefined): void {
  if (Array.isArray(target?.holder)) target.holder.splice(Number(target.key), 1);
  else if (target) delete target.holder[target.key];
}
