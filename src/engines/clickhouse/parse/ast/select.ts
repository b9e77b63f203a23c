import type { Name, ObjectName, Range, Setting } from "./common.ts";
import type { Expression, TableFunction } from "./expression.ts";

/** What gives rows: one SELECT, or several joined by UNION, EXCEPT, INTERSECT. */
export type Query = SelectQuery | SetOperation | ExplainedQuery;

export interface SetOperation {
  readonly kind: "set-operation";
  /** `union` without a mode depends on the setting `union_default_mode`. */
  readonly operator:
    | "union"
    | "union-all"
    | "union-distinct"
    | "except"
    | "except-all"
    | "except-distinct"
    | "intersect"
    | "intersect-all"
    | "intersect-distinct";
  readonly left: Query;
  readonly right: Query;
  readonly at: Range;
}

/** `(EXPLAIN …)` in FROM. */
export interface ExplainedQuery {
  readonly kind: "explain";
  readonly text: string;
  readonly at: Range;
}

export interface SelectQuery {
  readonly kind: "select";
  readonly with: readonly WithElement[];
  readonly recursive: boolean;
  readonly distinct: boolean;
  readonly distinctOn: readonly Expression[];
  readonly top: { readonly count: Expression; readonly withTies: boolean } | null;
  readonly columns: readonly Expression[];
  readonly from: FromClause | null;
  readonly prewhere: Expression | null;
  readonly where: Expression | null;
  readonly groupBy: GroupBy | null;
  readonly having: Expression | null;
  readonly windows: readonly { readonly name: Name; readonly definition: WindowDefinition }[];
  readonly qualify: Expression | null;
  readonly orderBy: OrderBy | null;
  readonly limitBy: { readonly length: Expression; readonly offset: Expression | null; readonly by: readonly Expression[] | "all" } | null;
  readonly limit: Expression | null;
  readonly offset: Expression | null;
  readonly withTies: boolean;
  readonly settings: readonly Setting[];
  readonly at: Range;
}

export type WithElement =
  /** `WITH name AS (SELECT …)`. */
  | {
      readonly kind: "query";
      readonly name: Name;
      readonly columns: readonly Name[];
      readonly materialized: boolean;
      readonly query: Query;
    }
  /** `WITH expression AS name`. */
  | { readonly kind: "expression"; readonly expression: Expression };

export interface GroupBy {
  readonly all: boolean;
  readonly expressions: readonly Expression[];
  readonly groupingSets: readonly (readonly Expression[])[];
  readonly modifier: "rollup" | "cube" | "grouping-sets" | null;
  readonly totals: boolean;
}

export interface OrderBy {
  readonly all: boolean;
  readonly elements: readonly OrderByElement[];
  readonly interpolate: readonly { readonly name: Name; readonly expression: Expression | null }[] | null;
}

export interface OrderByElement {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: "first" | "last" | null;
  readonly collate: string | null;
  readonly fill: {
    readonly from: Expression | null;
    readonly to: Expression | null;
    readonly step: Expression | null;
    readonly staleness: Expression | null;
  } | null;
}

/** FROM: the first table and what is joined to it, in order. */
export interface FromClause {
  readonly first: TableExpression;
  readonly joins: readonly FromElement[];
}

export type FromElement =
  | {
      readonly kind: "join";
      readonly type: "inner" | "left" | "right" | "full" | "cross" | "comma" | "paste";
      readonly strictness: "all" | "any" | "asof" | "semi" | "anti" | null;
      readonly locality: "global" | "local" | null;
      readonly table: TableExpression;
      readonly on: Expression | null;
      readonly using: readonly Expression[] | null;
    }
  | { readonly kind: "array-join"; readonly left: boolean; readonly expressions: readonly Expression[] };

export interface TableExpression {
  readonly source:
    | { readonly kind: "table"; readonly name: ObjectName }
    | { readonly kind: "function"; readonly function: TableFunction }
    | { readonly kind: "subquery"; readonly query: Query }
    | { readonly kind: "parenthesised"; readonly from: FromClause };
  readonly alias: Name | null;
  /** `AS t(a, b)` */
  readonly columnAliases: readonly Name[];
  readonly final: boolean;
  readonly sample: { readonly ratio: string; readonly offset: string | null } | null;
  readonly at: Range;
}

export interface WindowDefinition {
  readonly parent: Name | null;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderByElement[];
  /** The frame as written, without the words `ROWS` … being read further; null without one. */
  readonly frame: string | null;
}
