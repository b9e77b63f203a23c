import { refusalRule } from "./predicted.ts";
import type { ClickHouseChangeKind } from "../../model/clickhouse/change.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named, sqlTable, whatIs } from "./words.ts";

const KINDS = [
  "add-column",
  "drop-column",
  "modify-column",
  "rename-column",
  "comment-column",
  "materialize-column",
  "modify-order-by",
  "modify-ttl",
  "modify-setting",
  "modify-query",
  "add-index",
  "add-projection",
  "add-constraint",
  "alter-update",
  "alter-delete",
  "lightweight-delete",
  "lightweight-update",
  "partition",
  "optimize",
  "truncate",
] as const satisfies readonly ClickHouseChangeKind[];

export const alterRefusedByEngine: ClickHouseRule = refusalRule(KINDS, {
  id: "alter-refused-by-engine",
  summary: "an ALTER of a Kafka, Distributed, Log, view or dictionary that its engine cannot do",
  codes: [16, 36, 48, 80],
  words(change, error, statement, context) {
    const name = change.kind === "truncate" ? change.name : change.table;
    const known = context.table(statement, name);
    if (known === null || known.engine?.family.endsWith("MergeTree") === true) return null;
    if (error.code !== 48 && known.engine?.family !== "Distributed" && known.kind === "table") return null;
    return {
      message: `${named(name)} is a ${whatIs(known)}, which cannot be changed like this: ${error.message}`,
      why:
        WHY[familyOf(known)] ??
        "the engine keeps no parts that could be changed: its definition is all there is, or its rows lie as they were written.",
      help: help(known),
    };
  },
});

const WHY: Readonly<Record<string, string>> = {
  Distributed: "a Distributed table holds no rows: indexes, keys, TTL, settings and mutations belong to the local tables behind it.",
  Kafka: "a Kafka table only reads a topic: its columns are those of its CREATE.",
  dictionary: "a dictionary is defined as a whole.",
  view: "a plain view is its query.",
  inner: "the view owns an inner table with the columns that it was created with.",
};

function familyOf({ kind, engine, inner }: ClickHouseTable): string {
  if (kind === "dictionary" || kind === "view") return kind;
  return inner ? "inner" : (engine?.family ?? "");
}

function help(table: ClickHouseTable): string {
  const t = sqlTable(table.name);
  switch (familyOf(table)) {
    case "Distributed":
      return `send the statement to the local table${table.forwards?.table == null ? "" : ` \`${sqlTable(table.forwards.table)}\``} on every shard; only columns are changed on the Distributed table too`;
    case "Kafka":
      return "in this order: drop the view that reads it, drop the Kafka table, change the tables behind (local first, then Distributed), create the Kafka table with the new columns and the same kafka_group_name (offsets stay with the group), create the view";
    case "dictionary":
      return `\`CREATE OR REPLACE DICTIONARY ${t} …\`, then \`SYSTEM RELOAD DICTIONARY ${t}\` and look at last_exception in system.dictionaries`;
    case "view":
      return `\`CREATE OR REPLACE VIEW ${t} AS …\``;
    case "inner":
      return "create a table for the rows and a view `TO` it; copy the old rows over";
    default:
      return "create a table with the new definition, copy the rows (INSERT … SELECT), and EXCHANGE or rename the two";
  }
}
