import type { Sequence } from "../schema.ts";
import { PersistentMap } from "./persistent-map.ts";

/** The sequences of a state, with those that each table owns: every dropped or renamed column asks. */
export class SequenceMap implements ReadonlyMap<string, Sequence> {
  readonly #byName: PersistentMap<Sequence>;
  readonly #owned: PersistentMap<readonly string[]>;

  private constructor(byName: PersistentMap<Sequence>, owned: PersistentMap<readonly string[]>) {
    this.#byName = byName;
    this.#owned = owned;
  }

  static readonly empty: SequenceMap = new SequenceMap(PersistentMap.empty(), PersistentMap.empty());

  static of(sequences: ReadonlyMap<string, Sequence>): SequenceMap {
    if (sequences instanceof SequenceMap) return sequences;
    let map = SequenceMap.empty;
    for (const sequence of sequences.values()) map = map.with(sequence);
    return map;
  }

  get size(): number {
    return this.#byName.size;
  }
  get(name: string): Sequence | undefined {
    return this.#byName.get(name);
  }
  has(name: string): boolean {
    return this.#byName.has(name);
  }
  ownedBy(table: string): readonly Sequence[] {
    return (this.#owned.get(table) ?? []).flatMap((name) => this.#byName.get(name) ?? []);
  }

  with(sequence: Sequence): SequenceMap {
    const left = this.#disowned(sequence.name);
    const owner = sequence.ownedBy?.relation;
    const owned = owner === undefined ? left : left.with(owner, [...(left.get(owner) ?? []), sequence.name]);
    return new SequenceMap(this.#byName.with(sequence.name, sequence), owned);
  }

  without(name: string): SequenceMap {
    return new SequenceMap(this.#byName.without(name), this.#disowned(name));
  }

  #disowned(name: string): PersistentMap<readonly string[]> {
    const owner = this.#byName.get(name)?.ownedBy?.relation;
    if (owner === undefined) return this.#owned;
    const left = (this.#owned.get(owner) ?? []).filter((other) => other !== name);
    return left.length === 0 ? this.#owned.without(owner) : this.#owned.with(owner, left);
  }

  forEach(callback: (value: Sequence, key: string, map: ReadonlyMap<string, Sequence>) => void): void {
    for (const [key, value] of this.#byName) callback(value, key, this);
  }
  entries(): MapIterator<[string, Sequence]> {
    return this.#byName.entries();
  }
  keys(): MapIterator<string> {
    return this.#byName.keys();
  }
  values(): MapIterator<Sequence> {
    return this.#byName.values();
  }
  [Symbol.iterator](): MapIterator<[string, Sequence]> {
    return this.entries();
  }
}
