import type { Maker } from "./make-schema.ts";
import { emptyTable, quote, type Table } from "./schema.ts";
import type { ColumnType } from "./types.ts";

const DATE: ColumnType = { sql: "date", value: "date '2024-01-01' + g", family: "moment" };
const KIND: ColumnType = { sql: "integer", value: "1 + g % 2", family: "number" };

/** A partitioned table with partitions, a default or none, sometimes partitions of partitions. */
export function makePartitioned(maker: Maker, schema: string): void {
  const { random } = maker;
  const strategy = random.pick(["range", "list", "hash"] as const);
  const column = { range: "day", list: "kind_of", hash: "id" }[strategy];
  const table: Table = { ...emptyTable(schema, "event", 300), kind: "partitioned", partition: { strategy, column } };
  table.columns.push(
    {
      name: "id",
      type: { sql: "bigint", value: "g", family: "number" },
      notNull: true,
      hasDefault: false,
      generated: false,
      identity: false,
    },
    { name: "day", type: DATE, notNull: true, hasDefault: false, generated: false, identity: false },
    { name: "kind_of", type: KIND, notNull: true, hasDefault: false, generated: false, identity: false },
  );
  const parts = ["id bigint NOT NULL", "day date NOT NULL", "kind_of integer NOT NULL"];
  for (const one of maker.columns(1, 3)) {
    table.columns.push(one);
    parts.push(maker.columnSql(one));
  }
  if (random.percent(50)) {
    const columns = [...new Set(["id", column])];
    parts.push(`PRIMARY KEY (${columns.map((c) => quote(c)).join(", ")})`);
    table.keys.push({ name: "event_pkey", columns, primary: true });
  }
  maker.setup.push(`CREATE TABLE ${table.sql} (${parts.join(", ")}) PARTITION BY ${strategy.toUpperCase()} (${column})`);
  maker.tables.push(table);
  const bounds = {
    range: ["FROM ('2024-01-01') TO ('2024-06-01')", "FROM ('2024-06-01') TO ('2025-01-01')"],
    list: ["IN (1)", "IN (2, 3)"],
    hash: ["WITH (MODULUS 2, REMAINDER 0)", "WITH (MODULUS 2, REMAINDER 1)"],
  }[strategy];
  const deep = random.percent(30);
  for (const [index, bound] of bounds.entries()) {
    const child = partitionOf(table, `event_${index}`, index === 0 && deep ? 0 : 150);
    const below = index === 0 && deep;
    maker.setup.push(`CREATE TABLE ${child.sql} PARTITION OF ${table.sql} FOR VALUES ${bound}${below ? " PARTITION BY HASH (id)" : ""}`);
    if (!below) maker.tables.push(child);
    else {
      const middle: Table = { ...child, kind: "partitioned", partition: { strategy: "hash", column: "id" } };
      maker.tables.push(middle);
      for (const remainder of [0, 1]) {
        const leaf = partitionOf(middle, `event_0_${remainder}`, 75);
        maker.setup.push(`CREATE TABLE ${leaf.sql} PARTITION OF ${middle.sql} FOR VALUES WITH (MODULUS 2, REMAINDER ${remainder})`);
        maker.tables.push(leaf);
      }
    }
  }
  if (strategy !== "hash" && random.percent(50)) {
    const rest = partitionOf(table, "event_rest", 0);
    maker.setup.push(`CREATE TABLE ${rest.sql} PARTITION OF ${table.sql} DEFAULT`);
    maker.tables.push(rest);
  }
  maker.insertRows(table);
  maker.extras(table);
  // One that fits but is not attached.
  const loose: Table = { ...emptyTable(schema, "event_loose", 150), kind: "table", columns: table.columns };
  maker.setup.push(`CREATE TABLE ${loose.sql} (LIKE ${table.sql} INCLUDING DEFAULTS)`);
  const far: Record<string, string> = { day: "date '2030-01-01' + g", kind_of: "9" };
  const columns = table.columns.map((c) => ({ ...c, type: { ...c.type, value: far[c.name] ?? c.type.value } }));
  maker.insertRows({ ...loose, columns });
  maker.tables.push(loose);
}

function partitionOf(parent: Table, name: string, rows: number): Table {
  return { ...emptyTable(parent.schema, name, rows), kind: "partition", parent, columns: parent.columns };
}
