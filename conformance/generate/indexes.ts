import type { Draw, Maker, Statement } from "./draw.ts";
import { columnList, quote, type Table } from "./schema.ts";
import { conditionOn } from "./types.ts";

export const createIndex: Maker = (draw) => {
  const { random } = draw;
  const table = draw.table();
  const column = draw.column(table);
  const name = quote(
    draw.fresh(
      "fresh_index",
      table.indexes.map((i) => i.name),
    ),
  );
  const what = random.weighted<() => string>([
    [8, () => draw.columnName(column)],
    [4, () => columnList(random.some(table.columns, 2, 3).map((c) => c.name))],
    [2, () => `lower(${quote(column.name)}::text)`],
    [2, () => `(${quote(column.name)} IS NULL)`],
    [1, () => `${quote(column.name)} DESC NULLS LAST`],
    [1, () => `md5(${quote(column.name)}::text)`],
    [1, () => "roll()"],
    [1, () => "six()"],
  ])();
  const using = random.weighted([
    [12, ""],
    [1, " USING hash"],
    [1, " USING brin"],
    [1, " USING gin"],
  ] as const);
  const where = random.percent(15) ? ` WHERE ${conditionOn(random, quote(column.name), column.type)}` : "";
  const include = random.percent(8) ? ` INCLUDE (${quote(draw.column(table).name)})` : "";
  const unique = random.percent(20) ? "UNIQUE " : "";
  const missing = random.percent(10) ? "IF NOT EXISTS " : "";
  const nameless = random.percent(10) && missing === "";
  return `CREATE ${unique}INDEX ${nameless ? "" : `${missing}${name} `}ON ${draw.only()}${draw.name(table)}${using} (${what})${include}${where}`;
};

export const onIndex: Maker = (draw) => {
  const { random } = draw;
  const found = anyIndex(draw);
  if (found === null) return null;
  const [table, name] = found;
  const index = quote(random.percent(3) ? "no_such_index" : name);
  const qualified = table.schema === "public" ? index : `${table.schema}.${index}`;
  return random.pick([
    `DROP INDEX ${draw.ifExists()}${qualified}${draw.cascade()}`,
    `ALTER INDEX ${draw.ifExists()}${qualified} RENAME TO renamed_index`,
    `ALTER INDEX ${qualified} SET (fillfactor = 80)`,
    `ALTER INDEX ${qualified} SET TABLESPACE pg_default`,
    `REINDEX INDEX ${qualified}`,
    `REINDEX TABLE ${table.sql}`,
    `CLUSTER ${table.sql} USING ${index}`,
    `COMMENT ON INDEX ${qualified} IS 'looked up'`,
  ]);
};

/** Each is run on a copy of its own, which takes its time: few of them. */
export const concurrently: Maker = (draw) => {
  const { random } = draw;
  const table = draw.table(["table", "table", "partition", "partitioned", "child"]);
  const found = anyIndex(draw);
  const alone = random.percent(60);
  const statements: Statement[] = [
    { sql: `CREATE INDEX CONCURRENTLY fresh_index ON ${table.sql} (${quote(draw.column(table).name)})`, alone },
    { sql: `CREATE UNIQUE INDEX CONCURRENTLY ON ${table.sql} (id)`, alone },
    { sql: `REINDEX TABLE CONCURRENTLY ${table.sql}`, alone },
    { sql: `VACUUM ${random.pick(["", "(ANALYZE) ", "FULL ", "(FREEZE) "])}${table.sql}`, alone },
  ];
  if (found !== null) {
    const name = found[0].schema === "public" ? quote(found[1]) : `${found[0].schema}.${quote(found[1])}`;
    statements.push({ sql: `DROP INDEX CONCURRENTLY ${name}`, alone }, { sql: `REINDEX INDEX CONCURRENTLY ${name}`, alone });
  }
  return random.pick(statements);
};

function anyIndex(draw: Draw): readonly [Table, string] | null {
  return draw.random.maybe(
    draw.schema.tables.flatMap((table) => [
      ...table.indexes.map((i) => [table, i.name] as const),
      ...table.keys.map((k) => [table, k.name] as const),
    ]),
  );
}
