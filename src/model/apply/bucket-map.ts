const BUCKETS = 64;

/**
 * An immutable map with cheap successors: `with` copies one bucket and the list of buckets, whatever the size of the map.
 * Folding 10,000 changes into a schema of 1,000 tables copies about 80 entries per change instead of 1,000, and statements may
 * hold on to any version. Iterates in order of insertion.
 */
export class BucketMap<V> implements ReadonlyMap<string, V> {
  readonly #buckets: readonly (ReadonlyMap<string, Entry<V>> | undefined)[];
  readonly #next: number;
  readonly size: number;
  #ordered: ReadonlyMap<string, V> | undefined;

  private constructor(buckets: readonly (ReadonlyMap<string, Entry<V>> | undefined)[], size: number, next: number) {
    this.#buckets = buckets;
    this.size = size;
    this.#next = next;
  }

  static empty<V>(): BucketMap<V> {
    return new BucketMap<V>(Array.from({ length: BUCKETS }), 0, 0);
  }

  static from<V>(entries: Iterable<readonly [string, V]>): BucketMap<V> {
    const buckets: (Map<string, Entry<V>> | undefined)[] = Array.from({ length: BUCKETS });
    let size = 0;
    let next = 0;
    for (const [key, value] of entries) {
      const bucket = (buckets[hash(key)] ??= new Map());
      if (!bucket.has(key)) size++;
      bucket.set(key, { value, order: next++ });
    }
    return new BucketMap(buckets, size, next);
  }

  get(key: string): V | undefined {
    return this.#buckets[hash(key)]?.get(key)?.value;
  }

  has(key: string): boolean {
    return this.#buckets[hash(key)]?.has(key) === true;
  }

  /** The same map with this entry; an existing key keeps its place in the order. */
  with(key: string, value: V): BucketMap<V> {
    const at = hash(key);
    const old = this.#buckets[at]?.get(key);
    if (old !== undefined && old.value === value) return this;
    const buckets = this.#buckets.slice();
    buckets[at] = new Map(this.#buckets[at]).set(key, { value, order: old?.order ?? this.#next });
    return new BucketMap(buckets, old === undefined ? this.size + 1 : this.size, this.#next + 1);
  }

  without(key: string): BucketMap<V> {
    if (!this.has(key)) return this;
    const at = hash(key);
    const buckets = this.#buckets.slice();
    const bucket = new Map(this.#buckets[at]);
    bucket.delete(key);
    buckets[at] = bucket;
    return new BucketMap(buckets, this.size - 1, this.#next);
  }

  forEach(callback: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.#inOrder()) callback(value, key, this);
  }
  entries(): MapIterator<[string, V]> {
    return this.#inOrder().entries();
  }
  keys(): MapIterator<string> {
    return this.#inOrder().keys();
  }
  values(): MapIterator<V> {
    return this.#inOrder().values();
  }
  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  /** Values in no order: cheaper for a search of a version that nothing else iterates. */
  find(test: (value: V) => boolean): V[] {
    const found: V[] = [];
    for (const bucket of this.#buckets) {
      if (bucket === undefined) continue;
      for (const entry of bucket.values()) if (test(entry.value)) found.push(entry.value);
    }
    return found;
  }

  #inOrder(): ReadonlyMap<string, V> {
    if (this.#ordered === undefined) {
      const list: [string, Entry<V>][] = [];
      for (const bucket of this.#buckets) if (bucket !== undefined) list.push(...bucket);
      list.sort((a, b) => a[1].order - b[1].order);
      this.#ordered = new Map(list.map(([key, entry]) => [key, entry.value]));
    }
    return this.#ordered;
  }
}

interface Entry<V> {
  readonly value: V;
  readonly order: number;
}

/** FNV-1a, folded to a bucket number. */
function hash(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 6) ^ (h >>> 16)) & (BUCKETS - 1);
}

/** A `BucketMap` of any map: those built elsewhere (a dump, a test) are converted once. */
export function bucketed<V>(map: ReadonlyMap<string, V>): BucketMap<V> {
  return map instanceof BucketMap ? (map as BucketMap<V>) : BucketMap.from(map);
}
