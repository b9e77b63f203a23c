import type { Delete, Expression, Kill, Optimize, Update } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readAssignment } from "../define/ttl.ts";
import { readAsterisk, readColumns } from "../expression/columns.ts";
import { readList, readName, readObjectName, readOnCluster, readString } from "../names.ts";
import { readInPartition, readPartition } from "./partition.ts";

/** `WHERE condition`, which has no alias. */
function readWhere(c: Cursor): Expression | null {
  const where = c.keyword("WHERE") ? c.grammar.expression(c) : null;
  return where === null || where.alias !== null ? null : where;
}

function readTailSettings(c: Cursor): Delete["settings"] | null {
  return c.keyword("SETTINGS") ? c.grammar.settings(c) : [];
}

/** Behind `DELETE FROM`. */
export function readDelete(c: Cursor): Delete | null {
  const name = readObjectName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  const partition = onCluster === undefined ? undefined : readInPartition(c);
  if (name === null || onCluster === undefined || partition === undefined) return null;
  const where = readWhere(c);
  const settings = where === null ? null : readTailSettings(c);
  return where === null || settings === null ? null : { kind: "delete", name, onCluster, partition, where, settings };
}

/** Behind UPDATE. */
export function readUpdate(c: Cursor): Update | null {
  const name = readObjectName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined || !c.keyword("SET")) return null;
  // The engine's grammar lets the list be empty.
  const assignments = c.attempt(() => readList(c, readAssignment)) ?? [];
  const partition = readInPartition(c);
  if (partition === undefined) return null;
  const where = readWhere(c);
  const settings = where === null ? null : readTailSettings(c);
  return where === null || settings === null ? null : { kind: "update", name, onCluster, partition, assignments, where, settings };
}

/** Behind `OPTIMIZE TABLE`. */
export function readOptimize(c: Cursor): Optimize | null {
  const name = readObjectName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined) return null;
  if (c.keyword("DRY", "RUN")) {
    const parts = c.keyword("PARTS") ? readList(c, readString) : null;
    if (parts === null) return null;
    const deduplicated = readDeduplicate(c);
    const cleanup = deduplicated !== null && c.keyword("CLEANUP");
    return deduplicated === null
      ? null
      : {
          kind: "optimize",
          name,
          onCluster,
          partition: null,
          final: false,
          force: false,
          cleanup,
          ...deduplicated,
          dryRunParts: parts.map((part) => part.value),
        };
  }
  const partition = c.keyword("PARTITION") ? readPartition(c) : undefined;
  if (partition === null) return null;
  const force = c.word === "FORCE";
  const final = c.keyword("FINAL") || c.keyword("FORCE");
  const deduplicated = readDeduplicate(c);
  if (deduplicated === null) return null;
  const cleanup = c.keyword("CLEANUP");
  return { kind: "optimize", name, onCluster, partition: partition ?? null, final, force, cleanup, ...deduplicated, dryRunParts: null };
}

function readDeduplicate(c: Cursor): Pick<Optimize, "deduplicate" | "deduplicateBy"> | null {
  if (!c.keyword("DEDUPLICATE")) return { deduplicate: false, deduplicateBy: null };
  const by = c.keyword("BY") ? readList(c, readDeduplicateColumn) : undefined;
  return by === null ? null : { deduplicate: true, deduplicateBy: by ?? null };
}

function readDeduplicateColumn(c: Cursor): Expression | null {
  const special = c.attempt(() => readColumns(c)) ?? c.attempt(() => readAsterisk(c));
  if (special !== null) {
    const only = special.kind === "asterisk" || special.kind === "columns" ? special.transformers : [];
    return only.every((transformer) => transformer.kind === "except") ? special : null;
  }
  const name = readName(c);
  return name === null ? null : { kind: "identifier", parts: [name], alias: null, at: name.at };
}

/** Behind KILL. */
export function readKill(c: Cursor): Kill | null {
  const object = c.keyword("QUERY")
    ? "query"
    : c.keyword("MUTATION")
      ? "mutation"
      : c.keyword("PART_MOVE_TO_SHARD")
        ? "part-move"
        : c.keyword("TRANSACTION")
          ? "transaction"
          : null;
  const onCluster = object === null ? undefined : readOnCluster(c);
  if (object === null || onCluster === undefined || !c.keyword("WHERE")) return null;
  const where = c.grammar.expression(c);
  if (where === null) return null;
  const mode = c.keyword("SYNC") ? "sync" : c.keyword("TEST") ? "test" : "async";
  if (mode === "async") c.keyword("ASYNC");
  return { kind: "kill", object, where, mode, onCluster };
}
