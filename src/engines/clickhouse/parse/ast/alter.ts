import type { Name, ObjectName, Range, Setting, StringLiteral } from "./common.ts";
import type {
  Assignment,
  ColumnDeclaration,
  ConstraintDeclaration,
  Engine,
  IndexDeclaration,
  ProjectionDeclaration,
  Refresh,
  SortingKey,
  TtlElement,
  ViewSecurity,
} from "./create.ts";
import type { Expression } from "./expression.ts";
import type { Query } from "./select.ts";

/** A partition: by value, by `ID '…'`, or `ALL`. A part is always by its name. */
export type Partition =
  | { readonly kind: "value"; readonly value: Expression; readonly at: Range }
  | { readonly kind: "id"; readonly id: Expression; readonly at: Range }
  | { readonly kind: "all"; readonly at: Range }
  | { readonly kind: "part"; readonly name: Expression; readonly at: Range };

export type ColumnPosition = { readonly kind: "first" } | { readonly kind: "after"; readonly column: Name };

export type RemovableProperty = "DEFAULT" | "MATERIALIZED" | "ALIAS" | "COMMENT" | "CODEC" | "TTL" | "SETTINGS";

/** One action of ALTER. `at` is the action alone, without the comma. */
export type AlterCommand = AlterAction & { readonly at: Range };

export type AlterAction =
  | {
      readonly kind: "add-column";
      readonly ifNotExists: boolean;
      readonly column: ColumnDeclaration;
      readonly position: ColumnPosition | null;
    }
  | { readonly kind: "drop-column"; readonly ifExists: boolean; readonly column: Name }
  | { readonly kind: "clear-column"; readonly ifExists: boolean; readonly column: Name; readonly partition: Partition | null }
  | { readonly kind: "rename-column"; readonly ifExists: boolean; readonly column: Name; readonly to: Name }
  | { readonly kind: "comment-column"; readonly ifExists: boolean; readonly column: Name; readonly comment: StringLiteral }
  | { readonly kind: "materialize-column"; readonly column: Name; readonly partition: Partition | null }
  /** `MODIFY COLUMN` and `ALTER COLUMN … TYPE …`: only what the declaration names changes. */
  | {
      readonly kind: "modify-column";
      readonly ifExists: boolean;
      readonly column: ColumnDeclaration;
      readonly position: ColumnPosition | null;
    }
  | { readonly kind: "modify-column-remove"; readonly ifExists: boolean; readonly column: Name; readonly property: RemovableProperty }
  | { readonly kind: "modify-column-setting"; readonly ifExists: boolean; readonly column: Name; readonly settings: readonly Setting[] }
  | { readonly kind: "reset-column-setting"; readonly ifExists: boolean; readonly column: Name; readonly settings: readonly Name[] }
  /** `MODIFY COLUMN c ADD ENUM VALUES ('new' = 4)` */
  | {
      readonly kind: "add-enum-values";
      readonly ifExists: boolean;
      readonly column: Name;
      readonly values: readonly { readonly name: StringLiteral; readonly value: string | null }[];
    }
  | {
      readonly kind: "add-index";
      readonly ifNotExists: boolean;
      readonly index: IndexDeclaration;
      readonly position: ColumnPosition | null;
    }
  | { readonly kind: "drop-index"; readonly ifExists: boolean; readonly index: Name }
  | { readonly kind: "clear-index"; readonly ifExists: boolean; readonly index: Name; readonly partition: Partition | null }
  | { readonly kind: "materialize-index"; readonly ifExists: boolean; readonly index: Name; readonly partition: Partition | null }
  | {
      readonly kind: "add-projection";
      readonly ifNotExists: boolean;
      readonly projection: ProjectionDeclaration;
      readonly position: ColumnPosition | null;
    }
  | { readonly kind: "drop-projection"; readonly ifExists: boolean; readonly projection: Name }
  | { readonly kind: "clear-projection"; readonly ifExists: boolean; readonly projection: Name; readonly partition: Partition | null }
  | {
      readonly kind: "materialize-projection";
      readonly ifExists: boolean;
      readonly projection: Name;
      readonly partition: Partition | null;
    }
  | {
      readonly kind: "add-statistics" | "modify-statistics";
      readonly ifNotExists: boolean;
      readonly columns: readonly Name[];
      readonly types: readonly Engine[];
    }
  | { readonly kind: "drop-statistics" | "clear-statistics"; readonly ifExists: boolean; readonly columns: readonly Name[] | "all" }
  | {
      readonly kind: "materialize-statistics";
      readonly ifExists: boolean;
      readonly columns: readonly Name[] | "all";
      readonly partition: Partition | null;
    }
  | { readonly kind: "add-constraint"; readonly ifNotExists: boolean; readonly constraint: ConstraintDeclaration }
  | { readonly kind: "modify-constraint"; readonly ifExists: boolean; readonly constraint: ConstraintDeclaration }
  | { readonly kind: "drop-constraint"; readonly ifExists: boolean; readonly constraint: Name }
  | { readonly kind: "modify-order-by"; readonly orderBy: SortingKey }
  | { readonly kind: "modify-sample-by"; readonly expression: Expression }
  | { readonly kind: "remove-sample-by" }
  | { readonly kind: "modify-ttl"; readonly ttl: readonly TtlElement[] }
  | { readonly kind: "remove-ttl" }
  | { readonly kind: "materialize-ttl"; readonly partition: Partition | null }
  | { readonly kind: "modify-setting"; readonly settings: readonly Setting[] }
  | { readonly kind: "reset-setting"; readonly settings: readonly Name[] }
  | { readonly kind: "modify-query"; readonly query: Query }
  | { readonly kind: "modify-refresh"; readonly refresh: Refresh }
  | { readonly kind: "modify-sql-security"; readonly security: ViewSecurity }
  | { readonly kind: "modify-comment"; readonly comment: StringLiteral }
  | { readonly kind: "drop-partition" | "detach-partition" | "drop-detached-partition" | "attach-partition"; readonly partition: Partition }
  | { readonly kind: "forget-partition"; readonly partition: Partition }
  | {
      readonly kind: "move-partition";
      readonly partition: Partition;
      readonly to:
        | { readonly kind: "disk" | "volume" | "shard"; readonly name: string }
        | { readonly kind: "table"; readonly name: ObjectName };
    }
  /** `REPLACE PARTITION p FROM t`, or `ATTACH PARTITION p FROM t`, which keeps what is there. */
  | { readonly kind: "replace-partition"; readonly replace: boolean; readonly partition: Partition; readonly from: ObjectName }
  | { readonly kind: "fetch-partition"; readonly partition: Partition; readonly from: string }
  | {
      readonly kind: "freeze" | "unfreeze";
      /** null: the whole table. */
      readonly partition: Partition | null;
      readonly name: string | null;
    }
  | {
      readonly kind: "update";
      readonly assignments: readonly Assignment[];
      readonly partition: Partition | null;
      readonly where: Expression;
    }
  | { readonly kind: "delete"; readonly partition: Partition | null; readonly where: Expression }
  | { readonly kind: "apply-deleted-mask" | "apply-patches" | "rewrite-parts"; readonly partition: Partition | null }
  | { readonly kind: "unlock-snapshot"; readonly name: string; readonly from: Engine | null }
  /** `EXECUTE name(args)` of data-lake tables. */
  | { readonly kind: "execute"; readonly name: string; readonly arguments: readonly Expression[] };
