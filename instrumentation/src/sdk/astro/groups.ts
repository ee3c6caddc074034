/** Groups below one parent, by what is repeated: a component, an island, a collection. */
export class Groups<Group extends object> {
  /** A list asks for the same again and again, which is cheaper to see than to look up. */
  #lastKey: unknown;
  #last: Group | undefined;
  /** From the second one on: most parents repeat one thing only. */
  #byKey: Map<unknown, Group> | undefined;

  get(key: unknown): Group | undefined {
    if (key === this.#lastKey) return this.#last;
    const found = this.#byKey?.get(key);
    if (found !== undefined) this.#keepInMind(key, found);
    return found;
  }

  set(key: unknown, group: Group): void {
    if (this.#last !== undefined) {
      this.#byKey ??= new Map([[this.#lastKey, this.#last]]);
      this.#byKey.set(key, group);
    }
    this.#keepInMind(key, group);
  }

  /** What is repeated, and how: in the order in which each was met first. */
  entries(): Iterable<[unknown, Group]> {
    if (this.#byKey !== undefined) return this.#byKey;
    return this.#last === undefined ? [] : [[this.#lastKey, this.#last]];
  }

  values(): Iterable<Group> {
    if (this.#byKey !== undefined) return this.#byKey.values();
    return this.#last === undefined ? [] : [this.#last];
  }

  #keepInMind(key: unknown, group: Group): void {
    this.#lastKey = key;
    this.#last = group;
  }
}
