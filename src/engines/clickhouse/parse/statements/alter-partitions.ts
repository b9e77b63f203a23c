import type { AlterAction, Partition } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readObjectName, readString } from "../names.ts";
import { readPart, readPartition } from "./partition.ts";

/** PARTITION or PART with what belongs to it; null where neither stands. */
function readTarget(c: Cursor): Partition | null {
  if (c.keyword("PARTITION")) return readPartition(c);
  return c.keyword("PART") ? readPart(c) : null;
}

/** The actions on partitions and parts that begin here: null when none does, undefined when it is broken. */
export function readPartitionAction(c: Cursor): AlterAction | null | undefined {
  const next = c.wordAt(1);
  if (c.word === "DROP" && next === "DETACHED") {
    c.index += 2;
    return named("drop-detached-partition", readTarget(c));
  }
  if (c.word === "FREEZE" || c.word === "UNFREEZE") return readFreeze(c);
  if (next !== "PARTITION" && next !== "PART") return null;
  switch (c.word) {
    case "DROP":
      return plain(c, "drop-partition");
    case "DETACH":
      return plain(c, "detach-partition");
    case "FORGET":
      return next === "PARTITION" ? plain(c, "forget-partition") : null;
    case "ATTACH":
      return readAttach(c);
    case "REPLACE":
      return next === "PARTITION" ? readReplace(c) : null;
    case "FETCH":
      return readFetch(c);
    case "MOVE":
      return readMove(c, next === "PART");
    default:
      return null;
  }
}

type Plain = "drop-partition" | "detach-partition" | "forget-partition" | "drop-detached-partition" | "attach-partition";

function named(kind: Plain, partition: Partition | null): AlterAction | undefined {
  return partition === null ? undefined : { kind, partition };
}

function plain(c: Cursor, kind: Plain): AlterAction | undefined {
  c.index++;
  return named(kind, readTarget(c));
}

function readAttach(c: Cursor): AlterAction | undefined {
  c.index++;
  const partition = readTarget(c);
  if (partition === null) return undefined;
  if (!c.keyword("FROM")) return { kind: "attach-partition", partition };
  if (partition.kind === "part") return readString(c) === null ? undefined : { kind: "attach-partition", partition };
  const from = readObjectName(c);
  return from === null ? undefined : { kind: "replace-partition", replace: false, partition, from };
}

function readReplace(c: Cursor): AlterAction | undefined {
  c.index++;
  const partition = readTarget(c);
  const from = partition !== null && c.keyword("FROM") ? readObjectName(c) : null;
  return partition === null || from === null ? undefined : { kind: "replace-partition", replace: true, partition, from };
}

function readFetch(c: Cursor): AlterAction | undefined {
  c.index++;
  const partition = readTarget(c);
  const from = partition !== null && c.keyword("FROM") ? readString(c) : null;
  return partition === null || from === null ? undefined : { kind: "fetch-partition", partition, from: from.value };
}

function readMove(c: Cursor, part: boolean): AlterAction | undefined {
  c.index++;
  const partition = readTarget(c);
  if (partition === null) return undefined;
  if (!part && c.keyword("TO", "TABLE")) {
    const name = readObjectName(c);
    return name === null ? undefined : { kind: "move-partition", partition, to: { kind: "table", name } };
  }
  const kind = c.keyword("TO", "DISK") ? "disk" : c.keyword("TO", "VOLUME") ? "volume" : part && c.keyword("TO", "SHARD") ? "shard" : null;
  const name = kind === null ? null : readString(c);
  return kind === null || name === null ? undefined : { kind: "move-partition", partition, to: { kind, name: name.value } };
}

function readFreeze(c: Cursor): AlterAction | undefined {
  const kind = c.word === "FREEZE" ? "freeze" : "unfreeze";
  c.index++;
  const partition = c.keyword("PARTITION") ? readPartition(c) : undefined;
  if (partition === null) return undefined;
  if (!c.keyword("WITH")) return kind === "unfreeze" ? undefined : { kind, partition: partition ?? null, name: null };
  const name = c.keyword("NAME") ? readString(c) : null;
  return name === null ? undefined : { kind, partition: partition ?? null, name: name.value };
}
