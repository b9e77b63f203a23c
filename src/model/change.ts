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
import type { EngineError, LockMode } from "./effects.ts";
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
  /** What Postgres' parse analysis refuses in the statement: a column, a table or a type that does not exist. */
  readonly refused?: Refusal;
  /** The first major whose grammar has the statement, when that is not the oldest one that tread knows. */
  readonly since?: Since;
  /** Constants that the statement uses as values of an enum, with the enum's qualified name. */
  readonly enumLabels?: readonly { readonly type: string; readonly label: string }[];
  /** Names in the statement that are longer than 63 bytes: Postgres cuts them, with a NOTICE. As written. */
  readonly truncated?: readonly string[];
  /** What a read-only transaction refuses it as (`ALTER TABLE`, `UPDATE`); absent for what only reads. */
  readonly writesAs?: string;
} & ChangeBody;

export interface Refusal extends EngineError {
  /** The first major that refuses it; all do when it is absent. */
  readonly from?: number;
}

/** Syntax that came with a major. */
export interface Since {
  readonly major: number;
  /** As a reader names it: `VIRTUAL generated columns`. */
  readonly what: string;
  /** What an older server answers. */
  readonly sqlstate: string;
}

/** An object of the catalogue that is no relation, type or function, as a statement names it. */
export interface ObjectChange {
  /** `policy`, `rule`, `publication`, `statistics`, … */
  readonly class: string;
  /** Qualified where the class has schemas. */
  readonly name: string;
  readonly action: "create" | "alter" | "drop" | "rename";
  /** New name of a rename. */
  readonly to?: string;
  /** Columns of its table that a policy or a rule names. */
  readonly columns?: readonly string[];
  /** IF EXISTS, IF NOT EXISTS or OR REPLACE: that it is there, or is not, is no error. */
  readonly lenient?: boolean;
}

export type ChangeBody =
  // relations
  | {
      readonly kind: "create-relation";
      readonly relation: Omit<Relation, "origin">;
      readonly ifNotExists: boolean;
      readonly references: readonly string[];
      readonly orReplace: boolean;
      /** Written without its schema: the search path decides where it goes. */
      readonly unqualified?: boolean;
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
  | {
      readonly kind: "truncate";
      readonly names: readonly string[];
      readonly cascade: boolean;
      /** Those of the names that say ONLY. */
      readonly onlys?: readonly string[];
    }
  | { readonly kind: "refresh-materialized-view"; readonly name: string; readonly concurrently: boolean; readonly withData: boolean }
  // columns
  | {
      readonly kind: "add-column";
      readonly table: string;
      readonly column: Column;
      readonly ifNotExists: boolean;
      readonly serial: boolean;
      readonly constraints: readonly Constraint[];
      /** It says DEFAULT NULL, which gives no value; but Postgres looks only at whether there is a DEFAULT before it checks a foreign key. */
      readonly defaultNull?: boolean;
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
      /** USING does no more than cast the column itself: to these types, in order. Null or absent: it computes something. */
      readonly through?: readonly TypeRef[] | null;
    }
  | { readonly kind: "set-default"; readonly table: string; readonly column: string; readonly default: Expression | null }
  | { readonly kind: "set-not-null"; readonly table: string; readonly column: string }
  | { readonly kind: "drop-not-null"; readonly table: string; readonly column: string }
  | {
      readonly kind: "add-identity" | "drop-identity" | "set-identity" | "drop-expression";
      readonly table: string;
      readonly column: string;
      /** GENERATED ALWAYS (true) or BY DEFAULT (false), where it is said. */
      readonly always?: boolean;
      /** START WITH or RESTART WITH says where an identity begins. */
      readonly starts?: boolean;
      /** RESTART WITH; null for a RESTART alone, which is where it began. */
      readonly restart?: number | null;
      /** DROP … IF EXISTS. */
      readonly ifExists?: boolean;
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
  | {
      readonly kind: "alter-constraint";
      readonly table: string;
      readonly name: string;
      /** What it says: [NOT] DEFERRABLE, [NOT] ENFORCED or [NO] INHERIT. */
      readonly action?: "deferrability" | "enforced" | "not-enforced" | "inherit" | "no-inherit";
    }
  // indexes
  | {
      readonly kind: "create-index";
      readonly table: string;
      readonly index: Index;
      readonly concurrently: boolean;
      readonly ifNotExists: boolean;
      readonly only: boolean;
      /** It has columns beside the keys (INCLUDE). */
      readonly including?: boolean;
      /** It says ASC, DESC, NULLS FIRST or NULLS LAST of a key. */
      readonly sorted?: boolean;
    }
  | {
      readonly kind: "drop-index";
      readonly name: string;
      readonly concurrently: boolean;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | { readonly kind: "rename-index"; readonly name: string; readonly to: string }
  /** ALTER INDEX … ATTACH PARTITION. */
  | { readonly kind: "attach-index"; readonly name: string; readonly partition: string }
  /** SET and RESET of parameters and statistics, SET TABLESPACE. */
  | { readonly kind: "alter-index"; readonly name: string; readonly action: "SET" | "SET TABLESPACE" }
  | {
      readonly kind: "reindex";
      readonly target: "index" | "table" | "schema" | "database";
      readonly name: string;
      readonly concurrently: boolean;
    }
  // partitions and inheritance
  | { readonly kind: "attach-partition"; readonly table: string; readonly partition: string; readonly bound: string }
  | {
      readonly kind: "detach-partition";
      readonly table: string;
      readonly partition: string;
      readonly concurrently: boolean;
      /** FINALIZE: the end of a CONCURRENTLY that was interrupted. */
      readonly finalize?: boolean;
    }
  // table properties that need a lock and no more, or a rewrite: which one is the engine's business
  // (`other`: the second table of INHERIT and NO INHERIT)
  | {
      readonly kind: "alter-table-other";
      readonly table: string;
      readonly action: string;
      /** A rule DO INSTEAD: what statements of this kind do not do any more; `nothing`: nor anything else. */
      readonly instead?: { readonly of: "insert" | "update" | "delete"; readonly nothing: boolean };
      readonly other?: string;
      /** ALTER COLUMN of it. */
      readonly column?: string;
      /** The trigger, rule, index or kind of storage that it names. */
      readonly named?: string;
      /** The policy or rule that it is about. */
      readonly object?: ObjectChange;
      /** SET (…): the options with their values, as written. */
      readonly options?: Readonly<Record<string, string>>;
      /** IF EXISTS of a statement whose table may be missing too. */
      readonly ifExists?: boolean;
    }
  | { readonly kind: "create-trigger"; readonly table: string; readonly trigger: Trigger; readonly orReplace?: boolean }
  | { readonly kind: "drop-trigger"; readonly table: string; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: "rename-trigger"; readonly table: string; readonly name: string; readonly to: string }
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
  /** ALTER TYPE … ATTRIBUTE of a composite. With CASCADE the tables of the type follow (`Relation.ofType`). */
  | {
      readonly kind: "alter-attribute";
      readonly type: string;
      readonly action: "add" | "drop" | "alter" | "rename";
      readonly attribute: string;
      /** What is added, or what it becomes. */
      readonly column: Column | null;
      readonly to?: string;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  /** RENAME and SET SCHEMA of an enum, a domain, a composite or a range; `to` is qualified. */
  | { readonly kind: "rename-type"; readonly name: string; readonly to: string }
  | { readonly kind: "rename-enum-value"; readonly type: string; readonly value: string; readonly to: string }
  | {
      readonly kind: "alter-domain";
      readonly domain: string;
      readonly action:
        | "add-constraint"
        | "drop-constraint"
        | "validate-constraint"
        | "rename-constraint"
        | "set-not-null"
        | "drop-not-null"
        | "set-default";
      readonly validated: boolean;
      readonly name: string | null;
      readonly expression: string | null;
      readonly to?: string;
      readonly ifExists?: boolean;
      readonly default?: Expression | null;
    }
  | { readonly kind: "create-function"; readonly function: UserFunction; readonly orReplace?: boolean }
  | {
      readonly kind: "drop-function";
      readonly name: string;
      readonly ifExists?: boolean;
      readonly cascade?: boolean;
      /** Types of the arguments that the statement lists; null when it lists none at all. */
      readonly arguments?: readonly string[] | null;
      readonly routine?: "function" | "procedure" | "routine" | "aggregate";
    }
  /** RENAME TO, SET SCHEMA and a new volatility of a function or a procedure. */
  | {
      readonly kind: "alter-function";
      readonly name: string;
      readonly arguments: readonly string[] | null;
      readonly to: string | null;
      readonly volatility: UserFunction["volatility"] | null;
    }
  | { readonly kind: "create-sequence"; readonly sequence: Sequence; readonly ifNotExists?: boolean }
  | { readonly kind: "drop-sequence"; readonly name: string; readonly ifExists: boolean; readonly cascade?: boolean }
  /** ALTER SEQUENCE without OWNED BY, and OWNER TO. */
  | {
      readonly kind: "alter-sequence";
      readonly name: string;
      readonly ifExists: boolean;
      readonly action: string;
      /** RESTART WITH; null for a RESTART alone, which is where it began. */
      readonly restart?: number | null;
    }
  | { readonly kind: "own-sequence"; readonly name: string; readonly ownedBy: ColumnRef | null }
  | {
      readonly kind: "create-extension" | "drop-extension";
      readonly name: string;
      readonly version?: string;
      /** IF EXISTS, IF NOT EXISTS. */
      readonly lenient?: boolean;
      readonly cascade?: boolean;
    }
  | { readonly kind: "create-schema" | "drop-schema"; readonly name: string; readonly cascade: boolean; readonly lenient?: boolean }
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
      /** INSERT of a single row. */
      readonly oneRow?: boolean;
      /** MERGE: columns that WHEN … THEN UPDATE sets. */
      readonly updates?: readonly string[];
      /** MERGE with WHEN … THEN DELETE. */
      readonly deletes?: boolean;
    }
  | {
      readonly kind: "read";
      readonly tables: readonly string[];
      readonly fullReads?: readonly string[];
      readonly forUpdate?: boolean;
      /** Called in it, as written, without their schema: `setval`. */ readonly functions?: readonly string[];
      /** Those of the tables that FOR UPDATE and its like lock, when they are not all. */
      readonly locked?: readonly string[];
      /** Those of the tables that it names with ONLY everywhere. */
      readonly onlys?: readonly string[];
      /** It looks at the tables and not at what is below them (LIKE, a policy's condition). */
      readonly shallow?: boolean;
    }
  /** PREPARE: what its EXECUTE will do. DEALLOCATE ALL has no name. */
  | { readonly kind: "prepare"; readonly name: string; readonly sql: string }
  | { readonly kind: "deallocate"; readonly name: string | null }
  | {
      readonly kind: "lock-table";
      readonly tables: readonly { readonly name: string; readonly mode: LockMode; readonly only?: boolean }[];
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
      /** Of what is no table: the database of DROP DATABASE. */
      readonly name?: string;
      /** CREATE and ALTER ROLE: the options that are switched on, upper case. */
      readonly roleOptions?: readonly string[];
      readonly columns?: readonly string[];
      /** CLUSTER … USING. */
      readonly index?: string;
      /** Several tables, or all of them: each in a transaction of its own. */
      readonly several?: boolean;
      /** It looks at the table alone and not at what inherits from it. */
      readonly object?: ObjectChange;
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
