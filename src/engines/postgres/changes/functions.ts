import type { AlterFunctionStmt, CreateFunctionStmt, TypeName } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { EngineError } from "../../../model/effects.ts";
import type { UserFunction } from "../../../model/schema.ts";
import { all, as, strings, type Node } from "../parse/grammar.ts";
import { tokensOf } from "../parse/lexer.ts";
import type { Context } from "./context.ts";
import { newName } from "./objects.ts";
import { analyseQuery } from "./query.ts";
import { refusedBody, refusedTypes } from "./refused.ts";
import { endingOf } from "./trigger-ending.ts";
import { formatType, readType } from "./types.ts";

export function createFunction(node: CreateFunctionStmt, context: Context): Change[] {
  const options = all(node.options, "DefElem");
  const option = (name: string): Node | undefined => options.find((o) => o.defname === name)?.arg;
  const volatility = as(option("volatility"), "String")?.sval;
  const body = strings(as(option("as"), "List")?.items);
  const language = as(option("language"), "String")?.sval?.toLowerCase() ?? "sql";
  const text = node.sql_body === undefined ? (body[0] ?? null) : sqlBody(context);
  const settings = options.flatMap((o) => (o.defname === "set" ? (as(o.arg, "VariableSetStmt")?.name ?? []) : []));
  const returns = returnsOf(node, context);
  const ends = returns === "trigger" && language === "plpgsql" && text !== null ? endingOf(text, context.grammar) : undefined;
  const routine: UserFunction = {
    name: newName(strings(node.funcname), context),
    volatility: volatility === "immutable" || volatility === "stable" ? volatility : "volatile",
    language,
    body: text,
    // Other languages' bodies follow other lexical rules.
    ...(text !== null && (language === "plpgsql" || language === "sql") ? { names: namesIn(text), assigns: assignsIn(text) } : {}),
    ...(as(option("security"), "Boolean")?.boolval === true ? { securityDefiner: true } : {}),
    ...(as(option("strict"), "Boolean")?.boolval === true ? { strict: true } : {}),
    ...(settings.length === 0 ? {} : { settings }),
    arguments: argumentsOf(node),
    routine: node.is_procedure === true ? "procedure" : "function",
    signatures: [signatureOf(node, context)],
    returns,
    ...(ends === undefined ? {} : { ends }),
    ...(node.sql_body === undefined ? {} : { stored: true }),
    ...readsOf(node, body[0] ?? "", language, context),
  };
  const refused = refusedFunction(node, routine, context);
  const change = context.change({ kind: "create-function", function: routine, ...(node.replace === true ? { orReplace: true } : {}) });
  const whole: Change = refused === null ? change : { ...change, refused };
  return [
    node.sql_body === undefined ? whole : { ...whole, since: { major: 14, what: "function bodies in standard SQL", sqlstate: "42601" } },
  ];
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

function typeText(node: TypeName | undefined, context: Context): string {
  return formatType({ ...readType(node, context.state).type, modifiers: [] });
}

/** Types of the input arguments, which tell overloads apart. */
function signatureOf(node: CreateFunctionStmt, context: Context): readonly string[] {
  const given = all(node.parameters, "FunctionParameter").filter(({ mode }) => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE");
  return given.map((parameter) => typeText(parameter.argType, context));
}

/** Types in the parentheses of DROP and ALTER FUNCTION; null when there are none, which means: there is only one of that name. */
export function listedArguments(object: Node | undefined, context: Context): readonly string[] | null {
  const withArgs = as(object, "ObjectWithArgs");
  if (withArgs === undefined || withArgs.args_unspecified === true) return null;
  return all(withArgs.objargs, "TypeName").map((type) => typeText(type, context));
}

function returnsOf(node: CreateFunctionStmt, context: Context): string | null {
  const out = all(node.parameters, "FunctionParameter").some(({ mode }) => mode === "FUNC_PARAM_OUT" || mode === "FUNC_PARAM_TABLE");
  return node.returnType === undefined || out ? null : typeText(node.returnType, context);
}

/** Statements of a body in SQL, as text or in standard SQL; null for another language or one that does not parse. */
function statementsOf(node: CreateFunctionStmt, text: string, language: string, context: Context): readonly Node[] | null {
  if (node.sql_body !== undefined) {
    const lists = as(node.sql_body, "List")?.items ?? [node.sql_body];
    return lists.flatMap((item) => as(item, "List")?.items ?? [item]).flatMap((item) => as(item, "ReturnStmt")?.returnval ?? [item]);
  }
  if (language !== "sql") return null;
  const parsed = context.grammar.parse(text);
  return parsed.ok ? parsed.statements : null;
}

/** Analysing the body opens what it names (measured 13–18); with check_function_bodies off it is left alone, unless it is stored parsed. */
function readsOf(node: CreateFunctionStmt, text: string, language: string, context: Context): Pick<UserFunction, "reads"> {
  if (node.sql_body === undefined && context.state.session.checksBodies === false) return {};
  const reads = (statementsOf(node, text, language, context) ?? []).flatMap((statement) => analyseQuery(statement, context).reads);
  return reads.length === 0 ? {} : { reads };
}

function refusedFunction(node: CreateFunctionStmt, routine: UserFunction, context: Context): EngineError | null {
  const type = refusedTypes([node.parameters, { TypeName: node.returnType }], context);
  if (type !== null) return type;
  const known = context.state.complete && context.state.extensions.size <= 1;
  if (known && !["sql", "plpgsql", "c", "internal"].includes(routine.language))
    return { sqlstate: "42704", message: `language "${routine.language}" does not exist` };
  const checks = node.sql_body !== undefined || context.state.session.checksBodies !== false;
  if (!checks) return null;
  if (routine.language === "plpgsql" && routine.body !== null && context.grammar.parsePlpgsql(context.sql) === null && context.depth === 0)
    return { sqlstate: "42601", message: `the body of ${routine.name}() does not parse as PL/pgSQL` };
  if (routine.language !== "sql") return null;
  const body = statementsOf(node, routine.body ?? "", "sql", context);
  if (body === null) return { sqlstate: "42601", message: `the body of ${routine.name}() does not parse` };
  const queries = body.filter(
    (statement) => "SelectStmt" in statement || "InsertStmt" in statement || "UpdateStmt" in statement || "DeleteStmt" in statement,
  );
  return refusedBody(queries, (node.parameters ?? []).length > 0, context);
}

/** ALTER FUNCTION and ALTER PROCEDURE: only a new volatility matters to what a schema change does. */
export function alterFunction(node: AlterFunctionStmt, context: Context): Change[] {
  const name = context.named(strings(node.func?.objname), (q) => context.state.functions.has(q));
  const given = all(node.actions, "DefElem").find((option) => option.defname === "volatility");
  const text = as(given?.arg, "String")?.sval;
  const volatility = text === "immutable" || text === "stable" || text === "volatile" ? text : null;
  const listed = node.func === undefined ? null : listedArguments({ ObjectWithArgs: node.func }, context);
  return [context.change({ kind: "alter-function", name, arguments: listed, to: null, volatility })];
}
