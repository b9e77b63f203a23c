import type { Change } from "../../model/change.ts";
import type { PostgresEffects } from "../../model/effects.ts";
import type { SqlStep, Statement, Suppression } from "../../model/migration.ts";
import type { Query } from "../../model/query.ts";
import type { SchemaState } from "../../model/schema.ts";
import type { Batchable, NotBatchable } from "./batch/index.ts";
import type { Span } from "../../text/span.ts";

/** The majors that tread predicts and rehearses. */
export const POSTGRES_MAJORS = [13, 14, 15, 16, 17, 18] as const;
export const NEWEST_POSTGRES = 18;

/** One statement as the grammar splits it, before it is understood against a schema. */
export interface RawStatement {
  /** Without the trailing semicolon and without the comments before it. */
  readonly sql: string;
  readonly span: Span;
  readonly suppressions: readonly Suppression[];
  /** What `-- tread: …` comments beside it ask of `tread apply`, without the mark. */
  readonly directives?: readonly string[];
  readonly syntaxError: Statement["syntaxError"];
  /** The parse tree, opaque outside of `engines/postgres`. Null for a syntax error and for a psql meta-command. */
  readonly tree: unknown;
  /** Why it cannot be understood whatever the schema is (a psql meta-command, COPY data, a syntax error), or null. */
  readonly opaque: string | null;
  /** The rows of a `COPY … FROM stdin` that stand behind it in the script. */
  readonly copyData?: string;
}

export interface PredictOptions {
  /** Major version of the server. */
  readonly version: number;
  readonly inTransaction: boolean;
  /** The table has no rows: it was created in the same release. */
  readonly isEmpty: (table: string) => boolean;
  /** The schema behind all of the changes, where the caller has made it already. */
  readonly after?: SchemaState;
}

/** What a query of a live version would meet in a schema. */
export type Fate =
  | { readonly kind: "works" }
  | { readonly kind: "fails"; readonly sqlstate: string; readonly message: string }
  /** It could not be told: a function, type or table that the state does not know, SQL that does not parse. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What Postgres is to the rest of tread. Loaded with `loadPostgres()`; everything here is synchronous and pure. */
export interface PostgresEngine {
  /** Splits and parses one step. Never throws: what does not parse is a statement with a syntax error. */
  read(step: SqlStep): readonly RawStatement[];
  /** What the statement changes, its names and types resolved against the schema before it. */
  changes(statement: RawStatement, before: SchemaState): readonly Change[];
  predict(changes: readonly Change[], before: SchemaState, options: PredictOptions): PostgresEffects;
  bind(query: Query, state: SchemaState): Fate;
  /** Whether the statement may be run on one range of a key after the other, and where a condition goes in. */
  batch(sql: string, state: SchemaState): Batchable | NotBatchable;
}
