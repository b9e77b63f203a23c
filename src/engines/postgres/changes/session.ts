import type { SelectStmt, TransactionStmt, VariableSetStmt } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { Session } from "../../../model/schema.ts";
import { all, as, strings, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** What these settings are when nobody has set them, for RESET and DEFAULT. */
const DEFAULTS: Readonly<Record<string, Partial<Session>>> = {
  search_path: { searchPath: ["public"] },
  lock_timeout: { lockTimeout: null },
  statement_timeout: { statementTimeout: null },
  timezone: { timeZone: null },
  idle_in_transaction_session_timeout: { idleTimeout: null },
  transaction_timeout: { transactionTimeout: null },
  check_function_bodies: { checksBodies: true },
  session_replication_role: { replica: false },
};

export function readSet(node: VariableSetStmt, context: Context): Change[] {
  const local = node.is_local === true;
  const name = (node.name ?? "").toLowerCase();
  if (node.kind === "VAR_RESET_ALL") {
    const session: Partial<Session> = Object.assign({}, ...Object.values(DEFAULTS));
    return [context.change({ kind: "set", setting: "all", value: null, local: false, session })];
  }
  if (node.kind === "VAR_RESET" || node.kind === "VAR_SET_DEFAULT") {
    return [context.change({ kind: "set", setting: name, value: null, local, session: DEFAULTS[name] ?? {} })];
  }
  if (node.kind === "VAR_SET_MULTI") {
    const readOnly = readOnlyOf(node);
    // SET SESSION CHARACTERISTICS is for the transactions that follow.
    const session = name === "transaction" && readOnly !== null ? { readOnly } : {};
    return [context.change({ kind: "set", setting: name, value: name, local: name === "transaction", session })];
  }
  const values = (node.args ?? []).map(literal);
  const value = values.join(", ");
  return [context.change({ kind: "set", setting: name, value, local, session: sessionOf(name, values) })];
}

/** SET TRANSACTION READ ONLY or READ WRITE; null when it says neither. */
function readOnlyOf(node: VariableSetStmt): boolean | null {
  const option = all(node.args, "DefElem").find((o) => o.defname === "transaction_read_only");
  return option === undefined ? null : as(option.arg, "A_Const")?.ival?.ival === 1;
}

/** `SELECT pg_catalog.set_config('search_path', '', false)`, as pg_dump writes it. Null when the query is anything else. */
export function readSetConfig(select: SelectStmt, context: Context): Change[] | null {
  const [target, ...others] = all(select.targetList, "ResTarget");
  const call = as(target?.val, "FuncCall");
  if (call === undefined || others.length > 0 || strings(call.funcname).at(-1) !== "set_config" || select.fromClause !== undefined)
    return null;
  const [nameNode, valueNode, localNode] = call.args ?? [];
  const name = as(nameNode, "A_Const")?.sval?.sval?.toLowerCase();
  const value = as(valueNode, "A_Const")?.sval;
  if (name === undefined || value === undefined) return [context.opaque("set_config() with names or values that are computed")];
  const text = value.sval ?? "";
  const values = name === "search_path" ? splitPath(text) : [text];
  const local = as(localNode, "A_Const")?.boolval?.boolval === true;
  return [context.change({ kind: "set", setting: name, value: text, local, session: sessionOf(name, values) })];
}

/** A search path as SHOW writes it: names, quoted ones too. */
export function splitPath(text: string): string[] {
  return text.split(",").flatMap((part) => {
    const name = part.trim();
    if (name === "") return [];
    return [name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()];
  });
}

function sessionOf(name: string, values: readonly string[]): Partial<Session> {
  const [first = ""] = values;
  switch (name) {
    case "search_path":
      // `"$user"` is a schema of the role's name, which hardly anybody has; an empty string is no schema.
      return { searchPath: values.filter((v) => v !== "" && v !== "$user") };
    case "lock_timeout":
      return { lockTimeout: milliseconds(first) };
    case "statement_timeout":
      return { statementTimeout: milliseconds(first) };
    case "timezone":
      return { timeZone: first };
    case "idle_in_transaction_session_timeout":
      return { idleTimeout: milliseconds(first) };
    case "transaction_timeout":
      return { transactionTimeout: milliseconds(first) };
    case "transaction_read_only":
      return { readOnly: isTrue(first) };
    case "check_function_bodies":
      return { checksBodies: isTrue(first) };
    case "session_replication_role":
      return { replica: first.toLowerCase() === "replica" };
    default:
      return {};
  }
}

function isTrue(text: string): boolean {
  return /^(?:on|true|yes|1|t)$/i.test(text);
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `5s`, `500`, `2 min`: without a unit the timeouts are milliseconds (manual section 19.11). */
function milliseconds(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(text);
  if (match === null) return null;
  return Math.round(Number(match[1]) * (UNITS[match[2] ?? "ms"] ?? 1));
}

function literal(node: Node): string {
  const constant = as(node, "A_Const");
  if (constant !== undefined) {
    if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
    if (constant.fval !== undefined) return constant.fval.fval ?? "";
    if (constant.boolval !== undefined) return constant.boolval.boolval === true ? "on" : "off";
    return constant.sval?.sval ?? "";
  }
  const cast = as(node, "TypeCast");
  return cast?.arg === undefined ? "" : literal(cast.arg);
}

export function readTransaction(node: TransactionStmt, context: Context): Change[] {
  const name = node.savepoint_name;
  switch (node.kind) {
    case "TRANS_STMT_BEGIN":
    case "TRANS_STMT_START":
      return [context.change({ kind: "begin" })];
    case "TRANS_STMT_COMMIT":
      return [context.change({ kind: "commit" }), ...(node.chain === true ? [context.change({ kind: "begin" })] : [])];
    case "TRANS_STMT_ROLLBACK":
      return [context.change({ kind: "rollback" }), ...(node.chain === true ? [context.change({ kind: "begin" })] : [])];
    case "TRANS_STMT_SAVEPOINT":
      return [context.change({ kind: "savepoint", ...(name === undefined ? {} : { name }) })];
    case "TRANS_STMT_RELEASE":
      return [context.change({ kind: "release", ...(name === undefined ? {} : { name }) })];
    case "TRANS_STMT_ROLLBACK_TO":
      return [context.change({ kind: "rollback-to", ...(name === undefined ? {} : { name }) })];
    case "TRANS_STMT_COMMIT_PREPARED":
    case "TRANS_STMT_ROLLBACK_PREPARED": {
      const command = node.kind === "TRANS_STMT_COMMIT_PREPARED" ? "COMMIT PREPARED" : "ROLLBACK PREPARED";
      const refuse = context.change({ kind: "maintenance", command, table: null });
      if (context.state.session.inTransaction) return [refuse];
      return [refuse, context.opaque(`${command} ${node.gid ?? ""}: what the prepared transaction did stands elsewhere`)];
    }
    case "TRANS_STMT_PREPARE": {
      // Nothing of it is seen, and its locks are held, until COMMIT PREPARED.
      const kept = context.opaque(`PREPARE TRANSACTION ${node.gid ?? ""} keeps its locks until it is committed`, []);
      return [context.change({ kind: "rollback" }), kept];
    }
    default:
      return [context.opaque("two-phase commit: what the prepared transaction does stands elsewhere", [])];
  }
}
