import type { IndexElem } from "libpg-query";
import { chooseName, indexColumnLabels, indexNameAddition, isRelationName, schemaOf } from "../../../model/apply/index.ts";
import { bareName, type SchemaState } from "../../../model/schema.ts";
import { as, strings, tagOf, type Node } from "../parse/grammar.ts";

/** Generates names as Postgres does, remembering those that the same statement has given already. */
export class Names {
  readonly #state: SchemaState;
  readonly #table: string;
  readonly #given = new Set<string>();
  readonly #freed = new Set<string>();

  constructor(state: SchemaState, table: string) {
    this.#state = state;
    this.#table = table;
  }

  /** Names that the statement itself gives back before it gives new ones: those of constraints that it drops. */
  free(name: string): void {
    this.#freed.add(name);
  }

  /** Names that the statement gives itself must not be generated again. */
  take(name: string): string {
    this.#given.add(name);
    return name;
  }

  /** Unqualified. Indexes and sequences share the names of relations; constraints only those of the table's other constraints. */
  relation(columns: readonly string[] | null, label: string): string {
    const schema = schemaOf(this.#table);
    return this.take(
      chooseName(
        bareName(this.#table),
        columns === null ? null : indexNameAddition(columns),
        label,
        (n) => this.#given.has(n) || (!this.#freed.has(n) && isRelationName(this.#state, schema, n)),
      ),
    );
  }

  constraint(columns: readonly string[] | null, label: string): string {
    const own = this.#state.relations.get(this.#table)?.constraints ?? [];
    const isTaken = (name: string): boolean => this.#given.has(name) || (!this.#freed.has(name) && own.some((c) => c.name === name));
    return this.take(
      chooseName(bareName(this.#table), columns === null || columns.length === 0 ? null : indexNameAddition(columns), label, isTaken),
    );
  }
}

/** `ChooseIndexColumnNames`: plain columns by name, expressions by what `FigureIndexColname` makes of them; repeats get numbers. */
export function indexColumnNames(elements: readonly IndexElem[]): string[] {
  return indexColumnLabels(elements.map((element) => element.name ?? element.indexcolname ?? figureName(element.expr) ?? "expr"));
}

/** `FigureColname` of `parse_target.c`: the name that an expression gets when it is given none. */
export function figureName(node: Node | undefined): string | null {
  if (node === undefined) return null;
  const column = as(node, "ColumnRef");
  if (column !== undefined) return strings(column.fields).at(-1) ?? null;
  const call = as(node, "FuncCall");
  if (call !== undefined) return strings(call.funcname).at(-1) ?? null;
  const cast = as(node, "TypeCast");
  if (cast !== undefined) return figureName(cast.arg) ?? strings(cast.typeName?.names).at(-1) ?? null;
  const collate = as(node, "CollateClause");
  if (collate !== undefined) return figureName(collate.arg);
  switch (tagOf(node)) {
    case "CaseExpr":
      return figureName(as(node, "CaseExpr")?.defresult) ?? "case";
    case "CoalesceExpr":
      return "coalesce";
    case "MinMaxExpr":
      return as(node, "MinMaxExpr")?.op === "IS_LEAST" ? "least" : "greatest";
    case "A_ArrayExpr":
      return "array";
    case "RowExpr":
      return "row";
    case "SubLink": {
      const link = as(node, "SubLink");
      if (link?.subLinkType === "EXISTS_SUBLINK") return "exists";
      if (link?.subLinkType === "ARRAY_SUBLINK") return "array";
      const first = as(as(link?.subselect, "SelectStmt")?.targetList?.[0], "ResTarget");
      return link?.subLinkType === "EXPR_SUBLINK" ? (first?.name ?? figureName(first?.val)) : null;
    }
    case "SQLValueFunction":
      return (
        (as(node, "SQLValueFunction")?.op ?? "")
          .replace(/^SVFOP_/, "")
          .replace(/_N$/, "")
          .toLowerCase() || null
      );
    default:
      return null;
  }
}
