import type { Relation, SchemaState, TypeRef } from "../../../model/schema.ts";

export interface TypeUser {
  readonly table: string;
  readonly column: string;
}

/** Columns whose values can be reached through a type: directly or through domains over it; and those that hold it inside something. */
export interface TypeUsers {
  /** Of the type or of a domain over it, no array. */
  readonly plain: readonly TypeUser[];
  /** Arrays of it, composites with it, and arrays and domains of those: Postgres refuses to look inside (0A000). */
  readonly inside: readonly TypeUser[];
}

/**
 * Relations with rows of their own that hold values of a type (`get_rels_with_domain` and `find_composite_type_dependencies` of
 * typecmds.c: tables and materialized views; a partitioned table has no rows and is left out).
 */
export function usersOf(name: string, state: SchemaState): TypeUsers {
  const plain = withDomains(name, state);
  const containers = containersOf(plain, state);
  const holds = (type: TypeRef): boolean => (type.dimensions > 0 && plain.has(type.name)) || containers.has(type.name);
  const users: { plain: TypeUser[]; inside: TypeUser[] } = { plain: [], inside: [] };
  for (const relation of state.relations.values()) {
    if (relation.kind !== "table" && relation.kind !== "materialized-view") continue;
    for (const { name: column, type } of relation.columns) {
      if (holds(type)) users.inside.push({ table: relation.name, column });
      else if (plain.has(type.name)) users.plain.push({ table: relation.name, column });
    }
  }
  return users;
}

/** The type and every domain over it, through domains. */
export function withDomains(name: string, state: SchemaState): ReadonlySet<string> {
  const names = new Set([name]);
  for (let size = 0; size !== names.size;) {
    size = names.size;
    for (const type of state.types.values())
      if (type.kind === "domain" && type.base.dimensions === 0 && names.has(type.base.name)) names.add(type.name);
  }
  return names;
}

/** Composites, row types of tables and domains that hold one of the types inside. */
function containersOf(inner: ReadonlySet<string>, state: SchemaState): ReadonlySet<string> {
  const found = new Set<string>();
  const rowTypes = usedRowTypes(state);
  const holds = (type: TypeRef): boolean => (type.dimensions > 0 && inner.has(type.name)) || inner.has(type.name) || found.has(type.name);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const type of state.types.values()) {
      if (found.has(type.name)) continue;
      if (type.kind === "composite" && type.columns.some((c) => holds(c.type))) found.add(type.name);
      if (type.kind === "domain" && (found.has(type.base.name) || (type.base.dimensions > 0 && inner.has(type.base.name))))
        found.add(type.name);
    }
    for (const relation of rowTypes) if (!found.has(relation.name) && relation.columns.some((c) => holds(c.type))) found.add(relation.name);
  }
  return found;
}

/** Tables of whose row type some column is. */
function usedRowTypes(state: SchemaState): readonly Relation[] {
  const used = new Set<Relation>();
  for (const relation of state.relations.values()) {
    for (const { type } of relation.columns) {
      const row = state.relations.get(type.name);
      if (row !== undefined) used.add(row);
    }
  }
  return [...used];
}

/** Every column that goes with the type when it is dropped with CASCADE, views left out: they depend on columns. */
export function columnsOfType(name: string, state: SchemaState): readonly TypeUser[] {
  const names = new Set([name]);
  for (let size = 0; size !== names.size;) {
    size = names.size;
    for (const type of state.types.values()) if (type.kind === "domain" && names.has(type.base.name)) names.add(type.name);
  }
  const found: TypeUser[] = [];
  for (const relation of state.relations.values()) {
    if (relation.kind === "view") continue;
    for (const { name: column, type } of relation.columns) if (names.has(type.name)) found.push({ table: relation.name, column });
  }
  return found;
}
