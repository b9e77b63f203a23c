import type { Node, TypeName } from "libpg-query";
import type { Param } from "../../../model/query.ts";
import type { Relation, SchemaState, TypeRef } from "../../../model/schema.ts";

/** Thrown inside `bind` only: the first thing that Postgres' parse analysis would refuse. */
export class BindError extends Error {
  readonly sqlstate: string;
  constructor(sqlstate: string, message: string) {
    super(message);
    this.sqlstate = sqlstate;
  }
}

/** Thrown inside `bind` only: the state does not know enough to tell. */
export class Unknowable extends Error {}

/** Output columns of a query; null when they cannot be listed (`SELECT *` from something unknown). */
export type Outputs = ReadonlySet<string> | null;

/** What one binding works with. `write` is handed in so that queries (walk) and writes can each stand in the other. */
export interface BindContext {
  readonly catalogue: Catalogue;
  readonly params: readonly Param[];
  /** Checks a type that a cast names. @throws BindError 42704 */
  readonly type: (name: TypeName | undefined) => void;
  /** Checks a function that is called, by the parts of its name. @throws BindError 42883 */
  readonly routine: (name: readonly string[]) => void;
  readonly write: (node: Node, outer: Scope | null, context: BindContext) => Outputs | undefined;
}

/** Something in a FROM list: its name there, and the columns it offers. `null` columns: it may have any. */
export interface FromItem {
  readonly name: string;
  readonly columns: ReadonlySet<string> | null;
  /** Types of those columns that come straight from a relation. */
  readonly types?: ReadonlyMap<string, TypeRef>;
}

/** Names visible at one place of a query; inner scopes see the outer ones. */
export interface Scope {
  readonly items: FromItem[];
  readonly outer: Scope | null;
  /** Common table expressions by name. */
  readonly ctes: Map<string, ReadonlySet<string> | null>;
  /** Columns that JOIN … USING and NATURAL JOIN have made one of two. */
  readonly merged: Set<string>;
  /** Output names that ORDER BY and GROUP BY may use. */
  readonly outputs: ReadonlySet<string>;
}

export function childScope(outer: Scope | null): Scope {
  return { items: [], outer, ctes: new Map(), merged: new Set(), outputs: new Set() };
}

/** Every table has these (manual, 5.6 System Columns). */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(["pg_catalog", "information_schema", "pg_temp", "pg_toast"]);

/** The relations of a state as one query sees them; records what was looked up, so that an unchanged answer can be reused. */
export class Catalogue {
  readonly state: SchemaState;
  readonly lookups: Map<string, Relation | undefined> = new Map();
  /** A sequence was looked for by name: the answer rests on the sequences too. */
  askedSequences = false;
  readonly #exact: boolean;

  /** @param exact the session's search_path is the very one that the query meets (statements of a migration), and no app's guess */
  constructor(state: SchemaState, exact = false) {
    this.state = state;
    this.#exact = exact;
  }

  /** A relation or sequence that a query names as text. @throws BindError 42P01 */
  named(text: string): void {
    this.askedSequences = true;
    const parts = text.split(".").map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()));
    const [schema, name] = parts.length > 1 ? [parts.at(-2), parts.at(-1)] : [undefined, parts[0]];
    if (name === undefined || name === "" || !this.state.complete) return;
    if ((schema !== undefined && SYSTEM_SCHEMAS.has(schema)) || (schema === undefined && name.startsWith("pg_"))) return;
    const paths = schema === undefined ? this.#path() : [schema];
    if (paths.some((p) => this.state.sequences.has(`${p}.${name}`) || this.state.relations.has(`${p}.${name}`))) return;
    // Without its schema it may be one that only the app's own search_path finds.
    if (schema === undefined && !this.#exact) {
      for (const known of this.state.sequences.keys()) if (known.endsWith(`.${name}`)) return;
    }
    // An index is a relation as well.
    this.relation(schema, name);
  }

  #path(): readonly string[] {
    const { searchPath } = this.state.session;
    return this.#exact ? ["pg_temp", ...searchPath] : searchPath.length > 0 ? searchPath : ["public"];
  }

  /** @returns null for a system catalogue, whose columns tread does not check. */
  relation(schema: string | undefined, name: string): Relation | null {
    if (schema !== undefined && SYSTEM_SCHEMAS.has(schema)) return null;
    if (schema === undefined && name.startsWith("pg_")) return null;
    const relation = this.find(schema, name);
    if (relation !== undefined) return relation;
    // SELECT last_value FROM a sequence.
    const paths = schema === undefined ? this.#path() : [schema];
    if (paths.some((p) => this.state.sequences.has(`${p}.${name}`))) {
      this.askedSequences = true;
      return null;
    }
    const written = schema === undefined ? name : `${schema}.${name}`;
    if (!this.state.complete) throw new Unknowable(`no migration that was read creates ${written}`);
    throw new BindError("42P01", `relation "${written}" does not exist`);
  }

  private find(schema: string | undefined, name: string): Relation | undefined {
    if (schema !== undefined) return this.lookUp(`${schema}.${name}`);
    for (const candidate of this.#path()) {
      const found = this.lookUp(`${candidate}.${name}`);
      if (found !== undefined) return found;
    }
    if (this.#exact) return undefined;
    // An app may set its search_path where no migration shows it (a role setting, a connection option). A table of that name in
    // exactly one schema is then what the app means; and when it is dropped, no table of that name is left.
    if ([...(this.state.formerRelations ?? [])].some((former) => former.endsWith(`.${name}`))) return undefined;
    const elsewhere: string[] = [];
    for (const qualified of this.state.relations.keys()) if (qualified.endsWith(`.${name}`)) elsewhere.push(qualified);
    return elsewhere.length === 1 && elsewhere[0] !== undefined ? this.lookUp(elsewhere[0]) : undefined;
  }

  private lookUp(qualified: string): Relation | undefined {
    const found = this.state.relations.get(qualified);
    this.lookups.set(qualified, found);
    return found;
  }
}

/** The columns a relation offers by name; null when they are not known (a view whose query could not be read). */
export function offered(relation: Relation | null): ReadonlySet<string> | null {
  if (relation === null) return null;
  if (relation.columns.length === 0 && (relation.kind === "view" || relation.kind === "materialized-view")) return null;
  return new Set(relation.columns.map((column) => column.name));
}

/** Checks `a`, `t.a` and `s.t.a` against what is visible. @throws BindError with the SQLSTATE and wording of Postgres. */
export function resolveColumn(fields: readonly string[], scope: Scope): void {
  const column = fields.at(-1) ?? "";
  const qualifier = fields.length > 1 ? fields[fields.length - 2] : undefined;
  if (qualifier === undefined) {
    for (let at: Scope | null = scope; at !== null; at = at.outer) {
      const having = at.items.filter((item) => item.columns === null || item.columns.has(column));
      // ORDER BY and GROUP BY look at the outputs first.
      if (having.length > 0 || at.outputs.has(column)) {
        const certain = having.length > 1 && having.every((item) => item.columns !== null);
        if (certain && !at.merged.has(column) && !at.merged.has("*") && !at.outputs.has(column))
          throw new BindError("42702", `column reference "${column}" is ambiguous`);
        return;
      }
      // A whole-row reference: SELECT person FROM person.
      if (at.items.some((item) => item.name === column)) return;
      if (SYSTEM_COLUMNS.has(column) && at.items.length > 0) return;
    }
    throw new BindError("42703", `column "${column}" does not exist`);
  }
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const item = at.items.find((candidate) => candidate.name === qualifier);
    if (item === undefined) {
      // `person.address` where `address` is a composite column: (person).address is the usual spelling, but t.c.f parses like s.t.c.
      if (fields.length > 2 && at.items.some((candidate) => candidate.name === fields[0])) return;
      continue;
    }
    if (item.columns === null || item.columns.has(column) || SYSTEM_COLUMNS.has(column)) return;
    throw new BindError("42703", `column ${qualifier}.${column} does not exist`);
  }
  throw new BindError("42P01", `missing FROM-clause entry for table "${qualifier}"`);
}

/** The type of a plain column reference, where it comes straight from a relation. */
export function typeOfColumn(fields: readonly string[], scope: Scope): TypeRef | null {
  const column = fields.at(-1) ?? "";
  const qualifier = fields.length > 1 ? fields.at(-2) : undefined;
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    for (const item of at.items) {
      if (qualifier !== undefined && item.name !== qualifier) continue;
      if (item.columns?.has(column) === true) return item.types?.get(column) ?? null;
    }
  }
  return null;
}
