import type {
  Column,
  ColumnRef,
  Constraint,
  Expression,
  Index,
  Relation,
  Sequence,
  Session,
  Trigger,
  TypeRef,
  UserFunction,
  UserType,
} from "./schema.ts";
import type { LockMode } from "./effects.ts";
import type { Span } from "../text/span.ts";

/**
 * What a statement does to the schema or the data, as a tagged union. One statement may hold several (ALTER TABLE with
 * sub-commands). Names are resolved (search_path applied) and types canonical. Handled completely: tables of handlers are
 * `Record<Change["kind"], …>`, and `default: return change satisfies never`.
 */
export type Change = {
  readonly span: Span;
  /** In a branch, a loop or a guarded block of PL/pgSQL: it may not run, and its error may be caught. */
  readonly conditional?: boolean;
  /** ALTER TABLE ONLY: not the tables that inherit from it. */
  readonly only?: boolean;
} & ChangeBody;

export type ChangeBody =
  // relations
  | {
      readonly kind: "create-relation";
      readonly relation: Omit<Relation, "origin">;
      readonly ifNotExists: boolean;
      readonly references: readonly string[];
      readonly orReplace: boolean;
    }
  | {
      readonly kind: "drop-relation";
      readonly name: string;
      readonly relationKind: Relation["kind"];
      readonly ifExists: boolean;
      readonly cascade: boolean;
      readonly concurrently?: boolean;
    }
  | { readonly kind: "rename-relation"; readonly name: string; readonly to: string; readonly ifExists: boolean }
  | { readonly kind: "set-schema"; readonly name: string; readonly schema: string }
  | { readonly kind: "truncate"; readonly names: readonly string[]; readonly cascade: boolean }
  | { readonly kind: "refresh-materialized-view"; readonly name: string; readonly concurrently: boolean; readonly withData: boolean }
  // columns
  | {
      readonly kind: "add-column";
      readonly table: string;
      readonly column: Column;
      readonly ifNotExists: boolean;
      readonly serial: boolean;
      readonly constraints: readonly Constraint[];
    }
  | { readonly kind: "drop-column"; readonly table: string; readonly column: string; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: "rename-column"; readonly table: string; readonly column: string; readonly to: string }
  | {
      readonly kind: "change-type";
      readonly table: string;
      readonly column: string;
      readonly type: TypeRef;
      readonly collation: string | null;
      readonly using: Expression | null;
    }
  | { readonly kind: "set-default"; readonly table: string; readonly column: string; readonly default: Expression | null }
  | { readonly kind: "set-not-null"; readonly table: string; readonly column: string }
  | { readonly kind: "drop-not-null"; readonly table: string; readonly column: string }
  | {
      readonly kind: "add-identity" | "drop-identity" | "set-identity" | "drop-expression";
      readonly table: string;
      readonly column: string;
    }
  | { readonly kind: "set-expression"; readonly table: string; readonly column: string; readonly expression: Expression }
  // constraints
  | { readonly kind: "add-constraint"; readonly table: string; readonly constraint: Constraint; readonly usingIndex: string | null }
  | {
      readonly kind: "drop-constraint";
      readonly table: string;
      readonly name: string;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | { readonly kind: "validate-constraint"; readonly table: string; readonly name: string }
  | { readonly kind: "rename-constraint"; readonly table: string; readonly name: string; readonly to: string }
  | { readonly kind: "alter-constraint"; readonly table: string; readonly name: string }
  // indexes
  | {
      readonly kind: "create-index";
      readonly table: string;
      readonly index: Index;
      readonly concurrently: boolean;
      readonly ifNotExists: boolean;
      readonly only: boolean;
    }
  | {
      readonly kind: "drop-index";
      readonly name: string;
      readonly concurrently: boolean;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | { readonly kind: "rename-index"; readonly name: string; readonly to: string }
  | {
      readonly kind: "reindex";
      readonly target: "index" | "table" | "schema" | "database";
      readonly name: string;
      readonly concurrently: boolean;
    }
  // partitions and inheritance
  | { readonly kind: "attach-partition"; readonly table: string; readonly partition: string; readonly bound: string }
  | { readonly kind: "detach-partition"; readonly table: string; readonly partition: string; readonly concurrently: boolean }
  // table properties that need a lock and no more, or a rewrite: which one is the engine's business
  // (`other`: the second table of INHERIT and NO INHERIT)
  | { readonly kind: "alter-table-other"; readonly table: string; readonly action: string; readonly other?: string }
  | { readonly kind: "create-trigger"; readonly table: string; readonly trigger: Trigger; readonly orReplace?: boolean }
  | { readonly kind: "drop-trigger"; readonly table: string; readonly name: string; readonly ifExists: boolean }
  // types, functions, sequences, extensions, schemas
  | { readonly kind: "create-type"; readonly type: UserType }
  | { readonly kind: "drop-type"; readonly name: string; readonly ifExists: boolean; readonly cascade?: boolean }
  | {
      readonly kind: "add-enum-value";
      readonly type: string;
      readonly value: string;
      readonly ifNotExists: boolean;
      /** BEFORE or AFTER another value; absent: at the end. */
      readonly position?: { readonly side: "before" | "after"; readonly of: string };
    }
  /** RENAME and SET SCHEMA of an enum, a domain, a composite or a range; `to` is qualified. */
  | { readonly kind: "rename-type"; readonly name: string; readonly to: string }
  | { readonly kind: "rename-enum-value"; readonly type: string; readonly value: string; readonly to: string }
  | {
      readonly kind: "alter-domain";
      readonly domain: string;
      readonly action: "add-constraint" | "drop-constraint" | "validate-constraint" | "set-not-null" | "drop-not-null" | "set-default";
      readonly validated: boolean;
      readonly name: string | null;
      readonly expression: string | null;
    }
  | { readonly kind: "create-function"; readonly function: UserFunction }
  | { readonly kind: "drop-function"; readonly name: string; readonly ifExists?: boolean; readonly cascade?: boolean }
  | { readonly kind: "create-sequence"; readonly sequence: Sequence }
  | { readonly kind: "drop-sequence"; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: "own-sequence"; readonly name: string; readonly ownedBy: ColumnRef | null }
  | { readonly kind: "create-extension" | "drop-extension"; readonly name: string; readonly version?: string }
  | { readonly kind: "create-schema" | "drop-schema"; readonly name: string; readonly cascade: boolean }
  | { readonly kind: "rename-schema"; readonly name: string; readonly to: string }
  // data
  | {
      readonly kind: "write";
      readonly verb: "insert" | "update" | "delete" | "merge" | "copy";
      readonly table: string;
      readonly columns: readonly string[];
      /** Bounded: at most a constant number of rows by construction (primary key = literal, LIMIT in a subquery, VALUES). */
      readonly bounded: boolean;
      /** No WHERE at all, or one that is always true. */
      readonly wholeTable: boolean;
      /** Other tables it reads. */
      readonly reads: readonly string[];
      /** Tables, its own among them, of which it must read every row: nothing in its conditions lets an index help. */
      readonly fullReads?: readonly string[];
      /** String constants in it, kept only where an enum might take one of them. */
      readonly literals?: readonly string[];
      /** Columns that get a value computed from columns: `SET nickname = name`, `INSERT … SELECT`. Constants are left out. */
      readonly copies?: readonly Copy[];
      /** Columns of the table that are NULL in every row that is changed: `WHERE nickname IS NULL`. */
      readonly whereNull?: readonly string[];
      /** INSERT without a column list: its values go by position. */
      readonly byPosition?: true;
      /** INSERT … VALUES: columns that are given nothing but DEFAULT. */
      readonly leftToDefault?: readonly string[];
    }
  | {
      readonly kind: "read";
      readonly tables: readonly string[];
      readonly fullReads?: readonly string[];
      readonly forUpdate?: boolean;
      /** Called in it, as written, without their schema: `setval`. */ readonly functions?: readonly string[];
    }
  | {
      readonly kind: "lock-table";
      readonly tables: readonly { readonly name: string; readonly mode: LockMode }[];
      readonly nowait: boolean;
    }
  // session and transaction
  | {
      readonly kind: "begin" | "commit" | "rollback" | "savepoint" | "release" | "rollback-to";
      /** Of a savepoint. */
      readonly name?: string;
    }
  | {
      readonly kind: "set";
      readonly setting: string;
      readonly value: string | null;
      readonly local: boolean;
      readonly session: Partial<Session>;
    }
  // known to need no table lock, or only a brief one on something that is no table (COMMENT, GRANT, ANALYZE, …)
  | {
      readonly kind: "maintenance";
      readonly command: string;
      readonly table: string | null;
      readonly grant?: Grant;
      /** CREATE and ALTER ROLE: the options that are switched on, upper case. */
      readonly roleOptions?: readonly string[];
    }
  // not understood: said, not skipped
  | { readonly kind: "opaque"; readonly reason: string; readonly mayTouch: readonly string[] | null };

export type ChangeKind = Change["kind"];

/** A column that takes its value from others, of the same table or of another. */
export interface Copy {
  readonly column: string;
  readonly from: readonly { readonly relation: string; readonly column: string }[];
}

export interface Grant {
  /** Upper case; empty: ALL. */
  readonly privileges: readonly string[];
  /** `PUBLIC` for everybody. */
  readonly grantees: readonly string[];
  /** `TABLE`, `SCHEMA`, `FUNCTION`, … */
  readonly on: string;
  /** As written, schema-qualified for tables; empty for ALL … IN SCHEMA. */
  readonly objects: readonly string[];
  readonly withGrantOption: boolean;
}
/** An intersection and not `Extract`: it also narrows members that share one shape among several kinds. */
export type ChangeOf<K extends ChangeKind> = Change & { readonly kind: K };
