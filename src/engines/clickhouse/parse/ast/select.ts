import type { Name, ObjectName, Range, Setting } from "./common.ts";
import type { Expression, TableFunction } from "./expression.ts";

/** What gives rows: one SELECT, or several joined by UNION, EXCEPT, INTERSECT. */
export type Query = SelectQuery | SetOperation | ExplainedQuery;

export type SetOperator =
  /** Without a mode it depends on the setting `union_default_mode`. */
  | "union"
  | "union-all"
  | "union-distinct"
  | "except"
  | "except-all"
  | "except-distinct"
  | "intersect"
  | "intersect-all"
  | "intersect-distinct";

/** As written, flat: `operators[i]` stands between `queries[i]` and `queries[i + 1]`. INTERSECT binds tighter than the other two. */
export interface SetOperation {
  readonly kind: "set-operation";
  readonly queries: readonly Query[];
  readonly operators: readonly SetOperator[];
  readonly at: Range;
}

/** `(EXPLAIN …)` in FROM. */
export interface ExplainedQuery {
  readonly kind: "explain";
  readonly text: string;
  readonly query: Query;
  readonly at: Range;
}

export interface SelectQuery {
  readonly kind: "select";
  readonly with: readonly WithElement[];
  readonly recursive: boolean;
  readonly distinct: boolean;
  /** The engine turns `DISTINCT ON (a)` into `LIMIT 1 BY a`. */
  readonly distinctOn: readonly Expression[];
  readonly columns: readonly Expression[];
  readonly from: FromClause | null;
  readonly prewhere: Expression | null;
  readonly where: Expression | null;
  readonly groupBy: GroupBy | null;
  /** Also without GROUP BY. */
  readonly withTotals: boolean;
  readonly having: Expression | null;
  readonly windows: readonly { readonly name: Name; readonly definition: WindowDefinition }[];
  readonly qualify: Expression | null;
  readonly orderBy: OrderBy | null;
  readonly limitBy: { readonly length: Expression; readonly offset: Expression | null; readonly by: readonly Expression[] | "all" } | null;
  /** `TOP n`, `LIMIT n`, `FETCH FIRST n ROWS`: all the same. */
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
  readonly rollup: boolean;
  readonly cube: boolean;
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
      readonly natural: boolean;
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
    /** `(a JOIN b ON …)` */
    | { readonly kind: "parenthesised"; readonly from: FromClause }
    /** `(VALUES (1, 'a'), (2, 'b'))` */
    | { readonly kind: "values"; readonly rows: readonly Expression[] };
  readonly alias: Name | null;
  /** `AS t(a, b)` */
  readonly columnAliases: readonly Name[];
  readonly final: boolean;
  readonly sample: { readonly ratio: string; readonly offset: string | null } | null;
  /** `STREAM`: what arrives later is read as well. */
  readonly stream: boolean;
  readonly at: Range;
}

export interface WindowDefinition {
  readonly parent: Name | null;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderByElement[];
  /** The frame as written, `ROWS BETWEEN …`; null without one. */
  readonly frame: string | null;
}
