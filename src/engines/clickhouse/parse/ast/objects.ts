import type { AlterCommand, Partition } from "./alter.ts";
import type { Name, ObjectName, Setting } from "./common.ts";
import type { Cluster, IndexDeclaration } from "./create.ts";
import type { Expression, LambdaExpression } from "./expression.ts";

export interface CreateFunction {
  readonly kind: "create-function";
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly name: Name;
  readonly onCluster: Cluster | null;
  readonly definition: LambdaExpression | Expression;
}

export interface CreateNamedCollection {
  readonly kind: "create-named-collection";
  readonly ifNotExists: boolean;
  readonly name: Name;
  readonly onCluster: Cluster | null;
  readonly values: readonly (Setting & { readonly overridable: boolean | null })[];
}

export interface AlterNamedCollection {
  readonly kind: "alter-named-collection";
  readonly ifExists: boolean;
  readonly name: Name;
  readonly onCluster: Cluster | null;
  readonly set: readonly (Setting & { readonly overridable: boolean | null })[];
  readonly delete: readonly string[];
}

/** `CREATE INDEX i ON t (a) TYPE minmax`: as `ALTER TABLE t ADD INDEX`; hypothetical ones live in the session only. */
export interface CreateIndex {
  readonly kind: "create-index";
  readonly hypothetical: boolean;
  readonly unique: boolean;
  readonly ifNotExists: boolean;
  readonly table: ObjectName;
  readonly onCluster: Cluster | null;
  readonly index: IndexDeclaration;
}

export interface DropIndex {
  readonly kind: "drop-index";
  readonly hypothetical: boolean;
  readonly ifExists: boolean;
  readonly name: Name;
  readonly table: ObjectName;
  readonly onCluster: Cluster | null;
}

/** `ATTACH TABLE t` (or DATABASE, DICTIONARY, VIEW) without a definition: what was detached comes back. */
export interface AttachOnly {
  readonly kind: "attach";
  readonly object: "table" | "database" | "dictionary" | "view";
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly asReplicated: boolean | null;
  readonly onCluster: Cluster | null;
}

export interface AlterTable {
  readonly kind: "alter-table";
  readonly temporary: boolean;
  readonly name: ObjectName;
  readonly onCluster: Cluster | null;
  readonly commands: readonly AlterCommand[];
}

export interface AlterDatabase {
  readonly kind: "alter-database";
  readonly name: Name;
  readonly onCluster: Cluster | null;
  readonly settings: readonly Setting[];
  readonly comment: string | null;
}

/** DROP or DETACH of tables, views, dictionaries. */
export interface Drop {
  readonly kind: "drop" | "detach";
  readonly object: "table" | "view" | "dictionary";
  readonly temporary: boolean;
  readonly ifExists: boolean;
  readonly ifEmpty: boolean;
  readonly names: readonly ObjectName[];
  readonly onCluster: Cluster | null;
  readonly permanently: boolean;
  readonly sync: boolean;
}

export interface DropDatabase {
  readonly kind: "drop-database" | "detach-database";
  readonly ifExists: boolean;
  readonly ifEmpty: boolean;
  readonly name: Name;
  readonly onCluster: Cluster | null;
  readonly permanently: boolean;
  readonly sync: boolean;
}

export interface DropFunction {
  readonly kind: "drop-function";
  readonly ifExists: boolean;
  readonly name: Name;
  readonly onCluster: Cluster | null;
}

export interface DropNamedCollection {
  readonly kind: "drop-named-collection";
  readonly ifExists: boolean;
  readonly name: Name;
  readonly onCluster: Cluster | null;
}

export interface Truncate {
  readonly kind: "truncate";
  readonly target:
    | { readonly kind: "table"; readonly name: ObjectName; readonly temporary: boolean }
    | { readonly kind: "database"; readonly name: Name }
    /** `TRUNCATE ALL TABLES FROM db LIKE '…'` */
    | {
        readonly kind: "all-tables";
        readonly database: Name;
        readonly like: { readonly pattern: string; readonly not: boolean; readonly caseInsensitive: boolean } | null;
      };
  readonly ifExists: boolean;
  readonly onCluster: Cluster | null;
  readonly sync: boolean;
}

export interface Undrop {
  readonly kind: "undrop";
  readonly name: ObjectName;
  readonly uuid: string | null;
  readonly onCluster: Cluster | null;
}

/** RENAME TABLE/DATABASE/DICTIONARY and EXCHANGE TABLES/DICTIONARIES. */
export interface Rename {
  readonly kind: "rename" | "exchange";
  readonly object: "table" | "database" | "dictionary";
  readonly ifExists: boolean;
  readonly pairs: readonly { readonly from: ObjectName; readonly to: ObjectName }[];
  readonly onCluster: Cluster | null;
}

export interface Optimize {
  readonly kind: "optimize";
  readonly name: ObjectName;
  readonly onCluster: Cluster | null;
  readonly partition: Partition | null;
  readonly final: boolean;
  readonly deduplicate: boolean;
  /** null: by all columns. */
  readonly deduplicateBy: readonly Expression[] | null;
  readonly cleanup: boolean;
  readonly force: boolean;
  readonly dryRunParts: readonly string[] | null;
}
