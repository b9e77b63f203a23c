import type { Draw } from "./draw.ts";
import type { SubCommand } from "./columns.ts";
import { columnList, quote, type Table } from "./schema.ts";
import { conditionOn } from "./types.ts";

export const addCheck: SubCommand = (draw, table) => {
  const column = draw.column(table);
  const named = draw.random.percent(60)
    ? `CONSTRAINT ${quote(
        draw.fresh(
          "fresh check",
          table.checks.map((c) => c.name),
        ),
      )} `
    : "";
  const condition = conditionOn(draw.random, draw.columnName(column), column.type);
  return `ADD ${named}CHECK (${condition})${draw.random.percent(30) ? " NOT VALID" : ""}${draw.random.percent(5) ? " NO INHERIT" : ""}`;
};

export const addNotNull: SubCommand = (draw, table) => ({
  sql: `ADD ${draw.random.percent(50) ? "CONSTRAINT filled " : ""}NOT NULL ${draw.columnName(draw.column(table))}${draw.random.percent(40) ? " NOT VALID" : ""}`,
  since: 18,
});

export const addKey: SubCommand = (draw, table) => {
  const { random } = draw;
  const columns = random.some(table.columns, 1, 2).map((c) => c.name);
  if (random.percent(50) && !columns.includes("id")) columns.push("id");
  const kind = random.percent(75) ? "UNIQUE" : "PRIMARY KEY";
  const more = random.weighted([
    [8, ""],
    [1, " DEFERRABLE"],
    [1, " INCLUDE (id)"],
  ] as const);
  return `ADD ${random.percent(40) ? "CONSTRAINT fresh_key " : ""}${kind} (${columnList(columns)})${more}`;
};

export const addKeyUsingIndex: SubCommand = (draw, table) => {
  const index = draw.random.maybe(table.indexes);
  return index === null
    ? null
    : `ADD CONSTRAINT fresh_key ${draw.random.percent(50) ? "UNIQUE" : "PRIMARY KEY"} USING INDEX ${quote(index.name)}`;
};

export const addForeignKey: SubCommand = (draw, table) => {
  const { random } = draw;
  const target = draw.table();
  const column = draw.column(table);
  const key = target.keys.find((k) => k.columns.length === 1);
  const referenced = random.percent(50) || key === undefined ? "" : ` (${columnList(key.columns)})`;
  const action = random.weighted([
    [6, ""],
    [1, " ON DELETE CASCADE"],
    [1, " ON UPDATE SET NULL"],
    [1, " DEFERRABLE INITIALLY DEFERRED"],
  ] as const);
  const notValid = random.percent(35) ? " NOT VALID" : "";
  return `ADD ${random.percent(50) ? "CONSTRAINT fresh_fk " : ""}FOREIGN KEY (${draw.columnName(column)}) REFERENCES ${target.sql}${referenced}${action}${notValid}`;
};

export const validate: SubCommand = (draw, table) => {
  const waiting = [...table.checks, ...table.foreignKeys].filter((c) => !c.valid || draw.random.percent(20));
  const name = draw.random.maybe(waiting)?.name ?? anyConstraint(draw, table);
  return name === null ? null : `VALIDATE CONSTRAINT ${quote(name)}`;
};

export const dropConstraint: SubCommand = (draw, table) => {
  const name = anyConstraint(draw, table);
  return name === null
    ? null
    : `DROP CONSTRAINT ${draw.ifExists()}${quote(draw.random.percent(3) ? "no_such_constraint" : name)}${draw.cascade()}`;
};

export const renameConstraint: SubCommand = (draw, table) => {
  const name = anyConstraint(draw, table);
  return name === null ? null : `RENAME CONSTRAINT ${quote(name)} TO renamed_constraint`;
};

export const alterConstraint: SubCommand = (draw, table) => {
  const key = draw.random.maybe(table.foreignKeys);
  return key === null
    ? null
    : `ALTER CONSTRAINT ${quote(key.name)} ${draw.random.pick(["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])}`;
};

function anyConstraint(draw: Draw, table: Table): string | null {
  return draw.random.maybe([...table.checks, ...table.foreignKeys, ...table.keys].map((c) => c.name));
}
