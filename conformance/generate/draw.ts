import type { Random } from "./random.ts";
import { type Column, type GeneratedSchema, quote, type Table } from "./schema.ts";
import { BUILT_IN, type ColumnType, defaultFor } from "./types.ts";

export interface Statement {
  readonly sql: string;
  /** First major whose grammar knows it. */
  readonly since?: number;
  readonly alone?: boolean;
}

export type Maker = (draw: Draw) => Statement | string | null;

/** Draws the parts of statements from a schema: mostly what is there, now and then what is not. */
export class Draw {
  readonly random: Random;
  readonly schema: GeneratedSchema;

  constructor(random: Random, schema: GeneratedSchema) {
    this.random = random;
    this.schema = schema;
  }

  table(kinds: readonly Table["kind"][] = ["table", "table", "partitioned", "partition", "child"]): Table {
    const fitting = this.schema.tables.filter((t) => kinds.includes(t.kind));
    return this.random.pick(fitting.length === 0 ? this.schema.tables : fitting);
  }

  /** Two in a hundred are not there. */
  name(table: Table): string {
    const wrong = this.random.percent(2);
    return wrong ? "no_such_table" : this.random.percent(10) && table.schema === "public" ? `public.${quote(table.name)}` : table.sql;
  }

  column(table: Table): Column {
    return this.random.pick(table.columns);
  }

  columnName(column: Column): string {
    return this.random.percent(2) ? "no_such_column" : quote(column.name);
  }

  type(): ColumnType {
    const { random, schema } = this;
    if (random.percent(6)) return { sql: "mood", value: "'ok'", family: "enum" };
    if (random.percent(8)) return { sql: random.pick(schema.domains).name, value: "NULL", family: "domain" };
    return random.pick(BUILT_IN);
  }

  defaultFor(type: ColumnType): string {
    const { random } = this;
    if (type.family === "number" && random.percent(20)) return random.pick(["roll()", "six()", "nextval('counter')"]);
    return type.family === "domain" ? random.pick(["NULL", "'1'"]) : defaultFor(random, type);
  }

  only(): string {
    return this.random.percent(10) ? "ONLY " : "";
  }

  /** A name that is free, or one that is taken. */
  fresh(base: string, taken: readonly string[] = []): string {
    return taken.length > 0 && this.random.percent(5) ? this.random.pick(taken) : base;
  }

  ifExists(): string {
    return this.random.percent(20) ? "IF EXISTS " : "";
  }

  cascade(): string {
    return this.random.weighted([
      [5, ""],
      [3, " CASCADE"],
      [1, " RESTRICT"],
    ] as const);
  }
}
