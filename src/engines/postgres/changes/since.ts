import type { Since } from "../../../model/change.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { SINCE } from "../catalog/overloads.ts";
import { all, as, strings, tagOf, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** SQLSTATE of a syntax error, which is what most new syntax is to an older server. */
const SYNTAX = "42601";

/** What reads like a call of a function is one to a server that does not know it. */
const NO_FUNCTION = "42883";

const since = (major: number, what: string, sqlstate = SYNTAX): Since => ({ major, what, sqlstate });

type Rule = (body: Record<string, unknown>) => Since | null;

const is = (body: Record<string, unknown>, field: string): boolean => {
  const value = body[field];
  return value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
};

/**
 * Syntax by the node that carries it and the release that brought it (release notes E.1 of 14 to 18, checked on servers 13 to 18).
 * What an older server refuses for other reasons than its grammar is told where the statement is read.
 */
const RULES: Readonly<Record<string, Rule>> = {
  // 14
  CommonTableExpr: (b) => (is(b, "search_clause") || is(b, "cycle_clause") ? since(14, "SEARCH and CYCLE in a recursive query") : null),
  SelectStmt: (b) => (is(b, "groupDistinct") ? since(14, "GROUP BY DISTINCT") : null),
  PartitionCmd: (b) => (is(b, "concurrent") ? since(14, "DETACH PARTITION … CONCURRENTLY") : null),
  // 15
  MergeStmt: (b) => mergeSince(b),
  AlterDatabaseRefreshCollStmt: () => since(15, "REFRESH COLLATION VERSION"),
  // 16
  JsonIsPredicate: () => since(16, "IS JSON"),
  JsonObjectConstructor: () => since(16, "JSON_OBJECT()"),
  JsonArrayConstructor: () => since(16, "JSON_ARRAY()"),
  JsonArrayQueryConstructor: () => since(16, "JSON_ARRAY()"),
  JsonObjectAgg: () => since(16, "JSON_OBJECTAGG()"),
  JsonArrayAgg: () => since(16, "JSON_ARRAYAGG()", NO_FUNCTION),
  ViewStmt: (b) => optionsSince(b["options"], ["security_invoker"], since(15, "views with security_invoker", "22023")),
  RangeSubselect: (b) => (is(b, "alias") ? null : since(16, "subqueries in FROM without an alias")),
  // 17
  JsonTable: () => since(17, "JSON_TABLE()"),
  JsonFuncExpr: () => since(17, "JSON_EXISTS(), JSON_QUERY() and JSON_VALUE()", NO_FUNCTION),
  JsonParseExpr: () => since(17, "JSON()", NO_FUNCTION),
  JsonScalarExpr: () => since(17, "JSON_SCALAR()", NO_FUNCTION),
  JsonSerializeExpr: () => since(17, "JSON_SERIALIZE()", NO_FUNCTION),
  // 18
  ReturningOption: () => since(18, "RETURNING WITH (OLD AS …)"),
  Constraint: (b) => constraintSince(b),
  ColumnDef: (b) => columnSince(b),
  IndexStmt: (b) => (is(b, "nulls_not_distinct") ? since(15, "NULLS NOT DISTINCT") : null),
  AlterTableCmd: (b) => alterSince(b),
  ReindexStmt: (b) => {
    const whole = b["kind"] === "REINDEX_OBJECT_DATABASE" || b["kind"] === "REINDEX_OBJECT_SYSTEM";
    if (whole && !is(b, "name")) return since(16, "REINDEX DATABASE without a name");
    return optionsSince(b["params"], ["tablespace"], since(14, "REINDEX (TABLESPACE …)"));
  },
  VacuumRelation: (b) =>
    (b["relation"] as { inh?: boolean } | undefined)?.inh === true || !is(b, "relation")
      ? null
      : since(18, "VACUUM and ANALYZE of ONLY a table"),
  GrantStmt: (b) => grantSince(b),
};

function mergeSince(b: Record<string, unknown>): Since {
  if (is(b, "returningClause")) return since(17, "MERGE … RETURNING");
  const clauses = all(b["mergeWhenClauses"] as Node[] | undefined, "MergeWhenClause");
  if (clauses.some((c) => c.matchKind === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE")) return since(17, "MERGE … WHEN NOT MATCHED BY SOURCE");
  return since(15, "MERGE");
}

function constraintSince(b: Record<string, unknown>): Since | null {
  if (b["contype"] === "CONSTR_ATTR_NOT_ENFORCED" || b["contype"] === "CONSTR_ATTR_ENFORCED") return since(18, "ENFORCED and NOT ENFORCED");
  if (b["contype"] === "CONSTR_GENERATED" && b["generated_kind"] === "v") return since(18, "VIRTUAL generated columns");
  // The grammar leaves `is_enforced` out where a table constraint says NOT ENFORCED, and nothing else looks like that.
  const enforceable = b["contype"] === "CONSTR_CHECK" || b["contype"] === "CONSTR_FOREIGN";
  if (enforceable && !is(b, "is_enforced") && is(b, "skip_validation")) return since(18, "NOT ENFORCED");
  if (is(b, "without_overlaps")) return since(18, "WITHOUT OVERLAPS");
  if (is(b, "fk_with_period") || is(b, "pk_with_period")) return since(18, "PERIOD in a foreign key");
  if (is(b, "nulls_not_distinct")) return since(15, "NULLS NOT DISTINCT");
  if (is(b, "fk_del_set_cols")) return since(15, "ON DELETE SET NULL of some columns");
  return null;
}

function columnSince(b: Record<string, unknown>): Since | null {
  const type = strings((b["typeName"] as { names?: Node[] } | undefined)?.names).at(-1) ?? "";
  if (type.endsWith("multirange")) return since(14, "multiranges", "42704");
  if (is(b, "storage_name")) return since(16, "STORAGE of a new column");
  return is(b, "compression") ? since(14, "COMPRESSION of a column") : null;
}

function alterSince(b: Record<string, unknown>): Since | null {
  const constraint = as(b["def"] as Node | undefined, "Constraint");
  switch (b["subtype"]) {
    case "AT_DetachPartitionFinalize":
      return since(14, "DETACH PARTITION … FINALIZE");
    case "AT_SetCompression":
      return since(14, "COMPRESSION of a column");
    case "AT_SetAccessMethod":
      return b["name"] === undefined ? since(17, "SET ACCESS METHOD DEFAULT") : since(15, "SET ACCESS METHOD");
    case "AT_SetExpression":
      return since(17, "SET EXPRESSION");
    case "AT_SetStatistics":
      return b["def"] === undefined ? since(17, "SET STATISTICS DEFAULT") : null;
    case "AT_SetStorage":
      return as(b["def"] as Node | undefined, "String")?.sval?.toLowerCase() === "default" ? since(16, "SET STORAGE DEFAULT") : null;
    case "AT_AddConstraint":
      return constraint?.contype === "CONSTR_NOTNULL" ? since(18, "NOT NULL as a table constraint") : null;
    case "AT_AlterConstraint": {
      const alter = as(b["def"] as Node | undefined, "ATAlterConstraint");
      if (alter?.alterEnforceability === true) return since(18, "ALTER CONSTRAINT … ENFORCED");
      return alter?.alterInheritability === true ? since(18, "ALTER CONSTRAINT … INHERIT") : null;
    }
    default:
      return null;
  }
}

function grantSince(b: Record<string, unknown>): Since | null {
  if (b["objtype"] === "OBJECT_PARAMETER_ACL") return since(15, "GRANT ON PARAMETER");
  const privileges = all(b["privileges"] as Node[] | undefined, "AccessPriv").map((p) => p.priv_name);
  return privileges.includes("maintain") ? since(17, "the privilege MAINTAIN") : null;
}

function optionsSince(options: unknown, fresh: readonly string[], found: Since): Since | null {
  return all(options as Node[] | undefined, "DefElem").some((o) => fresh.includes(o.defname ?? "")) ? found : null;
}

const NEW_FUNCTIONS = new Set(Object.keys(SINCE).map((key) => key.split("/")[0] ?? ""));

function callsNewer(sql: string): boolean {
  for (const [, name = ""] of sql.matchAll(/([a-z_]\w*)\s*\(/gi)) if (NEW_FUNCTIONS.has(name.toLowerCase())) return true;
  return false;
}

/** Options of COPY, EXPLAIN and VACUUM that an older server does not know. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  CopyStmt: { default: 16, on_error: 17, log_verbosity: 17, reject_limit: 18 },
  ExplainStmt: { generic_plan: 16, serialize: 17, memory: 17 },
  VacuumStmt: { process_toast: 14, process_main: 16, skip_database_stats: 16, only_database_stats: 16, buffer_usage_limit: 16 },
};

/**
 * Words of which a statement with newer syntax holds one. Walking every tree would take as long as parsing it (30 µs for a table of ten
 * columns), and hardly any statement has to be walked.
 */
const WORTH_A_LOOK =
  /\b(?:search|cycle|detach|merge|compression|collation|json\w*|enforced|virtual|generated|overlaps|period|storage|distinct|null\s*\(|default\s*\(|method|expression|statistics|parameter|maintain|tablespace|only|returning|inherit|reindex|security_invoker|multirange|\w*multirange)\b|\badd\s+(?:constraint\s+\S+\s+)?not\s+null|(?:from|join|,)\s*\(/i;

/** The newest syntax or function in a statement, or null when 13 knows it all. */
export function newerSyntax(node: Node, context: Context): Since | null {
  const { sql, state } = context;
  if (!WORTH_A_LOOK.test(sql) && !callsNewer(sql) && OPTIONS[tagOf(node)] === undefined) return null;
  let newest: Since | null = null;
  const note = (found: Since | null): void => {
    if (found !== null && (newest === null || found.major > newest.major)) newest = found;
  };
  const tag = tagOf(node);
  for (const [name, major] of Object.entries(OPTIONS[tag] ?? {})) {
    const options = all((node as unknown as Record<string, { options?: Node[] }>)[tag]?.options, "DefElem");
    if (options.some((o) => o.defname === name)) note(since(major, `the option ${name.toUpperCase()}`));
  }
  walk([node], (name, body) => {
    note(RULES[name]?.(body) ?? null);
    if (name === "FuncCall") note(newerFunction(body, state));
  });
  if (/\bincluding\s+compression\b/i.test(sql)) note(since(14, "LIKE … INCLUDING COMPRESSION"));
  if (tag === "UpdateStmt" || tag === "InsertStmt" || tag === "DeleteStmt") note(returningOld(node));
  return newest;
}

/** A function of pg_catalog that an older server does not have; one of the user's own may stand in for it. */
function newerFunction({ funcname, args }: { readonly funcname?: Node[]; readonly args?: Node[] }, state: SchemaState): Since | null {
  const parts = strings(funcname);
  const name = parts.at(-1) ?? "";
  if (parts.length > 1 && parts[0] !== "pg_catalog") return null;
  const major = SINCE[name] ?? SINCE[`${name}/${(args ?? []).length}`];
  if (major === undefined || EXTENSIONS_HAVE.has(name)) return null;
  const own = parts.length === 1 && state.session.searchPath.some((schema) => state.functions.has(`${schema}.${name}`));
  return own ? null : since(major, `the function ${name}()`, "42883");
}

/** pgcrypto and others brought these before Postgres had them itself. */
const EXTENSIONS_HAVE = new Set(["gen_random_uuid"]);

/** `RETURNING old.email`: the row before and the row after, unless a table of the statement has that name. */
function returningOld(node: Node): Since | null {
  const body = (
    node as unknown as Record<
      string,
      { returningClause?: { exprs?: Node[] }; relation?: { relname?: string; alias?: { aliasname?: string } } }
    >
  )[tagOf(node)];
  const own = [body?.relation?.relname, body?.relation?.alias?.aliasname];
  let found = false;
  walk(body?.returningClause?.exprs, (tag, inner) => {
    const parts = tag === "ColumnRef" ? strings((inner as { fields?: Node[] }).fields) : [];
    const [first] = parts;
    if (parts.length > 1 && (first === "old" || first === "new") && !own.includes(first)) found = true;
  });
  // An older server looks for a table of that name.
  return found ? since(18, "RETURNING old and new rows", "42P01") : null;
}
