import type { ColumnDef, Constraint as ConstraintNode } from "libpg-query";
import type { Column, Constraint, Expression } from "../../../model/schema.ts";
import { schemaOf } from "../../../model/apply/index.ts";
import { quoteIdentifier, quoteLiteral } from "../../../text/quote.ts";
import { all, strings } from "../parse/grammar.ts";
import { readConstraint, type Attributes } from "./constraints.ts";
import type { Context } from "./context.ts";
import { expression } from "./expression.ts";
import type { Names } from "./names.ts";
import { readType } from "./types.ts";

const PLAIN_NAME = /^[a-z_][a-z0-9_$]*$/;

export interface ReadColumn {
  readonly column: Column;
  readonly serial: boolean;
  readonly constraints: readonly Constraint[];
  /** DEFAULT NULL, which leaves `column.default` null as no DEFAULT does. */
  readonly defaultNull: boolean;
  /** Qualified name of the sequence of a serial or identity column. */
  readonly sequence: string | null;
}

/** A column definition with its constraints, as CREATE TABLE and ADD COLUMN write it. */
export function readColumn(definition: ColumnDef, table: string, context: Context, names: Names): ReadColumn {
  const name = definition.colname ?? "";
  const { type, serial } = readType(definition.typeName, context.state);
  const nodes = all(definition.constraints, "Constraint");
  const starts = nodes.flatMap((c) => (c.location === undefined || c.location < 0 ? [] : [c.location]));
  const constraints: Constraint[] = [];
  let notNull = serial;
  let value: Expression | null = null;
  let identity: Column["identity"] = null;
  let generated: Column["generated"] = null;
  for (const node of nodes) {
    switch (node.contype) {
      case "CONSTR_NOTNULL":
        notNull = true;
        if (node.conname !== undefined) constraints.push(notNullConstraint(node.conname, name, node));
        break;
      case "CONSTR_DEFAULT":
        value = defaultOf(node, context, starts);
        break;
      case "CONSTR_IDENTITY":
        identity = node.generated_when === "a" ? "always" : "by-default";
        notNull = true;
        break;
      case "CONSTR_GENERATED":
        // libpg-query's grammar is that of 18, where a missing keyword means VIRTUAL; up to 17 STORED had to be written.
        generated = node.generated_kind === "v" ? "virtual" : "stored";
        value =
          node.raw_expr === undefined
            ? null
            : expression(node.raw_expr, context.inParentheses(context.tokenAt(node.location ?? 0)), context.state);
        break;
      case "CONSTR_PRIMARY":
        notNull = true;
        constraints.push(readConstraint(node, table, context, names, name, attributesAfter(nodes, node)));
        break;
      case "CONSTR_CHECK":
      case "CONSTR_UNIQUE":
      case "CONSTR_EXCLUSION":
      case "CONSTR_FOREIGN":
        constraints.push(readConstraint(node, table, context, names, name, attributesAfter(nodes, node)));
        break;
      default:
        // NULL, and the attributes DEFERRABLE, NOT ENFORCED, … which belong to the constraint before them.
        break;
    }
  }
  let sequence: string | null = null;
  if (serial || identity !== null) {
    const own = names.relation([name], "seq");
    sequence = `${schemaOf(table)}.${own}`;
    // A regclass reads its text as SQL reads a name: `"Person_id_seq"` without its quotes is another sequence.
    const written = quoteLiteral([schemaOf(table), own].map((part) => (PLAIN_NAME.test(part) ? part : quoteIdentifier(part))).join("."));
    if (serial) value = { sql: `nextval(${written.trim()}::regclass)`, volatility: "volatile", isNull: false, columns: [] };
  }
  const column: Column = {
    name,
    type,
    notNull,
    default: value?.isNull === true ? null : value,
    identity,
    generated,
    collation: strings(definition.collClause?.collname).at(-1) ?? null,
    comment: null,
  };
  return { column, serial, constraints, sequence, defaultNull: value?.isNull === true };
}

function defaultOf(node: ConstraintNode, context: Context, starts: readonly number[]): Expression | null {
  if (node.raw_expr === undefined) return null;
  const at = context.tokenAt(node.location ?? 0);
  const keyword = context.wordAt("default", at);
  return expression(node.raw_expr, context.until((keyword === -1 ? at : keyword) + 1, starts).text, context.state);
}

function notNullConstraint(name: string, column: string, node: ConstraintNode): Constraint {
  return {
    name,
    kind: "not-null",
    columns: [column],
    validated: node.skip_validation !== true,
    enforced: true,
    deferrable: false,
    expression: null,
    references: null,
    index: null,
  };
}

/** `DEFERRABLE` and `NOT ENFORCED` after a column constraint are nodes of their own in the grammar. */
function attributesAfter(nodes: readonly ConstraintNode[], node: ConstraintNode): Attributes {
  let initiallyDeferred = node.initdeferred === true;
  let deferrable = node.deferrable === true;
  let enforced = true;
  for (const next of nodes.slice(nodes.indexOf(node) + 1)) {
    if (next.contype?.startsWith("CONSTR_ATTR_") !== true) break;
    if (next.contype === "CONSTR_ATTR_DEFERRABLE" || next.contype === "CONSTR_ATTR_DEFERRED") deferrable = true;
    if (next.contype === "CONSTR_ATTR_DEFERRED") initiallyDeferred = true;
    if (next.contype === "CONSTR_ATTR_NOT_ENFORCED") enforced = false;
  }
  return { deferrable, enforced, initiallyDeferred };
}
