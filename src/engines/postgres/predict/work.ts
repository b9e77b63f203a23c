import { strongest, type EngineError, type LockMode, type PostgresEffects } from "../../../model/effects.ts";
import { treeOf } from "../../../model/apply/index.ts";
import type { Change, ChangeKind, ChangeOf } from "../../../model/change.ts";
import { bareName, type Column, type Relation, type SchemaState, type TypeRef } from "../../../model/schema.ts";
import type { PredictOptions } from "../engine.ts";

/** Says what one kind of change does, into `work`. */
type Predictor<K extends ChangeKind> = (change: ChangeOf<K>, work: Work) => void;
export type Predictors<K extends ChangeKind> = { readonly [P in K]: Predictor<P> };

/** Extensions that bring no tables of their own, so that a missing table is missing although they are installed. */
const WITHOUT_TABLES = new Set(
  "plpgsql pgcrypto uuid-ossp citext hstore pg_trgm btree_gin btree_gist unaccent ltree intarray vector cube earthdistance tablefunc fuzzystrmatch bloom isn seg lo".split(
    " ",
  ),
);

/** Collects the effects of one statement. */
export class Work {
  /** The schema before the statement: only what exists here can be locked, rewritten or read. */
  readonly before: SchemaState;
  /** The schema before the change at hand: earlier sub-commands of the statement have been applied. */
  state: SchemaState;
  readonly version: number;
  readonly inTransaction: boolean;
  readonly #isEmpty: (table: string) => boolean;
  readonly #locks = new Map<string, LockMode>();
  readonly #rewrites = new Set<string>();
  readonly #scans = new Set<string>();
  readonly #builds = new Set<string>();
  readonly #retyped = new Set<string>();
  #error: EngineError | null = null;
  /** The change at hand may not run, or its error may be caught. */
  conditional = false;
  /** `table.column` → the type that this very statement gives it. */
  becoming: ReadonlyMap<string, TypeRef> = new Map();
  /** Tables that sub-commands reach below their own: they are locked as strongly as the statement as a whole needs. */
  readonly recursed: Set<string> = new Set();
  /** Relations that this very statement drops, together. */
  dropping: ReadonlySet<string> = new Set();
  /** The table that the change at hand is about when it says ONLY. */
  only: string | null = null;

  constructor(before: SchemaState, options: PredictOptions) {
    this.before = before;
    this.state = before;
    this.version = options.version;
    this.inTransaction = options.inTransaction;
    this.#isEmpty = options.isEmpty;
  }

  get failed(): boolean {
    return this.#error !== null;
  }

  /** True when the table existed before the statement, as far as is known. */
  existed(table: string): boolean {
    return this.before.relations.has(table) || (!this.state.relations.has(table) && !isCatalog(table));
  }

  isEmpty(table: string): boolean {
    return !this.existed(table) || this.#isEmpty(table);
  }

  lock(table: string, mode: LockMode): void {
    if (!this.existed(table) || isCatalog(table)) return;
    const held = this.#locks.get(table);
    this.#locks.set(table, held === undefined ? mode : strongest(held, mode));
  }

  /** The table and everything that inherits from it, unless the change says ONLY. */
  lockTree(table: string, mode: LockMode): void {
    this.lock(table, mode);
    for (const relation of this.tree(table)) this.lock(relation.name, mode);
  }

  /** What a sub-command works on: the table, and what inherits from it unless it says ONLY. Empty when the table is not known. */
  tree(table: string): readonly Relation[] {
    const all = treeOf(this.state, table);
    return this.only === table ? all.slice(0, 1) : all;
  }

  /** The table and its partitions: tables that only inherit from it have their keys and foreign keys for themselves. */
  partitions(table: string): readonly Relation[] {
    const root = this.state.relations.get(table);
    if (root === undefined) return [];
    return root.kind === "partitioned-table" ? this.tree(table) : [root];
  }
  lockPartitions(table: string, mode: LockMode): void {
    this.lock(table, mode);
    for (const relation of this.partitions(table)) this.lock(relation.name, mode);
  }
  scanPartitions(table: string): void {
    this.scan(table);
    for (const relation of this.partitions(table)) this.scan(relation.name);
  }

  /** Every row is read. Relations without storage of their own and empty tables have none. */
  scan(table: string): void {
    if (this.#hasRows(table)) this.#scans.add(table);
  }
  scanTree(table: string): void {
    this.scan(table);
    for (const relation of this.tree(table)) this.scan(relation.name);
  }

  /** Every row is written again, and every index with it. Reading them all is part of it. */
  rewrite(table: string): void {
    const relation = this.state.relations.get(table);
    if (relation?.kind === "partitioned-table" || relation?.kind === "foreign-table") return;
    // An empty table gets a new file as well, which is what an observer sees; but nothing is read.
    if (relation?.kind !== "view" && this.existed(table)) this.#rewrites.add(table);
    this.scan(table);
    for (const index of relation?.indexes ?? []) this.build(table, index.name);
  }
  /** New files without reading the old ones row by row: a refreshed materialized view, a copied tablespace. */
  newFiles(table: string): void {
    if (this.existed(table)) this.#rewrites.add(table);
  }
  rewriteTree(table: string): void {
    const tree = this.tree(table);
    if (tree.length === 0) this.rewrite(table);
    for (const relation of tree) this.rewrite(relation.name);
  }

  /** An index is built; building reads every row of the table. */
  build(table: string, index: string): void {
    if (!this.existed(table)) return;
    // An index of a partitioned table has no storage: nothing is built for it.
    if (this.state.relations.get(table)?.kind === "partitioned-table") return;
    this.#builds.add(index);
    this.scan(table);
  }

  /** The pages of an index are copied as they are. */
  copyIndex(table: string, index: string): void {
    if (this.existed(table)) this.#builds.add(index);
  }

  /** The first error ends the statement. One that PL/pgSQL may catch or never reach is no prediction. */
  /** What parse analysis refuses in the change. */
  refuse({ refused }: Pick<Change, "refused">): void {
    if (refused !== undefined && this.version >= (refused.from ?? 0)) this.fail(refused.sqlstate, refused.message);
  }

  fail(sqlstate: string, message: string): void {
    if (this.conditional) return;
    this.#error ??= { sqlstate, message };
  }

  /** The relation, or null after noting 42P01 where the state knows enough to tell. */
  need(name: string): Relation | null {
    const relation = this.state.relations.get(name);
    if (relation !== undefined) return relation;
    if (this.knowsAll(name)) this.fail("42P01", `relation "${shown(name)}" does not exist`);
    return null;
  }

  /** Notes 42809 for a relation that the command is not for. */
  needKind(relation: Relation | null, kinds: readonly Relation["kind"][], what: string): boolean {
    if (relation === null || kinds.includes(relation.kind)) return true;
    this.fail("42809", `${what} cannot be performed on "${bareName(relation.name)}", which is a ${relation.kind.replace("-", " ")}`);
    return false;
  }

  /** The column comes with this statement, so that no row has a value for it that it was not given here. */
  isNewColumn(table: string, column: string): boolean {
    const relation = this.before.relations.get(table);
    return relation !== undefined && !relation.columns.some((c) => c.name === column);
  }

  /** True when the statement has changed the type of the column before. */
  typeChanged(table: string, column: string): boolean {
    const key = JSON.stringify([table, column]);
    const again = this.#retyped.has(key);
    this.#retyped.add(key);
    return again;
  }

  /** A relation that is not in the state does not exist. */
  knowsAll(name: string): boolean {
    return this.state.complete && !isCatalog(name) && [...this.state.extensions].every((e) => WITHOUT_TABLES.has(e));
  }

  /** No extension has brought functions, types or operators of its own. */
  get onlyPlpgsql(): boolean {
    return [...this.state.extensions].every((e) => e === "plpgsql");
  }

  /** The column, or null after noting 42703 where the columns are known. */
  needColumn(relation: Relation | null, column: string): Column | null {
    if (relation === null) return null;
    const found = relation.columns.find((c) => c.name === column);
    if (found === undefined && !SYSTEM_COLUMNS.has(column) && this.columnsKnown(relation)) {
      this.fail("42703", `column "${column}" of relation "${bareName(relation.name)}" does not exist`);
    }
    return found ?? null;
  }

  /** False for a table made by a query whose columns could not be listed. */
  columnsKnown(relation: Relation): boolean {
    return relation.columns.length > 0;
  }

  /** The lock of an ALTER TABLE is the strongest that one of its sub-commands needs, on every table that one of them reaches. */
  levelled(table: string): void {
    const mode = this.#locks.get(table);
    if (mode !== undefined) for (const below of this.recursed) this.lock(below, mode);
  }

  get effects(): PostgresEffects {
    return {
      locks: [...this.#locks].map(([relation, mode]) => ({ relation, mode })).sort((a, b) => compare(a.relation, b.relation)),
      rewrites: [...this.#rewrites].sort(compare),
      scans: [...this.#scans].sort(compare),
      indexBuilds: [...this.#builds].sort(compare),
      error: this.#error,
    };
  }

  #hasRows(table: string): boolean {
    if (isCatalog(table) || this.isEmpty(table)) return false;
    const kind = this.state.relations.get(table)?.kind;
    return kind === undefined || kind === "table" || kind === "materialized-view";
  }
}

export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

function isCatalog(name: string): boolean {
  return name.startsWith("pg_catalog.") || name.startsWith("information_schema.") || name.startsWith("pg_toast.");
}

/** As Postgres' messages name it. */
export function shown(name: string): string {
  return name.startsWith("public.") || name.startsWith(".") ? bareName(name) : name;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
