import type { CreateTableAsStmt, RangeVar, SelectStmt } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import { all, strings, walk, type Node } from "../parse/grammar.ts";
import { calls } from "./calls.ts";
import type { Context } from "./context.ts";
import { createAs } from "./create.ts";
import { readTables, writesInWith } from "./data.ts";
import { fullReadsIn } from "./filter.ts";
import { refusedQuery } from "./refused.ts";
import { readSetConfig } from "./session.ts";

/** A query by itself. It may write through a CTE, set the session through set_config, or call a function that does anything. */
export function readSelect(node: SelectStmt, context: Context): Change[] {
  const setting = readSetConfig(node, context);
  if (setting !== null) return setting;
  const wrapped = { SelectStmt: node } as Node;
  const locking = all(node.lockingClause, "LockingClause");
  const tables = readTables([{ SelectStmt: { ...node, lockingClause: undefined, intoClause: undefined } }], context, "");
  const onlys = onlysIn(wrapped, context);
  const written = writesInWith(node.withClause, context);
  const changes: Change[] = [...written];
  const targets = new Set(written.flatMap((c) => (c.kind === "write" ? [c.table] : [])));
  const readOnly = tables.filter((t) => !targets.has(t));
  if (readOnly.length > 0 || written.length === 0) {
    const forUpdate = locking.length > 0;
    const locked = lockedTables(node, context);
    const fullReads = fullReadsIn(wrapped, context).filter((t) => !targets.has(t));
    const functions = functionsIn(wrapped);
    changes.push(
      context.change({
        kind: "read",
        tables: readOnly,
        fullReads,
        ...(forUpdate ? { forUpdate } : {}),
        ...(locked === null ? {} : { locked }),
        ...(onlys.length === 0 ? {} : { onlys }),
        ...(functions.length === 0 ? {} : { functions }),
      }),
    );
  }
  if (node.intoClause !== undefined) changes.push(...tableOf(node, context));
  const refused = refusedQuery(wrapped, context);
  const [first] = changes;
  if (refused !== null && first !== undefined) return [{ ...first, refused }];
  return [...changes, ...calls([wrapped], context)];
}

/** FOR UPDATE OF names aliases of the FROM list; without OF it is every table of it. */
function lockedTables(node: SelectStmt, context: Context): readonly string[] | null {
  const of = all(node.lockingClause, "LockingClause").flatMap((clause) => all(clause.lockedRels, "RangeVar").map((r) => r.relname ?? ""));
  if (of.length === 0) return null;
  const found: string[] = [];
  walk(node.fromClause, (tag, body) => {
    const range = body as RangeVar;
    if (tag === "RangeVar" && of.includes(range.alias?.aliasname ?? range.relname ?? "")) found.push(context.relation(range));
  });
  return found;
}

/** Tables that are named with ONLY wherever they are named. */
function onlysIn(root: unknown, context: Context): readonly string[] {
  const [only, whole] = [new Set<string>(), new Set<string>()];
  walk(root, (tag, body) => {
    if (tag === "RangeVar") (body["inh"] === true ? whole : only).add(context.relation(body));
  });
  return [...only].filter((table) => !whole.has(table));
}

/** SELECT INTO is CREATE TABLE AS. */
function tableOf(node: SelectStmt, context: Context): Change[] {
  const { intoClause, ...query } = node;
  const made = createAs({ query: { SelectStmt: query } as Node, into: intoClause, objtype: "OBJECT_TABLE" } as CreateTableAsStmt, context);
  return made.filter((change) => change.kind !== "read");
}

function functionsIn(part: unknown): string[] {
  const found = new Set<string>();
  walk(part, (tag, body) => {
    const name = tag === "FuncCall" ? strings((body as { funcname?: Node[] }).funcname).at(-1) : undefined;
    if (name !== undefined) found.add(name);
  });
  return [...found];
}
