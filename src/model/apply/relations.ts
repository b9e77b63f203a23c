import type { Relation, SchemaState } from "../schema.ts";
import { PersistentMap } from "./persistent-map.ts";

const NONE: readonly Relation[] = [];

/**
 * The relations of a state together with what points at them, kept up with every change, so that "whose index is this", "who
 * references this table" and "what are its partitions" are one look-up instead of a walk over the schema.
 */
export class RelationMap implements ReadonlyMap<string, Relation> {
  readonly #byName: PersistentMap<Relation>;
  readonly #indexOwner: PersistentMap<string>;
  /** Names of the relations that point at a name: foreign keys, partitions, children, views. */
  readonly #pointers: PersistentMap<readonly string[]>;

  private constructor(byName: PersistentMap<Relation>, indexOwner: PersistentMap<string>, pointers: PersistentMap<readonly string[]>) {
    this.#byName = byName;
    this.#indexOwner = indexOwner;
    this.#pointers = pointers;
  }

  static readonly empty: RelationMap = new RelationMap(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty());

  static of(relations: ReadonlyMap<string, Relation>): RelationMap {
    if (relations instanceof RelationMap) return relations;
    let map = RelationMap.empty;
    for (const relation of relations.values()) map = map.with(relation);
    return map;
  }

  get size(): number {
    return this.#byName.size;
  }
  get(name: string): Relation | undefined {
    return this.#byName.get(name);
  }
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Names that an earlier version of this schema did not have, in no order. */
  addedSince(earlier: RelationMap): string[] {
    return this.#byName.addedSince(earlier.#byName);
  }

  /** The table that has this index. */
  ownerOf(index: string): string | undefined {
    return this.#indexOwner.get(index);
  }

  /** Relations with a foreign key to, a parent in, or a view on `name`. */
  pointingAt(name: string): readonly Relation[] {
    const names = this.#pointers.get(name);
    return names === undefined ? NONE : names.flatMap((n) => this.#byName.get(n) ?? []);
  }

  with(relation: Relation): RelationMap {
    const old = this.#byName.get(relation.name);
    if (old === relation) return this;
    return new RelationMap(this.#byName.with(relation.name, relation), this.#reindexed(old, relation), this.#repointed(old, relation));
  }

  without(name: string): RelationMap {
    const old = this.#byName.get(name);
    if (old === undefined) return this;
    return new RelationMap(this.#byName.without(name), this.#reindexed(old, undefined), this.#repointed(old, undefined));
  }

  #reindexed(old: Relation | undefined, now: Relation | undefined): PersistentMap<string> {
    let owners = this.#indexOwner;
    if (old?.indexes === now?.indexes && old?.name === now?.name) return owners;
    const kept = new Set(now?.indexes.map((i) => i.name));
    for (const index of old?.indexes ?? []) if (!kept.has(index.name)) owners = owners.without(index.name);
    for (const index of now?.indexes ?? []) owners = owners.with(index.name, now?.name ?? "");
    return owners;
  }

  #repointed(old: Relation | undefined, now: Relation | undefined): PersistentMap<readonly string[]> {
    let pointers = this.#pointers;
    if (
      old !== undefined &&
      now !== undefined &&
      old.constraints === now.constraints &&
      old.reads === now.reads &&
      old.inherits === now.inherits &&
      old.partitionOf === now.partitionOf &&
      (old.columns === now.columns || sameTypes(old.columns, now.columns))
    )
      return pointers;
    const before = old === undefined ? [] : targets(old);
    const after = now === undefined ? [] : targets(now);
    const name = (now ?? old)?.name ?? "";
    for (const target of before) {
      if (after.includes(target)) continue;
      pointers = pointers.with(
        target,
        (pointers.get(target) ?? []).filter((n) => n !== name),
      );
    }
    for (const target of after) {
      const known = pointers.get(target) ?? [];
      if (!known.includes(name)) pointers = pointers.with(target, [...known, name]);
    }
    return pointers;
  }

  forEach(callback: (value: Relation, key: string, map: ReadonlyMap<string, Relation>) => void): void {
    for (const [key, value] of this.#byName) callback(value, key, this);
  }
  entries(): MapIterator<[string, Relation]> {
    return this.#byName.entries();
  }
  keys(): MapIterator<string> {
    return this.#byName.keys();
  }
  values(): MapIterator<Relation> {
    return this.#byName.values();
  }
  [Symbol.iterator](): MapIterator<[string, Relation]> {
    return this.entries();
  }
}

function sameTypes(a: Relation["columns"], b: Relation["columns"]): boolean {
  const own = (columns: Relation["columns"]): string => columns.flatMap(({ type }) => (type.name.includes(".") ? [type.name] : [])).join();
  return own(a) === own(b);
}

/** Tables with a column that holds rows of `name`: its columns cannot change while there are such rows (`find_composite_type_dependencies`). */
export function rowTypeUsers(state: SchemaState, name: string): readonly Relation[] {
  return RelationMap.of(state.relations)
    .pointingAt(name)
    .filter((r) => r.kind !== "view" && r.columns.some((c) => c.type.name === name));
}

function targets(relation: Relation): string[] {
  const found = new Set<string>(relation.inherits);
  if (relation.partitionOf !== null) found.add(relation.partitionOf);
  for (const constraint of relation.constraints) if (constraint.references !== null) found.add(constraint.references.relation);
  for (const ref of relation.reads ?? []) found.add(ref.relation);
  // A column may hold rows of another table, whose name is that of their type. Built-in types have no schema before their name.
  for (const { type } of relation.columns) if (type.name.includes(".")) found.add(type.name);
  return [...found];
}

/** Relations that `after` has and `before` has not, by qualified name. */
export function addedRelations(after: SchemaState, before: SchemaState): readonly string[] {
  if (after.relations === before.relations) return [];
  return RelationMap.of(after.relations).addedSince(RelationMap.of(before.relations));
}

/** The table that has this index, by qualified name. */
export function indexOwner(state: SchemaState, index: string): Relation | undefined {
  const relations = RelationMap.of(state.relations);
  const owner = relations.ownerOf(index);
  return owner === undefined ? undefined : relations.get(owner);
}

/** Foreign keys of other tables (and of the table itself) that reference `name`. */
export function foreignKeysTo(
  state: SchemaState,
  name: string,
): { readonly table: Relation; readonly constraint: Relation["constraints"][number] }[] {
  return RelationMap.of(state.relations)
    .pointingAt(name)
    .flatMap((table) => table.constraints.filter((c) => c.references?.relation === name).map((constraint) => ({ table, constraint })));
}

/** Direct partitions and INHERITS children. */
export function childrenOf(state: SchemaState, name: string): readonly Relation[] {
  return RelationMap.of(state.relations)
    .pointingAt(name)
    .filter((r) => r.partitionOf === name || r.inherits.includes(name));
}

/** The relation and all below it, parents first. */
export function treeOf(state: SchemaState, name: string): readonly Relation[] {
  const root = state.relations.get(name);
  if (root === undefined) return [];
  const found: Relation[] = [root];
  const seen = new Set([name]);
  for (let i = 0; i < found.length; i++) {
    for (const child of childrenOf(state, found[i]?.name ?? "")) {
      if (!seen.has(child.name)) {
        seen.add(child.name);
        found.push(child);
      }
    }
  }
  return found;
}

/** Views and materialized views whose query reads `name`, or only one column of it. A view whose reads are unknown is not among them. */
export function viewsOn(state: SchemaState, name: string, column?: string): readonly Relation[] {
  return RelationMap.of(state.relations)
    .pointingAt(name)
    .filter(
      (r) =>
        r.reads?.some((ref) => ref.relation === name && (column === undefined ? true : ref.column === column)) === true &&
        (r.kind === "view" || r.kind === "materialized-view"),
    );
}
