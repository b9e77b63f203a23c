import type { Span } from "../../text/span.ts";
import type { ClickHouseError } from "./effects.ts";
import type {
  ClickHouseColumn,
  ClickHouseConstraint,
  ClickHouseDatabase,
  ClickHouseExpression,
  ClickHouseFunction,
  ClickHouseSelect,
  ClickHouseTable,
  ClickHouseType,
  Codec,
  ColumnDefault,
  EnumValue,
  KeyPart,
  NamedCollection,
  Projection,
  SkipIndex,
  TableTtl,
} from "./schema.ts";

/**
 * What a statement does to the schema or the data, as a tagged union; one per ALTER command. Names are resolved against the current
 * database (`database.table`) and types are canonical. Handled completely: tables of handlers are
 * `Record<ClickHouseChange["kind"], …>`, and `default: return change satisfies never`.
 */
export type ClickHouseChange = {
  readonly span: Span;
  /** ON CLUSTER of the statement, or null. */
  readonly cluster: string | null;
  /** What the server refuses while it reads the statement, whatever the data are: an unknown type, a bad argument. */
  readonly refused?: ClickHouseError;
  /** The first version whose grammar or catalogue has the statement, when that is not the oldest one that tread knows. */
  readonly since?: ClickHouseSince;
  /** SETTINGS of the statement itself. */
  readonly settings?: ReadonlyMap<string, string>;
} & ClickHouseChangeBody;

export interface ClickHouseSince {
  /** `25.8`. */
  readonly version: string;
  /** As a reader names it: `MODIFY COLUMN … ADD ENUM VALUES`. */
  readonly what: string;
  /** What an older server answers: 62 where its grammar lacks it. */
  readonly code: number;
}

/** Where ADD COLUMN, ADD INDEX and their like put it. Null: at the end. */
export type Position = "first" | { readonly after: string } | null;

/** What a command over a part of the table is limited to. Null: the whole table. `text` is as written. */
export type PartitionRef = { readonly kind: "partition" | "part" | "all"; readonly text: string } | null;

export type ClickHouseChangeBody =
  // databases
  | { readonly kind: "create-database"; readonly database: Omit<ClickHouseDatabase, "origin">; readonly ifNotExists: boolean }
  | {
      readonly kind: "drop-database" | "detach-database";
      readonly name: string;
      readonly ifExists: boolean;
      readonly sync: boolean;
      readonly permanently: boolean;
    }
  | { readonly kind: "attach-database"; readonly name: string; readonly ifNotExists: boolean }
  | { readonly kind: "rename-database"; readonly name: string; readonly to: string; readonly ifExists: boolean }
  | { readonly kind: "alter-database"; readonly name: string; readonly comment: string | null; readonly what: string }
  | { readonly kind: "truncate-database"; readonly name: string; readonly ifExists: boolean; readonly like: string | null }
  // tables, views, dictionaries
  | {
      readonly kind: "create-table";
      readonly table: Omit<ClickHouseTable, "origin">;
      readonly ifNotExists: boolean;
      /** CREATE OR REPLACE, or REPLACE: what was there is gone, with its rows. */
      readonly orReplace: boolean;
      /** REPLACE TABLE: it must exist. */
      readonly mustExist: boolean;
      readonly populate: boolean;
      /** EMPTY: CREATE … AS SELECT that copies no rows. */
      readonly empty: boolean;
      /** AS other_table, CLONE AS other_table. */
      readonly like: { readonly table: string; readonly clone: boolean } | null;
      /** CREATE TABLE … AS SELECT: the query that fills it. */
      readonly fill: ClickHouseSelect | null;
      /** Columns are declared, not taken from a query or another table. */
      readonly declared?: boolean;
      /** ATTACH with a definition. */
      readonly attach: boolean;
    }
  | {
      readonly kind: "drop-table";
      readonly name: string;
      /** What the statement calls it: DROP VIEW refuses a table. */
      readonly object: "table" | "view" | "dictionary";
      readonly ifExists: boolean;
      readonly ifEmpty: boolean;
      readonly sync: boolean;
      readonly temporary: boolean;
    }
  | {
      readonly kind: "detach-table";
      readonly name: string;
      readonly object: "table" | "view" | "dictionary";
      readonly ifExists: boolean;
      readonly permanently: boolean;
      readonly sync: boolean;
    }
  | {
      readonly kind: "attach-table";
      readonly name: string;
      readonly ifNotExists: boolean;
      readonly dictionary: boolean;
      readonly as?: "replicated" | "not-replicated";
    }
  | { readonly kind: "undrop-table"; readonly name: string; readonly uuid: string | null }
  | { readonly kind: "rename-table"; readonly name: string; readonly to: string; readonly ifExists: boolean; readonly dictionary: boolean }
  | { readonly kind: "exchange-tables"; readonly name: string; readonly with: string; readonly dictionary: boolean }
  | { readonly kind: "truncate"; readonly name: string; readonly ifExists: boolean; readonly sync: boolean }
  | {
      readonly kind: "optimize";
      readonly table: string;
      readonly final: boolean;
      readonly partition: PartitionRef;
      readonly deduplicate: boolean;
      /** DEDUPLICATE BY plain columns; left out without BY, and where it is more than names. */
      readonly by?: readonly string[];
      readonly cleanup: boolean;
      readonly dryRun: boolean;
    }
  // columns
  | {
      readonly kind: "add-column";
      readonly table: string;
      readonly column: ClickHouseColumn;
      /** Its type is written. */
      readonly typed: boolean;
      readonly ifNotExists: boolean;
      readonly position: Position;
    }
  | { readonly kind: "drop-column"; readonly table: string; readonly column: string; readonly ifExists: boolean }
  | {
      readonly kind: "clear-column";
      readonly table: string;
      readonly column: string;
      readonly ifExists: boolean;
      readonly partition: PartitionRef;
    }
  | {
      readonly kind: "modify-column";
      readonly table: string;
      readonly column: string;
      readonly ifExists: boolean;
      /** Null, as the others: not mentioned, stays as it is. */
      readonly type: ClickHouseType | null;
      readonly default: ColumnDefault | null;
      readonly codec: readonly Codec[] | null;
      readonly ttl: ClickHouseExpression | null;
      readonly comment: string | null;
      readonly statistics: readonly string[] | null;
      readonly columnSettings: ReadonlyMap<string, string> | null;
      readonly position: Position;
      /** MODIFY COLUMN c ADD ENUM VALUES (…). */
      readonly addEnumValues: readonly (EnumValue | { readonly label: string; readonly value: null })[] | null;
    }
  | {
      readonly kind: "remove-column-property";
      readonly table: string;
      readonly column: string;
      readonly ifExists: boolean;
      readonly property: "DEFAULT" | "MATERIALIZED" | "ALIAS" | "EPHEMERAL" | "COMMENT" | "CODEC" | "TTL" | "SETTINGS";
    }
  | {
      readonly kind: "modify-column-setting";
      readonly table: string;
      readonly column: string;
      readonly ifExists: boolean;
      readonly set: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: "reset-column-setting";
      readonly table: string;
      readonly column: string;
      readonly ifExists: boolean;
      readonly names: readonly string[];
    }
  | { readonly kind: "rename-column"; readonly table: string; readonly column: string; readonly to: string; readonly ifExists: boolean }
  | {
      readonly kind: "comment-column";
      readonly table: string;
      readonly column: string;
      readonly ifExists: boolean;
      readonly comment: string;
    }
  | { readonly kind: "materialize-column"; readonly table: string; readonly column: string; readonly partition: PartitionRef }
  // table properties
  | { readonly kind: "modify-order-by"; readonly table: string; readonly orderBy: readonly KeyPart[] }
  | { readonly kind: "modify-sample-by"; readonly table: string; readonly sampleBy: ClickHouseExpression }
  | { readonly kind: "remove-sample-by"; readonly table: string }
  | { readonly kind: "modify-ttl"; readonly table: string; readonly ttl: readonly TableTtl[] }
  | { readonly kind: "remove-ttl"; readonly table: string }
  | { readonly kind: "materialize-ttl"; readonly table: string; readonly partition: PartitionRef }
  | { readonly kind: "modify-setting"; readonly table: string; readonly set: ReadonlyMap<string, string> }
  | { readonly kind: "reset-setting"; readonly table: string; readonly names: readonly string[] }
  | { readonly kind: "modify-table-comment"; readonly table: string; readonly comment: string }
  | { readonly kind: "modify-query"; readonly table: string; readonly select: ClickHouseSelect }
  | { readonly kind: "modify-refresh"; readonly table: string; readonly refresh: NonNullable<ClickHouseTable["refresh"]> }
  | { readonly kind: "modify-sql-security"; readonly table: string; readonly text: string }
  // indexes, projections, constraints, statistics
  | {
      readonly kind: "add-index";
      readonly table: string;
      readonly index: SkipIndex;
      readonly ifNotExists: boolean;
      readonly position: Position;
    }
  | { readonly kind: "drop-index"; readonly table: string; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: "clear-index";
      readonly table: string;
      readonly name: string;
      readonly ifExists: boolean;
      readonly partition: PartitionRef;
    }
  | {
      readonly kind: "materialize-index";
      readonly table: string;
      readonly name: string;
      readonly ifExists: boolean;
      readonly partition: PartitionRef;
    }
  | {
      readonly kind: "add-projection";
      readonly table: string;
      readonly projection: Projection;
      readonly ifNotExists: boolean;
      readonly position: Position;
    }
  | { readonly kind: "drop-projection"; readonly table: string; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: "clear-projection";
      readonly table: string;
      readonly name: string;
      readonly ifExists: boolean;
      readonly partition: PartitionRef;
    }
  | {
      readonly kind: "materialize-projection";
      readonly table: string;
      readonly name: string;
      readonly ifExists: boolean;
      readonly partition: PartitionRef;
    }
  | { readonly kind: "add-constraint"; readonly table: string; readonly constraint: ClickHouseConstraint; readonly ifNotExists: boolean }
  | { readonly kind: "modify-constraint"; readonly table: string; readonly constraint: ClickHouseConstraint; readonly ifExists: boolean }
  | { readonly kind: "drop-constraint"; readonly table: string; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: "statistics";
      readonly table: string;
      readonly action: "add" | "modify" | "drop" | "clear" | "materialize";
      /** Empty with `all`. */
      readonly columns: readonly string[];
      readonly types: readonly string[];
      readonly lenient: boolean;
    }
  // data
  | {
      readonly kind: "alter-update" | "lightweight-update";
      readonly table: string;
      readonly assignments: readonly { readonly column: string; readonly expression: ClickHouseExpression }[];
      readonly where: ClickHouseExpression;
      readonly partition: PartitionRef;
    }
  | {
      readonly kind: "alter-delete" | "lightweight-delete";
      readonly table: string;
      readonly where: ClickHouseExpression;
      readonly partition: PartitionRef;
    }
  | { readonly kind: "apply-deleted-mask" | "apply-patches" | "rewrite-parts"; readonly table: string; readonly partition: PartitionRef }
  | {
      readonly kind: "insert";
      readonly table: string;
      /** Null: no column list. */
      readonly columns: readonly string[] | null;
      /** `(* EXCEPT (…))` in the column list. */
      readonly except: readonly string[];
      readonly select: ClickHouseSelect | null;
      /** Width of the first row of VALUES, where it can be told. */
      readonly values: number | null;
      /** Items of its first rows, as they are written. Absent where it has no VALUES. */
      readonly literals?: readonly (readonly string[])[];
      /** INSERT INTO FUNCTION: `table` is the function's name. */
      readonly intoFunction: boolean;
    }
  // partitions
  | {
      readonly kind: "partition";
      readonly table: string;
      readonly action:
        | "drop"
        | "detach"
        | "forget"
        | "drop-detached"
        | "attach"
        | "attach-from"
        | "replace-from"
        | "move-to-table"
        | "move-to-disk"
        | "move-to-volume"
        | "move-to-shard"
        | "freeze"
        | "unfreeze"
        | "fetch"
        | "export";
      readonly partition: PartitionRef;
      /** The other table of attach-from, replace-from and move-to-table; disk, volume, path or backup name of the others. */
      readonly other: string | null;
    }
  // what is not a table
  | {
      readonly kind: "create-function";
      readonly function: Omit<ClickHouseFunction, "origin">;
      readonly ifNotExists: boolean;
      readonly orReplace: boolean;
    }
  | { readonly kind: "drop-function"; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: "create-named-collection";
      readonly collection: Omit<NamedCollection, "origin">;
      readonly ifNotExists: boolean;
      readonly orReplace: boolean;
    }
  | {
      readonly kind: "alter-named-collection";
      readonly name: string;
      readonly ifExists: boolean;
      readonly set: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly kind: "drop-named-collection"; readonly name: string; readonly ifExists: boolean }
  /** Users, roles, quotas, row policies, settings profiles, grants, workloads, resources, masking policies. */
  | {
      readonly kind: "object";
      readonly class: string;
      readonly action: "create" | "alter" | "drop" | "rename" | "grant" | "revoke" | "move";
      readonly names: readonly string[];
      /** IF EXISTS, IF NOT EXISTS, OR REPLACE. */
      readonly lenient: boolean;
      /** Tables that a row policy or a grant is about. */
      readonly tables: readonly string[];
    }
  // session and maintenance
  | { readonly kind: "use"; readonly database: string }
  | { readonly kind: "set"; readonly set: ReadonlyMap<string, string> }
  | { readonly kind: "system"; readonly command: string; readonly table: string | null }
  | { readonly kind: "kill"; readonly what: "mutation" | "query" | "other"; readonly where: ClickHouseExpression | null }
  | { readonly kind: "backup" | "restore"; readonly tables: readonly string[] }
  /** SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS, CHECK: changes nothing. */
  | { readonly kind: "read"; readonly select: ClickHouseSelect | null; readonly what: string }
  | {
      readonly kind: "opaque";
      readonly reason: string;
      /** Tables that it may touch; null: any. */
      readonly mayTouch: readonly string[] | null;
    };

export type ClickHouseChangeKind = ClickHouseChange["kind"];
export type ClickHouseChangeOf<K extends ClickHouseChangeKind> = ClickHouseChange & { readonly kind: K };
