import type { Maker, Statement } from "./draw.ts";
import { columnList, quote, writable } from "./schema.ts";
import { conditionOn } from "./types.ts";

export const data: Maker = (draw) => {
  const { random } = draw;
  const table = draw.table();
  const columns = writable(table);
  const column = random.maybe(columns) ?? draw.column(table);
  const sql = draw.name(table);
  const name = draw.columnName(column);
  const tested = draw.column(table);
  const condition = conditionOn(random, quote(tested.name), tested.type);
  const nullable = table.columns.find((c) => !c.notNull) ?? column;
  const other = draw.table();
  const values = columns.map((c) => c.type.value.replaceAll(/\bg\b/g, "100001"));
  return random.pick<Statement | string>([
    `UPDATE ${draw.only()}${sql} SET ${name} = ${name}`,
    `UPDATE ${sql} SET ${name} = NULL WHERE id = 5`,
    `UPDATE ${sql} SET ${name} = DEFAULT WHERE ${quote(nullable.name)} IS NULL`,
    `UPDATE ${sql} SET ${name} = ${name} WHERE id IN (SELECT id FROM ${other.sql})`,
    `DELETE FROM ${draw.only()}${sql}`,
    `DELETE FROM ${sql} WHERE id = 3`,
    `DELETE FROM ${sql} WHERE ${quote(nullable.name)} IS NULL`,
    `DELETE FROM ${sql} USING ${other.sql} o WHERE o.id = 7 AND ${table.sql}.id = o.id`,
    `INSERT INTO ${sql} (${columnList(columns.map((c) => c.name))}) VALUES (${values.join(", ")})`,
    `INSERT INTO ${sql} DEFAULT VALUES`,
    `SELECT count(*) FROM ${sql}`,
    `SELECT * FROM ${sql} WHERE id = 1 FOR UPDATE`,
    `SELECT ${name} FROM ${sql} WHERE ${condition} LIMIT 1`,
    `TRUNCATE ${draw.only()}${sql}${draw.cascade()}`,
    `TRUNCATE ${sql} RESTART IDENTITY CASCADE`,
    `TRUNCATE ${sql}, ${other.sql}`,
    `WITH gone AS (DELETE FROM ${sql} WHERE id < 0 RETURNING id) SELECT count(*) FROM gone`,
    { sql: `MERGE INTO ${sql} t USING ${other.sql} s ON t.id = s.id WHEN MATCHED THEN DELETE`, since: 15 },
  ]);
};
