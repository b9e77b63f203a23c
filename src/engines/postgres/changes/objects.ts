import type {
  AlterDomainStmt,
  AlterEnumStmt,
  AlterSeqStmt,
  CompositeTypeStmt,
  CreateDomainStmt,
  CreateEnumStmt,
  CreateFunctionStmt,
  CreateSeqStmt,
  CreateTrigStmt,
} from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { Column, ColumnRef, Expression, Origin, UserFunction } from "../../../model/schema.ts";
import { bareName } from "../../../model/schema.ts";
import { all, as, strings, type Node } from "../parse/grammar.ts";
import { tokensOf } from "../parse/lexer.ts";
import { readColumn } from "./columns.ts";
import type { Context } from "./context.ts";
import { expression } from "./expression.ts";
import { Names } from "./names.ts";
import { readType } from "./types.ts";

/** `apply` stamps the real one. */
const NO_ORIGIN: Origin = { migration: null };

function newName(parts: readonly string[], context: Context): string {
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
  return [
    context.change({ kind: "create-type", type: { kind: "domain", name, base, notNull, default: value, checks, origin: NO_ORIGIN } }),
  ];
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
      return [context.change({ ...base, action: "drop-constraint", validated: false })];
    case "V":
      return [context.change({ ...base, action: "validate-constraint", validated: true })];
    case "O":
      return [context.change({ ...base, action: "set-not-null", validated: true })];
    case "N":
      return [context.change({ ...base, action: "drop-not-null", validated: false })];
    case "T":
      return [context.change({ ...base, action: "set-default", validated: false })];
    default:
      return [context.opaque(`ALTER DOMAIN of kind ${node.subtype ?? "?"} is not known to tread`)];
  }
}

export function createFunction(node: CreateFunctionStmt, context: Context): Change[] {
  const options = all(node.options, "DefElem");
  const option = (name: string): Node | undefined => options.find((o) => o.defname === name)?.arg;
  const volatility = as(option("volatility"), "String")?.sval;
  const body = strings(as(option("as"), "List")?.items);
  const language = as(option("language"), "String")?.sval?.toLowerCase() ?? "sql";
  const text = node.sql_body === undefined ? (body[0] ?? null) : sqlBody(context);
  const settings = options.flatMap((o) => (o.defname === "set" ? (as(o.arg, "VariableSetStmt")?.name ?? []) : []));
  const routine: UserFunction = {
    name: newName(strings(node.funcname), context),
    volatility: volatility === "immutable" || volatility === "stable" ? volatility : "volatile",
    language,
    body: text,
    // Other languages' bodies follow other lexical rules.
    ...(text !== null && (language === "plpgsql" || language === "sql") ? { names: namesIn(text), assigns: assignsIn(text) } : {}),
    ...(as(option("security"), "Boolean")?.boolval === true ? { securityDefiner: true } : {}),
    ...(settings.length === 0 ? {} : { settings }),
    arguments: argumentsOf(node),
  };
  return [context.change({ kind: "create-function", function: routine })];
}

const STARTS_STATEMENT = new Set([";", "begin", "then", "else", "loop"]);

/** Columns of the new row that a trigger's body gives a value: `NEW.email := …`, `NEW.email = …` as a statement, `INTO NEW.email`. */
function assignsIn(body: string): ReadonlySet<string> {
  const assigned = new Set<string>();
  const tokens = [...tokensOf(body)].filter(({ kind }) => kind !== "comment");
  tokens.forEach((token, at) => {
    const name = tokens[at + 2];
    if (token.text !== "new" || tokens[at + 1]?.text !== "." || name === undefined) return;
    const [next, after] = [tokens[at + 3]?.text, tokens[at + 4]?.text];
    const before = tokens[at - 1]?.text ?? ";";
    if ((next === ":" && after === "=") || (next === "=" && STARTS_STATEMENT.has(before)) || before === "into")
      assigned.add(name.kind === "word" ? name.text : body.slice(name.start + 1, name.end - 1).replaceAll('""', '"'));
  });
  return assigned;
}

function argumentsOf(node: CreateFunctionStmt): NonNullable<UserFunction["arguments"]> {
  const given = all(node.parameters, "FunctionParameter").filter(({ mode }) => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE");
  const variadic = given.some(({ mode }) => mode === "FUNC_PARAM_VARIADIC");
  const least = given.filter(({ mode, defexpr }) => mode !== "FUNC_PARAM_VARIADIC" && defexpr === undefined).length;
  return { least, most: variadic ? null : given.length };
}

function namesIn(body: string): ReadonlySet<string> {
  const names = new Set<string>();
  let before = "";
  let dot = false;
  for (const token of tokensOf(body)) {
    if (token.kind === "punct" && token.text === "." && before !== "") dot = true;
    else if (token.kind === "word" || token.kind === "quoted") {
      const name = token.kind === "word" ? token.text : body.slice(token.start + 1, token.end - 1).replaceAll('""', '"');
      names.add(name);
      if (dot) names.add(`${before}.${name}`);
      before = name;
      dot = false;
    } else {
      before = "";
      dot = false;
    }
  }
  return names;
}

/** The text of a body in standard SQL: `RETURN expression` or `BEGIN ATOMIC … END`. */
function sqlBody(context: Context): string | null {
  const tokens = context.tokens;
  const begin = tokens.findIndex((t, i) => t.text === "begin" && tokens[i + 1]?.text === "atomic");
  if (begin !== -1) return context.sql.slice(tokens[begin + 1]?.end ?? 0, tokens.at(-1)?.start).trim();
  const result = tokens.findLastIndex((t) => t.kind === "word" && t.text === "return");
  return result === -1 ? null : `SELECT ${context.sql.slice(tokens[result]?.end ?? 0).trim()}`;
}

export function createSequence(node: CreateSeqStmt, context: Context): Change[] {
  const name = context.newRelation(node.sequence);
  return [context.change({ kind: "create-sequence", sequence: { name, ownedBy: ownedBy(node.options, context) ?? null } })];
}

export function alterSequence(node: AlterSeqStmt, context: Context): Change[] {
  const owner = ownedBy(node.options, context);
  if (owner === undefined) return [context.change({ kind: "maintenance", command: "ALTER SEQUENCE", table: null })];
  return [context.change({ kind: "own-sequence", name: context.relation(node.sequence), ownedBy: owner })];
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
  };
  return [context.change({ kind: "create-trigger", table: context.relation(node.relation), trigger, orReplace: node.replace === true })];
}
