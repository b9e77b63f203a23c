import type { DeclareCursorStmt, DiscardStmt, ExecuteStmt, ExplainStmt, PrepareStmt } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import { all, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { refusedQuery } from "./refused.ts";
import { isOn } from "./utility.ts";

/** Planning a statement locks what running it would lock; only running it reads or writes rows (measured 13–18). */
export function readExplain(node: ExplainStmt, context: Context): Change[] {
  if (node.query === undefined) return [];
  const analyze = all(node.options, "DefElem").some((o) => o.defname === "analyze" && isOn(o.arg));
  const changes = context.nested(context.sql, [node.query]);
  return analyze ? changes : planned(changes, context);
}

/** What is analysed but not run: the locks of what it names, and no rows. */
function planned(changes: readonly Change[], context: Context): Change[] {
  return changes.flatMap((change): Change[] => {
    const { refused } = change;
    const and = refused === undefined ? {} : { refused };
    if (change.kind === "read") return [{ ...change, fullReads: [] }];
    if (change.kind !== "write") return [];
    const reads = change.reads.length === 0 ? [] : [context.change({ kind: "read", tables: change.reads, fullReads: [] })];
    return [{ ...context.change({ kind: "maintenance", command: "RULE ACTION", table: change.table }), ...and }, ...reads];
  });
}

/** PREPARE analyses the statement, which locks what it names. What EXECUTE does is read from the text that was prepared. */
export function readPrepare(node: PrepareStmt, context: Context): Change[] {
  if (node.query === undefined) return [];
  const name = node.name ?? "";
  const as = context.wordAt("as");
  const sql = as === -1 ? "" : context.sql.slice(context.tokens[as]?.end ?? 0).trim();
  const refused = refusedQuery(node.query, context);
  const analysed = planned(context.nested(context.sql, [node.query]), context);
  const prepare = context.change({ kind: "prepare", name, sql });
  if (refused !== null) return [...analysed, { ...prepare, refused }];
  if (context.state.session.prepared?.has(name) !== true) return [...analysed, prepare];
  return [{ ...prepare, refused: { sqlstate: "42P05", message: `prepared statement "${name}" already exists` } }];
}

export function readExecute(node: ExecuteStmt, context: Context): Change[] {
  const name = node.name ?? "";
  const sql = context.state.session.prepared?.get(name);
  if (sql === undefined) {
    if (!context.state.complete) return [context.opaque(`EXECUTE ${name}: no migration prepares it`)];
    const nothing = context.change({ kind: "maintenance", command: "EXECUTE", table: null });
    return [{ ...nothing, refused: { sqlstate: "26000", message: `prepared statement "${name}" does not exist` } }];
  }
  const parsed = context.grammar.parse(sql);
  return parsed.ok ? context.nested(sql, parsed.statements) : [context.opaque(`EXECUTE ${name}: ${parsed.message}`)];
}

/** A cursor locks what its query names; its rows are read by FETCH. Outside of a transaction it would end with its statement (25P01). */
export function readDeclare(node: DeclareCursorStmt, context: Context): Change[] {
  if (node.query === undefined) return [];
  const held = ((node.options ?? 0) & 32) !== 0;
  const cursor = context.change({
    kind: "maintenance",
    command: held ? "DECLARE CURSOR WITH HOLD" : "DECLARE CURSOR",
    table: null,
    object: { class: "cursor", name: node.portalname ?? "", action: "create" },
  });
  const query: Node = node.query;
  return [cursor, ...(held ? context.nested(context.sql, [query]) : planned(context.nested(context.sql, [query]), context))];
}

export function readCursor(name: string | undefined, command: "FETCH" | "MOVE" | "CLOSE", context: Context): Change[] {
  const change = context.change({ kind: "maintenance", command, table: null });
  if (name === undefined || context.depth > 0 || !context.state.complete || context.state.objects?.has(`cursor ${name}`) === true)
    return [change];
  return [{ ...change, refused: { sqlstate: "34000", message: `cursor "${name}" does not exist` } }];
}

/** DISCARD ALL is a new session (manual, DISCARD); TEMP drops the temporary tables. */
export function readDiscard(node: DiscardStmt, context: Context): Change[] {
  const all = node.target === "DISCARD_ALL";
  const changes: Change[] = [];
  if (all) {
    const session = {
      searchPath: ["public"],
      lockTimeout: null,
      statementTimeout: null,
      idleTimeout: null,
      transactionTimeout: null,
      timeZone: null,
      checksBodies: true,
      replica: false,
    };
    changes.push(context.change({ kind: "set", setting: "discard all", value: null, local: false, session }));
    changes.push(context.change({ kind: "deallocate", name: null }));
  } else changes.push(context.change({ kind: "maintenance", command: "DISCARD", table: null }));
  if (!all && node.target !== "DISCARD_TEMP") return changes;
  for (const relation of context.state.relations.values()) {
    if (!relation.name.startsWith("pg_temp.")) continue;
    changes.push(
      context.change({ kind: "drop-relation", name: relation.name, relationKind: relation.kind, ifExists: true, cascade: true }),
    );
  }
  return changes;
}
