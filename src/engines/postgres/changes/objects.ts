import type {
  AlterDomainStmt,
  AlterEnumStmt,
  AlterSeqStmt,
  CompositeTypeStmt,
  CreateDomainStmt,
  CreateEnumStmt,
  CreateSeqStmt,
  CreateTrigStmt,
} from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { Column, ColumnRef, Expression, Origin } from "../../../model/schema.ts";
import { bareName } from "../../../model/schema.ts";
import { all, as, strings, type Node } from "../parse/grammar.ts";
import { readColumn } from "./columns.ts";
import type { Context } from "./context.ts";
import { columnsIn, expression } from "./expression.ts";
import { Names } from "./names.ts";
import { refusedTypes } from "./refused.ts";
import { restartOf } from "./restart.ts";
import { readType } from "./types.ts";

/** `apply` stamps the real one. */
const NO_ORIGIN: Origin = { migration: null };

export function newName(parts: readonly string[], context: Context): string {
  return parts.length > 1 ? parts.slice(-2).join(".") : `${context.creationSchema}.${parts[0] ?? ""}`;
}

function typeName(parts: readonly string[], context: Context): string {
  return context.named(parts, (q) => context.state.types.has(q));
}

export function createEnum(node: CreateEnumStmt, context: Context): Change[] {
  const name = newName(strings(node.typeName), context);
  return [context.change({ kind: "create-type", type: { kind: "enum", name, values: strings(node.vals), origin: NO_ORIGIN } })];
}

export function alterEnum(node: AlterEnumStmt, context: Context): Change[] {
  const type = typeName(strings(node.typeName), context);
  const to = node.newVal ?? "";
  if (node.oldVal !== undefined) return [context.change({ kind: "rename-enum-value", type, value: node.oldVal, to })];
  const position =
    node.newValNeighbor === undefined
      ? null
      : { side: node.newValIsAfter === true ? ("after" as const) : ("before" as const), of: node.newValNeighbor };
  return [
    context.change({
      kind: "add-enum-value",
      type,
      value: to,
      ifNotExists: node.skipIfNewValExists === true,
      ...(position === null ? {} : { position }),
    }),
  ];
}

export function createComposite(node: CompositeTypeStmt, context: Context): Change[] {
  const name = context.newRelation(node.typevar);
  const names = new Names(context.state, name);
  const columns: Column[] = all(node.coldeflist, "ColumnDef").map((c) => readColumn(c, name, context, names).column);
  return [context.change({ kind: "create-type", type: { kind: "composite", name, columns, origin: NO_ORIGIN } })];
}

export function createDomain(node: CreateDomainStmt, context: Context): Change[] {
  const name = newName(strings(node.domainname), context);
  const checks: { name: string; expression: string; validated: boolean }[] = [];
  let notNull = false;
  let value: Expression | null = null;
  for (const constraint of all(node.constraints, "Constraint")) {
    const at = context.tokenAt(Math.max(0, constraint.location ?? 0));
    if (constraint.contype === "CONSTR_NOTNULL") notNull = true;
    else if (constraint.contype === "CONSTR_DEFAULT" && constraint.raw_expr !== undefined) {
      value = expression(constraint.raw_expr, context.until(at + 1).text, context.state);
    } else if (constraint.contype === "CONSTR_CHECK") {
      const number = checks.length === 0 ? "" : String(checks.length);
      checks.push({
        name: constraint.conname ?? `${bareName(name)}_check${number}`,
        expression: context.inParentheses(at),
        validated: true,
      });
    }
  }
  const base = readType(node.typeName, context.state).type;
  const type = { kind: "domain", name, base, notNull, default: value, checks, origin: NO_ORIGIN } as const;
  const refused = refusedTypes([{ TypeName: node.typeName }], context);
  return [{ ...context.change({ kind: "create-type", type }), ...(refused === null ? {} : { refused }) }];
}

export function alterDomain(node: AlterDomainStmt, context: Context): Change[] {
  const domain = typeName(strings(node.typeName), context);
  const constraint = as(node.def, "Constraint");
  const base = { kind: "alter-domain", domain, name: node.name ?? constraint?.conname ?? null, expression: null } as const;
  switch (node.subtype) {
    case "C": {
      if (constraint?.contype === "CONSTR_NOTNULL") return [context.change({ ...base, action: "set-not-null", validated: true })];
      const existing = context.state.types.get(domain);
      const count = existing?.kind === "domain" ? existing.checks.length : 0;
      const name = base.name ?? `${bareName(domain)}_check${count === 0 ? "" : String(count)}`;
      const text = context.inParentheses(context.tokenAt(Math.max(0, constraint?.location ?? 0)));
      return [
        context.change({ ...base, action: "add-constraint", name, expression: text, validated: constraint?.skip_validation !== true }),
      ];
    }
    case "X":
      return [context.change({ ...base, action: "drop-constraint", validated: false, ifExists: node.missing_ok === true })];
    case "V":
      return [context.change({ ...base, action: "validate-constraint", validated: true })];
    case "O":
      return [context.change({ ...base, action: "set-not-null", validated: true })];
    case "N":
      return [context.change({ ...base, action: "drop-not-null", validated: false })];
    case "T": {
      const at = context.wordAt("default");
      const value = node.def === undefined ? null : expression(node.def, context.until(at + 1).text, context.state);
      return [context.change({ ...base, action: "set-default", validated: false, default: value })];
    }
    default:
      return [context.opaque(`ALTER DOMAIN of kind ${node.subtype ?? "?"} is not known to tread`)];
  }
}

export function createSequence(node: CreateSeqStmt, context: Context): Change[] {
  const name = context.newRelation(node.sequence);
  const sequence = { name, ownedBy: ownedBy(node.options, context) ?? null };
  const change = context.change({ kind: "create-sequence", sequence, ifNotExists: node.if_not_exists === true });
  if (node.sequence?.relpersistence !== "u") return [change];
  return [{ ...change, since: { major: 15, what: "unlogged sequences", sqlstate: "0A000" } }];
}

export function alterSequence(node: AlterSeqStmt, context: Context): Change[] {
  const owner = ownedBy(node.options, context);
  const name = context.sequence(node.sequence);
  if (owner === undefined) {
    const action = all(node.options, "DefElem")
      .map((o) => o.defname ?? "")
      .join(" ");
    return [context.change({ kind: "alter-sequence", name, ifExists: node.missing_ok === true, action, ...restartOf(node.options) })];
  }
  return [context.change({ kind: "own-sequence", name, ownedBy: owner })];
}

/** Undefined when the options say nothing about it. */
function ownedBy(options: readonly Node[] | undefined, context: Context): ColumnRef | null | undefined {
  const option = all(options, "DefElem").find((o) => o.defname === "owned_by");
  if (option === undefined) return undefined;
  const parts = strings(as(option.arg, "List")?.items);
  if (parts.length < 2) return null;
  return { relation: context.named(parts.slice(0, -1), (q) => context.state.relations.has(q)), column: parts.at(-1) ?? null };
}

/** Bits of `tgtype` (pg_trigger.h). */
const EVENTS: readonly (readonly [number, string])[] = [
  [4, "INSERT"],
  [8, "DELETE"],
  [16, "UPDATE"],
  [32, "TRUNCATE"],
];

export function createTrigger(node: CreateTrigStmt, context: Context): Change[] {
  const fn = strings(node.funcname);
  const events = EVENTS.filter(([bit]) => ((node.events ?? 0) & bit) !== 0).map(([, name]) => name);
  const trigger = {
    name: node.trigname ?? "",
    function: fn.length === 0 ? null : context.named(fn, (q) => context.state.functions.has(q)),
    events,
    columns: strings(node.columns),
    ...(node.whenClause === undefined ? {} : { when: columnsIn(node.whenClause) }),
    row: node.row === true,
    timing:
      ((node.timing ?? 0) & 64) !== 0 ? ("instead" as const) : ((node.timing ?? 0) & 2) !== 0 ? ("before" as const) : ("after" as const),
    ...(node.isconstraint === true ? { constraint: true } : {}),
    ...(node.constrrel === undefined ? {} : { from: context.relation(node.constrrel) }),
  };
  const change = context.change({
    kind: "create-trigger",
    table: context.relation(node.relation),
    trigger,
    orReplace: node.replace === true,
  });
  return [node.replace === true ? { ...change, since: { major: 14, what: "CREATE OR REPLACE TRIGGER", sqlstate: "42601" } } : change];
}
