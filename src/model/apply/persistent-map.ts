const BITS = 5;
const SLOTS = 31;

/**
 * An immutable map with cheap successors: a hash trie, of which `with` copies the path to one leaf (three short arrays at 10,000
 * entries) and shares the rest. Statements may hold on to any version, and two versions are compared by walking only where they
 * differ. Iterates in order of insertion.
 */
export class PersistentMap<V> implements ReadonlyMap<string, V> {
  readonly #root: Branch<V>;
  readonly #keys: Keys;
  readonly size: number;
  #ordered: ReadonlyMap<string, V> | undefined;

  private constructor(root: Branch<V>, size: number, keys: Keys) {
    this.#root = root;
    this.size = size;
    this.#keys = keys;
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>({ mask: 0, nodes: [] }, 0, new Keys(null, null, null));
  }

  static from<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    let map = PersistentMap.empty<V>();
    for (const [key, value] of entries) map = map.with(key, value);
    return map;
  }

  get(key: string): V | undefined {
    return lookUp(this.#root, key, hash(key))?.value;
  }

  has(key: string): boolean {
    return lookUp(this.#root, key, hash(key)) !== undefined;
  }

  /** The same map with this entry; an existing key keeps its place in the order. */
  with(key: string, value: V): PersistentMap<V> {
    const at = hash(key);
    const old = lookUp(this.#root, key, at);
    if (old !== undefined && old.value === value) return this;
    const root = put(this.#root, { key, hash: at, value, collided: null }, 0);
    return old === undefined
      ? new PersistentMap(root, this.size + 1, new Keys(this.#keys, key, null))
      : new PersistentMap(root, this.size, this.#keys);
  }

  without(key: string): PersistentMap<V> {
    if (!this.has(key)) return this;
    const root = remove(this.#root, key, hash(key), 0);
    return new PersistentMap(root ?? { mask: 0, nodes: [] }, this.size - 1, new Keys(this.#keys, null, key));
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

  /** Keys that an earlier version did not have, in no order. What both share is not walked. */
  addedSince(earlier: PersistentMap<V>): string[] {
    const added: string[] = [];
    if (earlier.#root !== this.#root) compare(this.#root, earlier.#root, (leaf) => earlier.has(leaf.key) || added.push(leaf.key));
    return added;
  }

  #inOrder(): ReadonlyMap<string, V> {
    if (this.#ordered === undefined) {
      const ordered = new Map<string, V>();
      for (const key of this.#keys.list()) {
        const leaf = lookUp(this.#root, key, hash(key));
        if (leaf !== undefined) ordered.set(key, leaf.value);
      }
      this.#ordered = ordered;
    }
    return this.#ordered;
  }
}

/**
 * The keys in order of insertion. Most versions only change a value and share this with the version before; the others say what
 * they add or take, and the list is made when somebody iterates.
 */
class Keys {
  #before: Keys | null;
  readonly #added: string | null;
  readonly #taken: string | null;
  #list: readonly string[] | undefined;

  constructor(before: Keys | null, added: string | null, taken: string | null) {
    this.#before = before;
    this.#added = added;
    this.#taken = taken;
    if (before === null) this.#list = [];
  }

  list(): readonly string[] {
    if (this.#list !== undefined) return this.#list;
    const steps: Keys[] = [this];
    let known: readonly string[] = [];
    for (let at = this.#before; at !== null; at = at.#before) {
      if (at.#list !== undefined) {
        known = at.#list;
        break;
      }
      steps.push(at);
    }
    const keys = new Set(known);
    for (const step of steps.toReversed()) {
      if (step.#added !== null) keys.add(step.#added);
      if (step.#taken !== null) keys.delete(step.#taken);
    }
    this.#list = [...keys];
    this.#before = null;
    return this.#list;
  }
}

interface Leaf<V> {
  readonly key: string;
  readonly hash: number;
  readonly value: V;
  /** The next entry with the same hash. */
  readonly collided: Leaf<V> | null;
}

/** The set bits of `mask` say which of 32 slots are taken; `nodes` holds those, lowest first. */
interface Branch<V> {
  readonly mask: number;
  readonly nodes: readonly (Branch<V> | Leaf<V>)[];
}

function isLeaf<V>(node: Branch<V> | Leaf<V>): node is Leaf<V> {
  return "key" in node;
}

function lookUp<V>(root: Branch<V>, key: string, at: number): Leaf<V> | undefined {
  let node: Branch<V> = root;
  for (let shift = 0; ; shift += BITS) {
    const bit = slot(at, shift);
    if ((node.mask & bit) === 0) return undefined;
    const next = node.nodes[place(node.mask, bit)];
    if (next === undefined) return undefined;
    if (!isLeaf(next)) {
      node = next;
      continue;
    }
    if (next.hash !== at) return undefined;
    for (let leaf: Leaf<V> | null = next; leaf !== null; leaf = leaf.collided) if (leaf.key === key) return leaf;
    return undefined;
  }
}

function put<V>(branch: Branch<V>, leaf: Leaf<V>, shift: number): Branch<V> {
  const bit = slot(leaf.hash, shift);
  const index = place(branch.mask, bit);
  const nodes = branch.nodes.slice();
  const there = branch.nodes[index];
  if ((branch.mask & bit) === 0 || there === undefined) {
    nodes.splice(index, 0, leaf);
    return { mask: branch.mask | bit, nodes };
  }
  if (!isLeaf(there)) nodes[index] = put(there, leaf, shift + BITS);
  else if (there.hash === leaf.hash) nodes[index] = { ...leaf, collided: withoutKey(there, leaf.key) };
  else nodes[index] = put(put({ mask: 0, nodes: [] }, there, shift + BITS), leaf, shift + BITS);
  return { mask: branch.mask, nodes };
}

function remove<V>(branch: Branch<V>, key: string, at: number, shift: number): Branch<V> | null {
  const bit = slot(at, shift);
  const index = place(branch.mask, bit);
  const there = branch.nodes[index];
  if (there === undefined) return branch;
  const left = isLeaf(there) ? withoutKey(there, key) : remove(there, key, at, shift + BITS);
  const nodes = branch.nodes.slice();
  if (left !== null) {
    nodes[index] = left;
    return { mask: branch.mask, nodes };
  }
  nodes.splice(index, 1);
  return nodes.length === 0 ? null : { mask: branch.mask & ~bit, nodes };
}

function withoutKey<V>(leaf: Leaf<V>, key: string): Leaf<V> | null {
  if (leaf.key === key) return leaf.collided;
  return leaf.collided === null ? leaf : { ...leaf, collided: withoutKey(leaf.collided, key) };
}

function visit<V>(node: Branch<V> | Leaf<V>, see: (leaf: Leaf<V>) => void): void {
  if (!isLeaf(node)) for (const inner of node.nodes) visit(inner, see);
  else for (let leaf: Leaf<V> | null = node; leaf !== null; leaf = leaf.collided) see(leaf);
}

/** Visits the leaves of `now` in the parts that `before` does not share with it. */
function compare<V>(now: Branch<V>, before: Branch<V>, see: (leaf: Leaf<V>) => void): void {
  for (let rest = now.mask, index = 0; rest !== 0; index++) {
    const bit = rest & -rest;
    rest &= ~bit;
    const mine = now.nodes[index];
    const theirs = (before.mask & bit) === 0 ? undefined : before.nodes[place(before.mask, bit)];
    if (mine === undefined || mine === theirs) continue;
    if (!isLeaf(mine) && theirs !== undefined && !isLeaf(theirs)) compare(mine, theirs, see);
    else visit(mine, see);
  }
}

/** FNV-1a. */
function hash(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return h;
}

/** The bit of the slot that a hash takes at a depth. Past the 32nd bit two different hashes have parted. */
function slot(at: number, shift: number): number {
  return 1 << ((at >>> shift) & SLOTS);
}

/** Number of set bits below `bit`. */
function place(mask: number, bit: number): number {
  let x = mask & (bit - 1);
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** A `PersistentMap` of any map: those built elsewhere (a dump, a test) are converted once. */
export function persistent<V>(map: ReadonlyMap<string, V>): PersistentMap<V> {
  return map instanceof PersistentMap ? (map as PersistentMap<V>) : PersistentMap.from(map);
}
