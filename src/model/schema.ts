import type { LockMode } from "./effects.ts";

/**
 * The schema of one Postgres database, as far as migrations and dumps tell it. Immutable: `apply(change, state)` returns a new one
 * that shares what did not change. Names of relations are schema-qualified and unquoted: `public.person`.
 */
export interface SchemaState {
  readonly relations: ReadonlyMap<string, Relation>;
  /** Enums, domains, composites and ranges, by qualified name. */
  readonly types: ReadonlyMap<string, UserType>;
  /** Names that relations had before they moved to another schema: who leaves the schema out no longer finds them. */
  readonly formerRelations?: ReadonlySet<string>;
  /** Names of types that were dropped or renamed away: who casts to one of them fails, whatever extensions there are. */
  readonly formerTypes?: ReadonlySet<string>;
  /** User functions by qualified name; overloads share an entry. */
  readonly functions: ReadonlyMap<string, UserFunction>;
  /** Names of functions that were dropped and not made again: who calls one of them fails. */
  readonly formerFunctions?: ReadonlySet<string>;
  /** Standalone and owned sequences by qualified name. */
  readonly sequences: ReadonlyMap<string, Sequence>;
  readonly extensions: ReadonlySet<string>;
  readonly schemas: ReadonlySet<string>;
  /** Publications, statistics and other objects of the catalogue, by class and name: `statistics public.person_stats`. */
  readonly objects?: ReadonlyMap<string, CatalogueObject>;
  /** What the session has set, which changes what a statement does. Starts anew with each migration. */
  readonly session: Session;
  /**
   * False when the base schema is not known (no earlier migration, no dump creates these tables): a missing table is then not an
   * error but something unknown.
   */
  readonly complete: boolean;
  /** The relations as they stood behind the last statement that was not understood, which may have changed any of them. Absent: none was. */
  readonly doubted?: ReadonlyMap<string, Relation>;
  /** What ROLLBACK and ROLLBACK TO return to. Absent when the statements themselves opened no transaction. */
  readonly transaction?: OpenTransaction;
}

export interface CatalogueObject {
  readonly class: string;
  readonly name: string;
  /** Tables that it is about. */
  readonly tables: readonly string[];
}

export interface OpenTransaction {
  readonly start: SchemaState;
  /** The session as it will be after COMMIT: without what SET LOCAL did. */
  readonly afterCommit: Session;
  readonly savepoints: readonly { readonly name: string; readonly state: SchemaState }[];
}

export interface Session {
  readonly inTransaction: boolean;
  readonly searchPath: readonly string[];
  /** What RESET search_path returns to, where the role or the database has one of its own; absent: `"$user", public`. */
  readonly defaultSearchPath?: readonly string[];
  /** Milliseconds; null when never set, 0 when switched off. */
  readonly lockTimeout: number | null;
  readonly statementTimeout: number | null;
  readonly timeZone: string | null;
  /** What RESET TimeZone returns to: what the tool or the server has set. */
  readonly defaultTimeZone?: string | null;
  /** idle_in_transaction_session_timeout and transaction_timeout, in milliseconds as above. */
  readonly idleTimeout?: number | null;
  readonly transactionTimeout?: number | null;
  /** Every write fails with 25006. */
  readonly readOnly?: boolean;
  /** check_function_bodies, on unless switched off. */
  readonly checksBodies?: boolean;
  /** session_replication_role = replica: triggers and foreign keys do nothing. */
  readonly replica?: boolean;
  /** SQL of prepared statements by name. */
  readonly prepared?: ReadonlyMap<string, string>;
  /** Locks taken earlier in the open transaction, strongest per table. */
  readonly held: ReadonlyMap<string, LockMode>;
}

export type RelationKind = "table" | "partitioned-table" | "foreign-table" | "view" | "materialized-view";

export interface Relation {
  readonly name: string;
  readonly kind: RelationKind;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  readonly triggers: readonly Trigger[];
  /** Qualified name of the parent of a partition, else null. */
  readonly partitionOf: string | null;
  /** `DEFAULT` for the default partition; the bound as written otherwise; null when it is no partition. */
  readonly partitionBound: string | null;
  /** PARTITION BY of a partitioned table. */
  readonly partitionKey?: PartitionKey;
  /** Parents by INHERITS. */
  readonly inherits: readonly string[];
  readonly unlogged: boolean;
  readonly rowSecurity: boolean;
  /** For a view: qualified relations and columns that its query reads, null when they could not be read. */
  readonly reads: readonly ColumnRef[] | null;
  /** The query of a view as written. */
  readonly definition: string | null;
  /** The composite of a typed table (CREATE TABLE … OF). */
  readonly ofType?: string | null;
  /** Names of its row-security policies and of its rules. */
  readonly policies?: readonly string[];
  readonly rules?: readonly string[];
  /** Columns of the table that its policies and rules name: they cannot be dropped or change their type before those. */
  readonly named?: readonly { readonly class: string; readonly name: string; readonly columns: readonly string[] }[];
  /** FORCE ROW LEVEL SECURITY: the owner is held to the policies as well. */
  readonly forceRowSecurity?: boolean;
  /** The index that CLUSTER without USING goes by. */
  readonly clusteredOn?: string | null;
  /** WITH NO DATA: a materialized view that cannot be read yet. */
  readonly unpopulated?: boolean;
  readonly origin: Origin;
}

export interface PartitionKey {
  readonly strategy: "list" | "range" | "hash";
  /** Plain columns in order; an expression is null. */
  readonly columns: readonly (string | null)[];
  /** Every column that it names. */
  readonly mentions: readonly string[];
}

/** Where something in the schema comes from. */
export interface Origin {
  /** Id of the migration that made it; null for a dump or another base. Which release that belongs to depends on the environment. */
  readonly migration: string | null;
}

export interface Column {
  readonly name: string;
  readonly type: TypeRef;
  readonly notNull: boolean;
  readonly default: Expression | null;
  readonly identity: "always" | "by-default" | null;
  readonly generated: "stored" | "virtual" | null;
  readonly collation: string | null;
  readonly comment: string | null;
}

/** A type as the catalogue names it: `int` is `integer`, `varchar(20)` is `character varying` with modifiers [20]. */
export interface TypeRef {
  /** `integer`, `character varying`, `timestamp with time zone`; user types qualified: `public.status`. */
  readonly name: string;
  readonly modifiers: readonly number[];
  /** Number of array dimensions; 0 is no array. */
  readonly dimensions: number;
}

export interface Expression {
  readonly sql: string;
  readonly volatility: "immutable" | "stable" | "volatile" | "unknown";
  /** A literal NULL, which is the same as no default. */
  readonly isNull: boolean;
  /** Columns it names. */
  readonly columns: readonly string[];
  /** It reads the clock (`now()`, CURRENT_DATE): tomorrow it says something else. */
  readonly readsClock?: boolean;
}

export interface ColumnRef {
  readonly relation: string;
  /** Null: the relation as a whole. */
  readonly column: string | null;
}

/** What a foreign key points at, and what happens to its rows. */
export interface References {
  readonly relation: string;
  readonly columns: readonly string[];
  /** `NO ACTION`, `SET NULL`, … */
  readonly onDelete: string;
  /** `SET NULL (a)`: these of its columns alone (15). */
  readonly onDeleteOf?: readonly string[];
  /** Absent: NO ACTION. */
  readonly onUpdate?: string;
  readonly matchFull?: boolean;
}

export interface Constraint {
  readonly name: string;
  readonly kind: "check" | "foreign-key" | "unique" | "primary-key" | "exclusion" | "not-null";
  readonly columns: readonly string[];
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly deferrable: boolean;
  /** Checked at COMMIT unless SET CONSTRAINTS says otherwise. */
  readonly initiallyDeferred?: boolean;
  /** For a check. */
  readonly expression: Expression | null;
  /** For a foreign key. */
  readonly references: References | null;
  /** The index behind a unique, primary-key or exclusion constraint. */
  readonly index: string | null;
  /** Of that index: columns that it carries besides its keys. */
  readonly including?: readonly string[];
  /** NO INHERIT: the tables below do not get it. */
  readonly noInherit?: boolean;
  /** A key WITHOUT OVERLAPS, or a foreign key with PERIOD: its last column is a range (18). */
  readonly period?: boolean;
}

export interface Index {
  /** Qualified: an index lives in its table's schema. */
  readonly name: string;
  readonly unique: boolean;
  readonly method: string;
  /** Plain columns in order; an expression key is null. */
  readonly columns: readonly (string | null)[];
  /** Columns that it carries besides its keys. */
  readonly including?: readonly string[];
  /** Every column that keys, INCLUDE and predicate name. */
  readonly mentions: readonly string[];
  readonly predicate: string | null;
  readonly valid: boolean;
  readonly constraint: string | null;
  /** The index of the partitioned table that it is a partition of, qualified. */
  readonly partOf?: string | undefined;
  /** A key has a collation or an operator class of its own. */
  readonly special?: boolean;
  /** A key is DESC or NULLS FIRST. */
  readonly ordered?: boolean;
  /** What the keys are called in a generated name, expressions by their function: `lower`. */
  readonly labels?: readonly string[];
}

export interface Trigger {
  readonly name: string;
  readonly function: string | null;
  readonly events: readonly string[];
  readonly columns: readonly string[];
  /** Columns that its WHEN looks at. */
  readonly when?: readonly string[];
  /** FOR EACH ROW. */
  readonly row?: boolean;
  /** A partition has it from its parent. */
  readonly inherited?: boolean;
  readonly timing?: "before" | "after" | "instead";
  readonly constraint?: boolean;
  /** The other table of a constraint trigger. */
  readonly from?: string;
}

export type UserType =
  | {
      readonly kind: "enum";
      readonly name: string;
      readonly values: readonly string[];
      /** Those that ALTER TYPE … ADD VALUE added, in order: what a transaction added it cannot use. */
      readonly added?: readonly string[];
      readonly origin: Origin;
    }
  | {
      readonly kind: "domain";
      readonly name: string;
      readonly base: TypeRef;
      readonly notNull: boolean;
      readonly default: Expression | null;
      readonly checks: readonly { readonly name: string; readonly expression: string; readonly validated: boolean }[];
      readonly origin: Origin;
    }
  | { readonly kind: "composite"; readonly name: string; readonly columns: readonly Column[]; readonly origin: Origin }
  | { readonly kind: "range" | "other"; readonly name: string; readonly origin: Origin };

export interface UserFunction {
  readonly name: string;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly language: string;
  readonly body: string | null;
  /** Identifiers in its body as the server folds them, alone and with what stands before their dot: `audit`, `new.email`. */
  readonly names?: ReadonlySet<string>;
  /** Of a trigger's function: columns of NEW that its body gives a value. */
  readonly assigns?: ReadonlySet<string>;
  /** Of a trigger's function: how every call ends, where its body leaves no choice. `unfinished`: without RETURN, SQLSTATE 2F005. */
  readonly ends?: "new" | "old" | "null" | "raises" | "unfinished";
  /** STRICT: NULL for a NULL argument, without being run. */
  readonly strict?: boolean;
  /** SECURITY DEFINER: it runs with the rights of its owner. */
  readonly securityDefiner?: boolean;
  /** Settings that it pins for itself (SET search_path = …). */
  readonly settings?: readonly string[];
  /** How many arguments a call may give: without defaults at least `least`, at most `most` (null: variadic). */
  readonly arguments?: { readonly least: number; readonly most: number | null };
  readonly routine?: "function" | "procedure" | "aggregate";
  /** Types of its input arguments as the catalogue names them, one list per overload that is known. */
  readonly signatures?: readonly (readonly string[])[];
  /** As the catalogue names it; null for a procedure and where OUT arguments make it. */
  readonly returns?: string | null;
  /** What a body in SQL reads, as it was when the function was made. */
  readonly reads?: readonly ColumnRef[];
  /** The body is in standard SQL (BEGIN ATOMIC, RETURN): it depends on what it reads as a view does. */
  readonly stored?: boolean;
}

export interface Sequence {
  readonly name: string;
  /** The column that owns it, or null. */
  readonly ownedBy: ColumnRef | null;
}

/** The part of a qualified name after the schema: `public.person` → `person`. */
export function bareName(qualified: string): string {
  const dot = qualified.indexOf(".");
  return dot === -1 ? qualified : qualified.slice(dot + 1);
}

/** `public.person` as people write it: without `public.`. */
export function displayName(qualified: string): string {
  return qualified.startsWith("public.") ? qualified.slice(7) : qualified;
}
