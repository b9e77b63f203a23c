import type { AlterAction, Name } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readConstraint, readIndex, readProjection } from "../define/elements.ts";
import { readKind } from "../define/engine.ts";
import { readColumnName, readList, readName } from "../names.ts";
import { readPosition } from "./alter-columns.ts";
import { readInPartition } from "./partition.ts";

/** ADD, DROP, CLEAR, MATERIALIZE and MODIFY of indexes, projections, statistics, constraints. null: none; undefined: broken. */
export function readPartOfTable(c: Cursor): AlterAction | null | undefined {
  const verb = c.word;
  switch (c.wordAt(1)) {
    case "INDEX":
      return verb === "ADD" ? addIndex(c) : dropped(c, verb, "index");
    case "PROJECTION":
      return verb === "ADD" ? addProjection(c) : dropped(c, verb, "projection");
    case "STATISTICS":
      return readStatistics(c, verb);
    case "CONSTRAINT":
      return readConstraintAction(c, verb);
    default:
      return null;
  }
}

function addIndex(c: Cursor): AlterAction | undefined {
  c.index += 2;
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const index = readIndex(c);
  const position = index === null ? undefined : readPosition(c);
  return index === null || position === undefined ? undefined : { kind: "add-index", ifNotExists, index, position };
}

function addProjection(c: Cursor): AlterAction | undefined {
  c.index += 2;
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const projection = readProjection(c);
  const position = projection === null ? undefined : readPosition(c);
  return projection === null || position === undefined ? undefined : { kind: "add-projection", ifNotExists, projection, position };
}

function dropped(c: Cursor, verb: string, what: "index" | "projection"): AlterAction | null | undefined {
  if (verb !== "DROP" && verb !== "CLEAR" && verb !== "MATERIALIZE") return null;
  c.index += 2;
  const ifExists = c.keyword("IF", "EXISTS");
  const name = readColumnName(c);
  if (name === null) return undefined;
  if (verb === "DROP") {
    return what === "index" ? { kind: "drop-index", ifExists, index: name } : { kind: "drop-projection", ifExists, projection: name };
  }
  const partition = readInPartition(c);
  if (partition === undefined) return undefined;
  if (what === "index") return { kind: verb === "CLEAR" ? "clear-index" : "materialize-index", ifExists, index: name, partition };
  return { kind: verb === "CLEAR" ? "clear-projection" : "materialize-projection", ifExists, projection: name, partition };
}

function readStatistics(c: Cursor, verb: string): AlterAction | null | undefined {
  if (verb === "ADD" || verb === "MODIFY") {
    c.index += 2;
    const ifNotExists = verb === "ADD" && c.keyword("IF", "NOT", "EXISTS");
    const columns = readList(c, readName);
    const types = columns !== null && c.keyword("TYPE") ? readList(c, readKind) : null;
    if (columns === null || types === null) return undefined;
    return { kind: verb === "ADD" ? "add-statistics" : "modify-statistics", ifNotExists, columns, types };
  }
  if (verb !== "DROP" && verb !== "CLEAR" && verb !== "MATERIALIZE") return null;
  c.index += 2;
  const all = verb !== "DROP" && c.keyword("ALL");
  const ifExists = !all && c.keyword("IF", "EXISTS");
  const columns: readonly Name[] | "all" | null = all ? "all" : readList(c, readName);
  if (columns === null) return undefined;
  if (verb === "DROP") return { kind: "drop-statistics", ifExists, columns };
  const partition = all ? null : readInPartition(c);
  if (partition === undefined) return undefined;
  return verb === "CLEAR"
    ? { kind: "clear-statistics", ifExists, columns }
    : { kind: "materialize-statistics", ifExists, columns, partition };
}

function readConstraintAction(c: Cursor, verb: string): AlterAction | null | undefined {
  if (verb === "DROP") {
    c.index += 2;
    const ifExists = c.keyword("IF", "EXISTS");
    const constraint = readColumnName(c);
    return constraint === null ? undefined : { kind: "drop-constraint", ifExists, constraint };
  }
  if (verb !== "ADD" && verb !== "MODIFY") return null;
  c.index += 2;
  const guarded = verb === "ADD" ? c.keyword("IF", "NOT", "EXISTS") : c.keyword("IF", "EXISTS");
  const constraint = readConstraint(c);
  if (constraint === null) return undefined;
  return verb === "ADD"
    ? { kind: "add-constraint", ifNotExists: guarded, constraint }
    : { kind: "modify-constraint", ifExists: guarded, constraint };
}
