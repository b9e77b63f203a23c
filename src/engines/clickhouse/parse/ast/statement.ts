import type { Partition } from "./alter.ts";
import type { Name, ObjectName, Range, Setting } from "./common.ts";
import type {
  Assignment,
  Cluster,
  CreateDatabase,
  CreateDictionary,
  CreateMaterializedView,
  CreateTable,
  CreateView,
  CreateWindowView,
} from "./create.ts";
import type { Expression, TableFunction } from "./expression.ts";
import type {
  AlterDatabase,
  AlterNamedCollection,
  AlterTable,
  AttachOnly,
  CreateFunction,
  CreateIndex,
  CreateNamedCollection,
  Drop,
  DropDatabase,
  DropFunction,
  DropIndex,
  DropNamedCollection,
  Optimize,
  Rename,
  Truncate,
  Undrop,
} from "./objects.ts";
import type { Query } from "./select.ts";

/** One statement of a script. `at` leaves out the semicolon and the comments before and after. */
export interface ParsedStatement {
  readonly at: Range;
  readonly text: string;
  readonly statement: Statement;
  /** What stands behind the statement proper and says how the answer is given. */
  readonly output: Output;
  /** Comments before the statement (since the one before it) and inside it, in order. */
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly text: string;
  readonly at: Range;
}

export interface Output {
  readonly format: Name | null;
  readonly intoOutfile: string | null;
  readonly settings: readonly Setting[];
}

export type Statement =
  | CreateTable
  | CreateView
  | CreateMaterializedView
  | CreateWindowView
  | CreateDatabase
  | CreateDictionary
  | CreateFunction
  | CreateNamedCollection
  | CreateIndex
  | DropIndex
  | AttachOnly
  | AlterTable
  | AlterDatabase
  | AlterNamedCollection
  | Drop
  | DropDatabase
  | DropFunction
  | DropNamedCollection
  | Truncate
  | Undrop
  | Rename
  | Optimize
  | Insert
  | Select
  | Delete
  | Update
  | System
  | Kill
  | SetSettings
  | Use
  | AccessControl
  | Reads
  | BackupRestore
  | Transaction
  | Explain
  | Parallel
  | Opaque
  | SyntaxError;

export interface Insert {
  readonly kind: "insert";
  readonly target:
    | { readonly kind: "table"; readonly name: ObjectName }
    | { readonly kind: "function"; readonly function: TableFunction; readonly partitionBy: Expression | null };
  /** null: all insertable columns. Entries other than identifiers are `* EXCEPT(…)` and the like. */
  readonly columns: readonly Expression[] | null;
  readonly settings: readonly Setting[];
  readonly source:
    | { readonly kind: "select"; readonly query: Query }
    | { readonly kind: "values"; readonly data: Range }
    | { readonly kind: "format"; readonly format: string; readonly data: Range | null }
    | { readonly kind: "infile"; readonly file: string; readonly format: string | null };
}

export interface Select {
  readonly kind: "select";
  readonly query: Query;
}

/** Lightweight `DELETE FROM t WHERE …`. */
export interface Delete {
  readonly kind: "delete";
  readonly name: ObjectName;
  readonly onCluster: Cluster | null;
  readonly partition: Partition | null;
  readonly where: Expression;
  readonly settings: readonly Setting[];
}

/** Lightweight `UPDATE t SET … WHERE …`. */
export interface Update {
  readonly kind: "update";
  readonly name: ObjectName;
  readonly onCluster: Cluster | null;
  readonly partition: Partition | null;
  readonly assignments: readonly Assignment[];
  readonly where: Expression;
  readonly settings: readonly Setting[];
}

export interface System {
  readonly kind: "system";
  /** The command in capitals: `STOP MERGES`, `SYNC REPLICA`, `RELOAD DICTIONARY`. */
  readonly command: string;
  readonly table: ObjectName | null;
  readonly onCluster: Cluster | null;
}

export interface Kill {
  readonly kind: "kill";
  readonly object: "query" | "mutation" | "part-move" | "transaction";
  readonly where: Expression;
  readonly mode: "sync" | "async" | "test";
  readonly onCluster: Cluster | null;
}

export interface SetSettings {
  readonly kind: "set";
  readonly settings: readonly Setting[];
}

export interface Use {
  readonly kind: "use";
  readonly database: Name;
}

/** Users, roles, quotas, row policies, settings profiles, grants: recognised, with what they concern. */
export interface AccessControl {
  readonly kind: "access-control";
  readonly action: "create" | "alter" | "drop" | "grant" | "revoke" | "move" | "set-role" | "check-grant" | "execute-as";
  readonly object: "user" | "role" | "quota" | "row-policy" | "masking-policy" | "settings-profile" | "privileges" | null;
  readonly onCluster: Cluster | null;
}

/** Statements that only look: SHOW, DESCRIBE, EXISTS, CHECK, WATCH. */
export interface Reads {
  readonly kind: "show" | "describe" | "exists" | "check" | "watch";
  readonly table: ObjectName | null;
  readonly query: Query | null;
}

export interface BackupRestore {
  readonly kind: "backup" | "restore";
  readonly onCluster: Cluster | null;
}

export interface Transaction {
  readonly kind: "transaction";
  readonly action: "begin" | "commit" | "rollback" | "set-snapshot";
}

export interface Explain {
  readonly kind: "explain";
  /** `EXPLAIN PLAN …`: the word in capitals, null where it is left out. */
  readonly what: string | null;
  readonly settings: readonly Setting[];
  /** null for `EXPLAIN TABLE OVERRIDE …`. */
  readonly statement: Statement | null;
}

/** `a PARALLEL WITH b`: run at the same time. */
export interface Parallel {
  readonly kind: "parallel";
  readonly statements: readonly Statement[];
}

/** Accepted by the engine's grammar as far as we know, but what it does is not known to us. */
export interface Opaque {
  readonly kind: "opaque";
  readonly reason: string;
}

export interface SyntaxError {
  readonly kind: "syntax-error";
  /** Whole sentence: what stands there and what was expected. */
  readonly message: string;
  /** Offset into the script of what could not be read. */
  readonly position: number;
  readonly expected: readonly string[];
}
