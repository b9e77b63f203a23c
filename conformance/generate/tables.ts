import {
  addColumn,
  changeType,
  columnSettings,
  dropColumn,
  identity,
  setDefault,
  setExpression,
  setNotNull,
  type SubCommand,
} from "./columns.ts";
import {
  addCheck,
  addForeignKey,
  addKey,
  addKeyUsingIndex,
  addNotNull,
  alterConstraint,
  dropConstraint,
  renameConstraint,
  validate,
} from "./constraints.ts";
import type { Maker, Statement } from "./draw.ts";
import { quote, type Table } from "./schema.ts";

const settings: SubCommand = (draw, table) =>
  draw.random.pick<Statement | string>([
    "SET (fillfactor = 70)",
    "RESET (fillfactor)",
    "SET (autovacuum_enabled = false)",
    "SET LOGGED",
    "SET UNLOGGED",
    "SET WITHOUT OIDS",
    "SET WITHOUT CLUSTER",
    "OWNER TO CURRENT_USER",
    "ENABLE ROW LEVEL SECURITY",
    "FORCE ROW LEVEL SECURITY",
    "DISABLE ROW LEVEL SECURITY",
    "REPLICA IDENTITY FULL",
    "REPLICA IDENTITY NOTHING",
    "ENABLE TRIGGER ALL",
    "DISABLE TRIGGER USER",
    "SET TABLESPACE pg_default",
    { sql: "SET ACCESS METHOD heap", since: 15 },
    ...table.triggers.map((name) => `${draw.random.pick(["ENABLE", "DISABLE", "ENABLE ALWAYS"])} TRIGGER ${name}`),
    ...table.indexes.map((index) => `CLUSTER ON ${quote(index.name)}`),
    ...table.indexes.map((index) => `REPLICA IDENTITY USING INDEX ${quote(index.name)}`),
  ]);

/** Sub-commands that may stand with others in one statement. */
const TOGETHER: readonly (readonly [number, SubCommand])[] = [
  [14, addColumn],
  [7, dropColumn],
  [14, changeType],
  [5, setDefault],
  [8, setNotNull],
  [5, identity],
  [2, setExpression],
  [4, columnSettings],
  [8, addCheck],
  [3, addNotNull],
  [7, addKey],
  [2, addKeyUsingIndex],
  [9, addForeignKey],
  [5, validate],
  [5, dropConstraint],
  [2, alterConstraint],
  [8, settings],
];

export const alterTable: Maker = (draw) => {
  const { random } = draw;
  const table = draw.table();
  const count = random.weighted([
    [14, 1],
    [5, 2],
    [2, 3],
  ] as const);
  const parts: string[] = [];
  let since = 0;
  for (let n = 0; n < count; n++) {
    const part = random.weighted(TOGETHER)(draw, table);
    if (part === null) continue;
    parts.push(typeof part === "string" ? part : part.sql);
    since = Math.max(since, typeof part === "string" ? 0 : (part.since ?? 0));
  }
  if (parts.length === 0) return null;
  return { sql: `ALTER TABLE ${draw.ifExists()}${draw.only()}${draw.name(table)} ${parts.join(", ")}`, since };
};

export const renameThings: Maker = (draw) => {
  const table = draw.table();
  const constraint = renameConstraint(draw, table);
  const column = draw.columnName(draw.column(table));
  return draw.random.pick([
    `ALTER TABLE ${draw.ifExists()}${draw.name(table)} RENAME TO ${quote(
      draw.fresh(
        "renamed",
        draw.schema.tables.map((t) => t.name),
      ),
    )}`,
    `ALTER TABLE ${draw.only()}${draw.name(table)} RENAME COLUMN ${column} TO renamed`,
    `ALTER TABLE ${table.sql} RENAME ${column} TO ${quote(draw.column(table).name)}`,
    `ALTER TABLE ${draw.name(table)} SET SCHEMA ${draw.random.pick(["shop", "public", "nowhere"])}`,
    ...(typeof constraint === "string" ? [`ALTER TABLE ${table.sql} ${constraint}`] : []),
  ]);
};

export const partitioning: Maker = (draw) => {
  const { random, schema } = draw;
  const parent = schema.tables.find((t) => t.partition !== null && t.parent === null);
  if (parent?.partition === null || parent === undefined) return null;
  const { strategy } = parent.partition;
  const bound = {
    range: random.pick([
      "FROM ('2030-01-01') TO ('2031-12-31')",
      "FROM ('2025-01-01') TO ('2026-01-01')",
      "FROM ('2024-03-01') TO ('2026-01-01')",
    ]),
    list: random.pick(["IN (9)", "IN (7, 8)", "IN (1)"]),
    hash: "WITH (MODULUS 4, REMAINDER 3)",
  }[strategy];
  const loose = schema.tables.find((t) => t.name === "event_loose") ?? parent;
  const partitions = schema.tables.filter((t) => t.parent === parent);
  const one = random.pick(partitions);
  const how = random.percent(20) ? "DEFAULT" : `FOR VALUES ${bound}`;
  return random.pick<Statement | string>([
    `CREATE TABLE event_new PARTITION OF ${parent.sql} ${how}`,
    `CREATE TABLE event_new PARTITION OF ${parent.sql} (PRIMARY KEY (id)) ${how}`,
    `CREATE TABLE event_new PARTITION OF ${parent.sql} FOR VALUES ${bound} PARTITION BY LIST (kind_of)`,
    `ALTER TABLE ${parent.sql} ATTACH PARTITION ${loose.sql} ${how}`,
    `ALTER TABLE ${parent.sql} ATTACH PARTITION ${loose.sql} FOR VALUES ${bound}`,
    `ALTER TABLE ${parent.sql} ATTACH PARTITION ${draw.name(draw.table(["table"]))} ${how}`,
    `ALTER TABLE ${parent.sql} DETACH PARTITION ${one.sql}`,
    { sql: `ALTER TABLE ${parent.sql} DETACH PARTITION ${one.sql} CONCURRENTLY`, since: 14, alone: random.percent(30) },
    `DROP TABLE ${one.sql}${draw.cascade()}`,
    `TRUNCATE ${random.pick([parent, one]).sql}`,
  ]);
};

export const inheritance: Maker = (draw) => {
  const child = draw.table(["child", "table"]);
  const parent = child.parent ?? draw.table(["table"]);
  return draw.random.pick([
    `ALTER TABLE ${child.sql} NO INHERIT ${parent.sql}`,
    `ALTER TABLE ${child.sql} INHERIT ${parent.sql}`,
    `CREATE TABLE heir () INHERITS (${parent.sql})`,
    `CREATE TABLE heir (fresh integer DEFAULT roll(), CHECK (fresh > 0)) INHERITS (${draw.name(parent)})`,
  ]);
};

export const createTable: Maker = (draw) => {
  const { random } = draw;
  const source = draw.table();
  const name = quote(
    draw.fresh(
      "fresh_table",
      draw.schema.tables.map((t) => t.name),
    ),
  );
  const columns = (table: Table): string =>
    random
      .some(table.columns, 1, 3)
      .map((c) => quote(c.name))
      .join(", ");
  return random.pick([
    `CREATE TABLE ${name} (id bigint PRIMARY KEY, note text)`,
    `CREATE TABLE IF NOT EXISTS ${name} (id bigint PRIMARY KEY, note text)`,
    `CREATE UNLOGGED TABLE ${name} (id integer, made timestamptz DEFAULT now())`,
    `CREATE TEMPORARY TABLE ${name} (id integer REFERENCES ${source.sql})`,
    `CREATE TABLE ${name} (id bigint, other ${source.columns[0]?.type.sql ?? "bigint"} REFERENCES ${draw.name(source)} ON DELETE CASCADE)`,
    `CREATE TABLE ${name} (LIKE ${draw.name(source)})`,
    `CREATE TABLE ${name} (LIKE ${source.sql} INCLUDING ALL)`,
    `CREATE TABLE ${name} AS SELECT ${columns(source)} FROM ${draw.name(source)}`,
    `CREATE TABLE ${name} AS SELECT ${columns(source)} FROM ${source.sql} WITH NO DATA`,
    `CREATE TABLE ${name} AS TABLE ${source.sql}`,
    `CREATE TABLE ${name} (id integer, at date) PARTITION BY RANGE (at)`,
    `CREATE TABLE ${name} (feeling mood DEFAULT 'ok', remark short, n integer GENERATED ALWAYS AS (six()) STORED)`,
    `SELECT ${columns(source)} INTO ${name} FROM ${source.sql}`,
  ]);
};

export const dropTable: Maker = (draw) => {
  const tables = draw.random.percent(85) ? [draw.table()] : draw.random.some(draw.schema.tables, 2, 2);
  return `DROP TABLE ${draw.ifExists()}${tables.map((t) => draw.name(t)).join(", ")}${draw.cascade()}`;
};
