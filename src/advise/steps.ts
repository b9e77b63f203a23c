import type { Step } from "./advice.ts";
import { quoteName } from "./engine/lab.ts";
import { quoted } from "./measure/bench.ts";
import type { TableDefinition } from "./table/definition.ts";

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
      title: "Write to both",
      why: "Note the time T at which the view exists on every host: rows from T on are in both tables. It stays until after the last swap.",
      sql: [`CREATE MATERIALIZED VIEW ${quoted(`${next}_feed`)} TO ${to} AS SELECT * FROM ${own};`],
    },
    {
      title: "Copy what was there before, partition by partition",
      why: `Run it ${hosts}, one partition at a time and the newest last, so that it can stop and go on. In the partition that T falls into, copy only rows inserted before T.`,
      sql: [
        `INSERT INTO ${to} (${stored.join(", ")}) SELECT ${stored.join(", ")} FROM ${own}\nWHERE _partition_id = '…' SETTINGS max_threads = 2, max_insert_threads = 1, optimize_on_insert = 0;`,
        partition === null
          ? `SELECT (SELECT count() FROM ${own}) AS present, (SELECT count() FROM ${to}) AS new;`
          : `SELECT _partition_id, count() FROM ${own} GROUP BY 1 ORDER BY 1; SELECT _partition_id, count() FROM ${to} GROUP BY 1 ORDER BY 1;`,
      ],
    },
    {
      title: "Compare",
      why: "Counts and a checksum per partition must agree before anything is swapped; run the workload against the new table too.",
      sql: [`SELECT _partition_id, count(), groupBitXor(cityHash64(${stored.slice(0, 12).join(", ")})) FROM ${to} GROUP BY 1 ORDER BY 1;`],
    },
    {
      title: "Swap",
      why: `EXCHANGE is atomic on a host and is not replicated: run it on every host, one after the other${definition.replicated ? "; until the last one answers, replicas answer from different tables, so both must stay written in both directions" : ""}. ${viewsNote(definition)}`,
      sql: [`EXCHANGE TABLES ${own} AND ${to};`],
    },
    {
      title: "Keep the old table until you are sure, then drop it",
      why: "After EXCHANGE it has the new name. Dropped tables can be brought back with UNDROP TABLE for 480 seconds.",
      sql: [`DROP VIEW ${quoted(`${next}_feed`)};`, `DROP TABLE ${to};`],
    },
  ];
  return steps;
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
