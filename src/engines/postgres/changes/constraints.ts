import type { Constraint as ConstraintNode } from "libpg-query";
import type { Constraint, Index } from "../../../model/schema.ts";
import { indexColumnLabels, schemaOf } from "../../../model/apply/index.ts";
import { all, strings } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { columnsIn, expression } from "./expression.ts";
import { indexColumnNames, type Names } from "./names.ts";

const ON_DELETE: Readonly<Record<string, string>> = { a: "NO ACTION", r: "RESTRICT", c: "CASCADE", n: "SET NULL", d: "SET DEFAULT" };

export interface Attributes {
  readonly deferrable: boolean;
  readonly enforced: boolean;
  readonly initiallyDeferred: boolean;
}

/**
 * A table or column constraint with the name that Postgres would give it.
 * @param column the column it stands on, for a column constraint
 */
export function readConstraint(
  node: ConstraintNode,
  table: string,
  context: Context,
  names: Names,
  column: string | null,
  attributes: Attributes = {
    deferrable: node.deferrable === true,
    enforced: node.is_enforced !== false,
    initiallyDeferred: node.initdeferred === true,
  },
): Constraint {
  const period = node.without_overlaps === true || node.fk_with_period === true;
  const base = {
    validated: node.skip_validation !== true,
    deferrable: attributes.deferrable,
    ...(attributes.initiallyDeferred ? { initiallyDeferred: true } : {}),
    enforced: attributes.enforced,
    ...(node.is_no_inherit === true ? { noInherit: true } : {}),
    ...(period ? { period: true } : {}),
    expression: null,
    references: null,
    index: null,
  } as const;
  const carried = indexNamed(node, context, table)?.including ?? all(node.including, "String").flatMap((s) => s.sval ?? []);
  const including = carried.length === 0 ? {} : { including: carried };
  const given = node.conname === undefined ? null : names.take(node.conname);
  const behind = (name: string): string => `${schemaOf(table)}.${name}`;
  switch (node.contype) {
    case "CONSTR_CHECK": {
      const check =
        node.raw_expr === undefined
          ? null
          : expression(node.raw_expr, context.inParentheses(context.tokenAt(Math.max(0, node.location ?? 0))), context.state);
      const columns = check?.columns ?? [];
      const name = given ?? names.constraint(columns.length === 1 ? columns : null, "check");
      // NOT ENFORCED is in the grammar `is_enforced` absent; for a table CHECK it is said there and not by a following node.
      const enforced = attributes.enforced && !(node.is_enforced === undefined && column === null);
      return { ...base, name, kind: "check", columns, expression: check, enforced, validated: base.validated && enforced };
    }
    case "CONSTR_FOREIGN": {
      const columns = column === null ? strings(node.fk_attrs) : [column];
      const relation = context.relation(node.pktable);
      const named = strings(node.pk_attrs);
      const enforced = attributes.enforced && !(node.is_enforced === undefined && column === null);
      const deleted = strings(node.fk_del_set_cols);
      const onUpdate = ON_DELETE[node.fk_upd_action ?? "a"] ?? "NO ACTION";
      const references = {
        relation,
        columns: named.length > 0 ? named : primaryKeyOf(relation, context),
        onDelete: ON_DELETE[node.fk_del_action ?? "a"] ?? "NO ACTION",
        ...(deleted.length === 0 ? {} : { onDeleteOf: deleted }),
        ...(onUpdate === "NO ACTION" ? {} : { onUpdate }),
        ...(node.fk_matchtype === "f" ? { matchFull: true } : {}),
      };
      return {
        ...base,
        name: given ?? names.constraint(columns, "fkey"),
        kind: "foreign-key",
        columns,
        references,
        enforced,
        validated: base.validated && enforced,
      };
    }
    case "CONSTR_PRIMARY": {
      const columns = column === null ? keysOf(node, context, table) : [column];
      const name = given ?? node.indexname ?? names.relation(null, "pkey");
      return { ...base, ...including, name, kind: "primary-key", columns, index: behind(name) };
    }
    case "CONSTR_EXCLUSION": {
      const elements = all(node.exclusions, "List").flatMap((pair) => all(pair.items, "IndexElem"));
      const columns = [...new Set(elements.flatMap((e) => (e.name === undefined ? columnsIn(e.expr) : [e.name])))];
      const name = given ?? names.relation(indexColumnNames(elements), "excl");
      return { ...base, ...including, name, kind: "exclusion", columns, index: behind(name) };
    }
    case "CONSTR_NOTNULL": {
      const columns = column === null ? strings(node.keys) : [column];
      return { ...base, name: given ?? names.constraint(columns, "not_null"), kind: "not-null", columns };
    }
    default: {
      const columns = column === null ? keysOf(node, context, table) : [column];
      const name = given ?? node.indexname ?? names.relation(indexColumnLabels([...columns, ...carried]), "key");
      return { ...base, ...including, name, kind: "unique", columns, index: behind(name) };
    }
  }
}

/** Columns of a key, or of the index that it is made from. */
function keysOf(node: ConstraintNode, context: Context, table: string): readonly string[] {
  if (node.indexname === undefined) return strings(node.keys);
  return indexNamed(node, context, table)?.columns.flatMap((c) => (c === null ? [] : [c])) ?? [];
}

/** The index that USING INDEX names. */
function indexNamed({ indexname }: ConstraintNode, context: Context, table: string): Index | undefined {
  if (indexname === undefined) return undefined;
  return context.state.relations.get(table)?.indexes.find((i) => i.name === `${schemaOf(table)}.${indexname}`);
}

function primaryKeyOf(relation: string, context: Context): readonly string[] {
  return context.state.relations.get(relation)?.constraints.find((c) => c.kind === "primary-key")?.columns ?? [];
}
