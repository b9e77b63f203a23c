import type { Span } from "../text/span.ts";
import type { Database, Problem } from "./migration.ts";

/** One thing that a live version of the app asks of the database. */
export interface Query {
  /** Complete SQL with `$1…` placeholders, as the app sends it. */
  readonly sql: string;
  readonly verb: "select" | "insert" | "update" | "delete" | "other";
  /** For the reader: `Person (person/models.py:12)`, `workers/queries.sql:4`. */
  readonly origin: string;
  readonly span: Span | null;
  /** One per placeholder, in order. */
  readonly params: readonly Param[];
  /**
   * - `certain`: the version sends it in normal service (the ORM's SELECT, a query of an export).
   * - `latent`: it is sent only by something that no code of the version was seen to do (any delete, for a many-to-many field that
   *   is neither used nor deleted through). A latent query that breaks is a warning.
   */
  readonly use: "certain" | "latent";
  /** Where the use was seen, for what depends on use (M2M accessors). */
  readonly usedAt: Span | null;
  /** Calls per second when an export tells it. */
  readonly callsPerSecond: number | null;
}

export interface Param {
  /** `public.person.email` when the value goes into or is compared with that column. */
  readonly column: string | null;
  /** The version may send NULL here: rehearsal binds NULL, prediction checks NOT NULL. */
  readonly null: boolean;
}

export interface LiveVersion {
  readonly name: string;
  readonly database: Database;
  readonly queries: readonly Query[];
  /** Hash per migration id that this version carries (per source `root` or path), or null for a version that carries none. */
  readonly migrations: ReadonlyMap<string, string> | null;
  /** What could not be read: dynamic access that may use a column, named with its place. Makes a drop `unknown`, never safe. */
  readonly dynamic: readonly DynamicAccess[];
  readonly problems: readonly Problem[];
  /** Tables of which the version may ask for columns that were not read: a base from a package may declare them. Absent: none. */
  readonly openTables?: readonly OpenTable[];
  /**
   * False for queries that were only found (raw SQL in the working tree): they break like others, but they do not say which version
   * serves. Without a version on record, what is taken away is presumed to be in use.
   */
  readonly onRecord?: boolean;
  /** What the version's code declares in the database, with the mark that says that it is deprecated. Absent: it declares nothing. */
  readonly declares?: readonly Declared[];
}

/** A table, a column or the join table of a many-to-many field as the code declares it. */
export interface Declared {
  readonly kind: "column" | "table" | "m2m";
  /** Qualified; of a many-to-many field its join table. */
  readonly table: string;
  /** Null for what is a table. */
  readonly column: string | null;
  /** The class or block, and the field in it: `Person`, `email`. The field is null for the whole. */
  readonly owner: string;
  readonly field: string | null;
  /** Relative to the tree of files that the version was read from. */
  readonly path: string;
  readonly span: Span;
  readonly mark: DeprecationMark | null;
}

/** What marks a declaration as deprecated. */
export interface DeprecationMark {
  /** `comment`, or what else says it: `deprecate_field(…)`, `db_comment`, `@deprecated`. */
  readonly by: string;
  /** What it says, one line. */
  readonly text: string;
  /** 1-based, in the file of the declaration. */
  readonly line: number;
}

export interface OpenTable {
  readonly table: string;
  /** Names of the columns that it may be, or null: any. */
  readonly columns: readonly string[] | null;
  readonly reason: string;
  readonly span: Span;
}

export interface DynamicAccess {
  /** Tables it may touch; empty: any. */
  readonly tables: readonly string[];
  readonly reason: string;
  readonly span: Span;
}

/** A statement by which a version writes a table, with the columns that it gives a value. */
export interface VersionWrite {
  readonly version: string;
  /** `next`: the version under judgement, which is deployed after the migrations. */
  readonly serves: "now" | "next";
  readonly verb: "insert" | "update" | "delete" | "merge" | "copy";
  /** Qualified. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

/** The version that a rollback of the release would deploy: the newest one that is on record before the working tree. */
export interface RollbackTarget {
  readonly version: string;
  /** It serves while the migrations run: what fails for it then is told at the statement that breaks it. */
  readonly serves: boolean;
}
