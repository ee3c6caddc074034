/** Groups below one parent, by what is repeated: a component, an island, a collection. */
export class Groups<Group> {
  readonly #byKey = new Map<unknown, Group>();
  /** A list asks for the same again and again, which is cheaper to see than to look up. */
  #lastKey: unknown;
  #last: Group | undefined;

  get(key: unknown): Group | undefined {
    if (key !== this.#lastKey) {
      this.#last = this.#byKey.get(key);
      this.#lastKey = key;
    }
    return this.#last;
  }

  set(key: unknown, group: Group): void {
    this.#byKey.set(key, group);
    this.#lastKey = key;
    this.#last = group;
  }

  /** What is repeated, and how: in the order in which each was met first. */
  entries(): Iterable<[unknown, Group]> {
    return this.#byKey;
  }

  values(): Iterable<Group> {
    return this.#byKey.values();
  }
}
