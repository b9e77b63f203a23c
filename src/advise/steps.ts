import type { Step } from "./advice.ts";
import { quoteName } from "./engine/lab.ts";
import { quoted } from "./measure/bench.ts";
import { identityOf, type TableDefinition } from "./table/definition.ts";

/**
 * The safe way from the present key to another. A sorting key cannot be changed in place (MODIFY ORDER BY can only append a column that is
 * added by the same statement), so the rows move to a new table while both are written.
 */
export function stepsTo(definition: TableDefinition, orderBy: readonly string[]): Step[] {
  const own = quoted(`${definition.database}.${definition.table}`);
  const next = `${definition.database}.${definition.table}_by_new_key`;
  const to = quoted(next);
  const stored = definition.columns.filter((column) => column.kind === "stored").map((column) => quoteName(column.name));
  const nullable = definition.columns.some((column) => orderBy.includes(column.name) && column.type.includes("Nullable("));
  const hosts = definition.replicated ? "once per shard (the replicas follow)" : "on every host";
  const partition = definition.partitionBy;
  const snapshot = quoted(`${definition.database}.${definition.table}_before`);
  const present = definition.orderBy.length === 0 ? "tuple()" : `(${definition.orderBy.join(", ")})`;
  const steps: Step[] = [
    {
      title: "Create the new table",
      why: definition.replicated
        ? `On every host, not ON CLUSTER; with its own path in Keeper (the present one's would be refused with 253 or join the old table).`
        : "It is empty and nobody reads it yet.",
      sql: [
        `CREATE TABLE ${to} AS ${own}\nENGINE = ${engineOf(definition)}${partition === null ? "" : `\nPARTITION BY ${partition}`}\nORDER BY (${orderBy.join(", ")})${sampling(definition, orderBy)}${definition.ttl.length === 0 ? "" : `\nTTL ${definition.ttl.join(", ")}`}${settingsOf(definition, nullable)};`,
      ],
    },
    {
      title: "Write to both, and keep what was there before",
      why: `Hold the inserts for the moment between the first and the last of these statements (pause the writers, or DETACH the view that reads from Kafka): the view takes every row from now on, the snapshot has every row until now, and none is in both.${identityOf(definition) === "replacing" ? " On this engine a row that is in both collapses, so the pause may be left out." : ""} The snapshot is made of hard links: it is instant and costs no disk until the old parts are merged. Run it ${hosts}.`,
      sql: [
        `CREATE TABLE ${snapshot} AS ${own} ENGINE = ${plainEngine(definition)}${partition === null ? "" : ` PARTITION BY ${partition}`} ORDER BY ${present};`,
        `CREATE MATERIALIZED VIEW ${quoted(`${next}_feed`)} TO ${to} AS SELECT * FROM ${own};`,
        partition === null
          ? `ALTER TABLE ${snapshot} ATTACH PARTITION tuple() FROM ${own};`
          : `ALTER TABLE ${snapshot} ATTACH PARTITION ID '…' FROM ${own};  -- for each: SELECT DISTINCT partition_id FROM system.parts WHERE active AND database = '${definition.database}' AND table = '${definition.table}'`,
      ],
    },
    {
      title: "Copy the snapshot, partition by partition",
      why: `One partition at a time, so that it can stop and go on: what was copied half is dropped from the new table's copy by its partition and copied again. Watch parts, merges and free disk.`,
      sql: [
        `INSERT INTO ${to} (${stored.join(", ")}) SELECT ${stored.join(", ")} FROM ${snapshot}\nWHERE _partition_id = '…' SETTINGS max_threads = 2, max_insert_threads = 1, optimize_on_insert = 0;`,
      ],
    },
    {
      title: "Compare",
      why: "Counts and a checksum per partition must agree before anything is swapped; run the workload against the new table too.",
      sql: [own, to].map(
        (table) =>
          `SELECT _partition_id, count(), groupBitXor(cityHash64(${stored.slice(0, 12).join(", ")})) FROM ${table} GROUP BY 1 ORDER BY 1;`,
      ),
    },
    {
      title: "Swap",
      why: `EXCHANGE is atomic on a host and is not replicated: run it on every host, one after the other${definition.replicated ? "; until the last one answers, replicas answer from different tables, so both tables must be written in both directions from before the first swap until after the last (a second view, from the new table to the old one, with a mark that keeps rows from going round)" : ""}. Rows that are inserted between the comparison and the swap are in both. ${viewsNote(definition)}`,
      sql: [`EXCHANGE TABLES ${own} AND ${to};`],
    },
    {
      title: "Keep the old table until you are sure, then drop it",
      why: "After EXCHANGE it has the new name. Dropped tables can be brought back with UNDROP TABLE for 480 seconds.",
      sql: [`DROP VIEW ${quoted(`${next}_feed`)};`, `DROP TABLE ${snapshot};`, `DROP TABLE ${to};`],
    },
  ];
  return steps;
}

function plainEngine({ family, familyArgs }: TableDefinition): string {
  return `${family}${familyArgs.length === 0 ? "" : `(${familyArgs.join(", ")})`}`;
}

function engineOf({ family, familyArgs, replicated, database, table }: TableDefinition): string {
  if (!replicated) return `${family}${familyArgs.length === 0 ? "" : `(${familyArgs.join(", ")})`}`;
  const path = `'/clickhouse/tables/{shard}/${database}/${table}_by_new_key'`;
  return `Replicated${family}(${[path, "'{replica}'", ...familyArgs].join(", ")})`;
}

function settingsOf({ settings }: TableDefinition, nullable: boolean): string {
  const all = new Map(settings);
  if (nullable) all.set("allow_nullable_key", "1");
  return all.size === 0
    ? ""
    : `\nSETTINGS ${[...all].map(([name, value]) => `${name} = ${/^-?[\d.]+$/.test(value) ? value : `'${value.replaceAll("'", "")}'`}`).join(", ")}`;
}

/** SAMPLE BY must be part of the key. */
function sampling({ sampleBy }: TableDefinition, orderBy: readonly string[]): string {
  return sampleBy === null
    ? ""
    : orderBy.includes(sampleBy)
      ? `\nSAMPLE BY ${sampleBy}`
      : `\n-- SAMPLE BY ${sampleBy} is lost: it must be part of the key`;
}

function viewsNote({ views, readAs }: TableDefinition): string {
  const notes: string[] = [];
  if (views.into.length > 0) notes.push(`${views.into.join(", ")} write by the table's name and follow it.`);
  if (views.from.length > 0)
    notes.push(`${views.from.join(", ")} read what is inserted here: after the swap they are fed by the new table, check one insert.`);
  if (readAs.length > 1) notes.push(`${readAs.slice(1).join(", ")} read by name and follow.`);
  return notes.join(" ");
}
