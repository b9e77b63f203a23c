import type { CatalogueObject, Index, Relation, SchemaState, Sequence, UserFunction, UserType } from "../../../model/schema.ts";
import { RelationMap } from "../../../model/apply/relations.ts";
import type { Catalogue } from "./rows.ts";

const VOLATILITY = ["volatile", "immutable", "stable", "volatile"] as const;

/** What the SQL of a schema cannot say, put on top of the folded state. */
export function patched(state: SchemaState, catalogue: Catalogue): SchemaState {
  return {
    ...state,
    relations: withInvalidIndexes(state, catalogue),
    sequences: withIdentitySequences(state, catalogue),
    types: withExtensionTypes(state, catalogue),
    functions: withExtensionFunctions(state, catalogue),
    objects: withCasts(state, catalogue),
  };
}

/** Casts of the project's own are counted, not read; that there are some decides what may be converted. */
function withCasts({ objects }: SchemaState, { notRead }: Catalogue): ReadonlyMap<string, CatalogueObject> {
  const known = objects ?? new Map<string, CatalogueObject>();
  if (!notRead.some(({ kind, count }) => kind === "cast" && Number(count) > 0)) return known;
  return new Map([...known, ["cast", { class: "cast", name: "of the database", tables: [] }]]);
}

/** An index that CREATE INDEX CONCURRENTLY left behind when it failed, or one `ON ONLY` a partitioned table that waits for its parts. */
function withInvalidIndexes(state: SchemaState, catalogue: Catalogue): ReadonlyMap<string, Relation> {
  const kinds = new Map(catalogue.relations.map((r) => [r.oid, r]));
  let relations = RelationMap.of(state.relations);
  for (const row of catalogue.indexes) {
    const table = kinds.get(row.relation);
    if (row.valid || table === undefined) continue;
    const relation = relations.get(`${table.schema}.${table.name}`);
    if (relation === undefined) continue;
    const name = `${row.schema}.${row.name}`;
    relations = relations.with({
      ...relation,
      indexes: relation.indexes.map((i): Index => (i.name === name ? { ...i, valid: false } : i)),
    });
  }
  return relations;
}

/** A renamed table keeps the name of its identity's sequence. */
function withIdentitySequences(state: SchemaState, catalogue: Catalogue): ReadonlyMap<string, Sequence> {
  const wrong = catalogue.identities.filter((row) => !state.sequences.has(`${row.schema}.${row.name}`));
  if (wrong.length === 0) return state.sequences;
  const sequences = new Map(state.sequences);
  for (const row of wrong) {
    const relation = `${row.table_schema}.${row.table_name}`;
    sequences.delete(`${relation}_${row.column_name}_seq`);
    const name = `${row.schema}.${row.name}`;
    sequences.set(name, { name, ownedBy: { relation, column: row.column_name } });
  }
  return sequences;
}

/** Who writes `citext` means `public.citext`, which is what the catalogue calls the type of the columns. */
function withExtensionTypes(state: SchemaState, catalogue: Catalogue): ReadonlyMap<string, UserType> {
  if (catalogue.extensionTypes.length === 0) return state.types;
  const types = new Map(state.types);
  for (const { schema, name } of catalogue.extensionTypes) {
    const qualified = `${schema}.${name}`;
    if (!types.has(qualified)) types.set(qualified, { kind: "other", name: qualified, origin: { migration: null } });
  }
  return types;
}

function withExtensionFunctions(state: SchemaState, catalogue: Catalogue): ReadonlyMap<string, UserFunction> {
  if (catalogue.extensionFunctions.length === 0) return state.functions;
  const functions = new Map(state.functions);
  for (const { schema, name, volatility } of catalogue.extensionFunctions) {
    const qualified = `${schema}.${name}`;
    if (functions.has(qualified)) continue;
    functions.set(qualified, { name: qualified, volatility: VOLATILITY[volatility] ?? "volatile", language: "c", body: null });
  }
  return functions;
}
