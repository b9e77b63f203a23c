import type { Random } from "./random.ts";

const columns = [
  "event_id",
  "tenant_id",
  "at",
  "properties",
  "`user id`",
  '"Country"',
  "e.distinct_id",
  "amount",
  "tags",
  "date",
  "value",
  "payload.a.b",
];
const functions = [
  "toDate",
  "lower",
  "concat",
  "if",
  "coalesce",
  "toYYYYMM",
  "arrayElement",
  "JSONExtractString",
  "greatest",
  "cityHash64",
  "now",
  "trim",
  "position",
];
const aggregates = ["count", "sum", "uniq", "quantile(0.9)", "argMax", "any", "groupArray(10)", "quantilesTDigest(0.5, 0.99)"];
const binary = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "=",
  "==",
  "!=",
  "<>",
  "<",
  ">",
  "<=",
  ">=",
  "AND",
  "OR",
  "LIKE",
  "NOT LIKE",
  "ILIKE",
  "||",
  "DIV",
  "MOD",
  "<=>",
  "IS NOT DISTINCT FROM",
  "REGEXP",
];
const units = ["SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"];

/** Data types as they stand in migrations. */
export class Types {
  private readonly random: Random;
  constructor(random: Random) {
    this.random = random;
  }

  type(depth = 2): string {
    const r = this.random;
    const simple = [
      "UInt8",
      "UInt64",
      "Int32",
      "Float64",
      "String",
      "Date",
      "DateTime",
      "UUID",
      "Bool",
      "IPv4",
      "DateTime64(3, 'UTC')",
      "FixedString(16)",
    ];
    const fixed = [
      "Decimal(18, 4)",
      "Enum8('a' = 1, 'b' = -2)",
      "Enum16('x', 'y')",
      "DateTime('Europe/Berlin')",
      "INT UNSIGNED",
      "DOUBLE PRECISION",
      "VARCHAR(20)",
      "Dynamic(max_types = 8)",
    ];
    if (depth === 0 || r.chance(0.5)) return r.pick(r.chance(0.7) ? simple : fixed);
    const inner = (): string => this.type(depth - 1);
    return r.pick([
      () => `Nullable(${inner()})`,
      () => `Array(${inner()})`,
      () => `LowCardinality(${inner()})`,
      () => `Map(${inner()}, ${inner()})`,
      () => `Tuple(${inner()}, ${inner()})`,
      () => `Tuple(a ${inner()}, b ${inner()})`,
      () => `Nested(name ${inner()}, value ${inner()})`,
      () => `Variant(${inner()}, ${inner()})`,
      () => `AggregateFunction(${r.pick(["sum", "uniq", "quantiles(0.5, 0.9)", "argMax"])}, ${inner()})`,
      () => `SimpleAggregateFunction(max, ${inner()})`,
      () => `JSON(max_dynamic_paths = 16, a.b ${inner()}, SKIP c, SKIP REGEXP 'd.*')`,
    ])();
  }
}

/** Expressions, with their many spellings. */
export class Expressions {
  protected readonly random: Random;
  readonly types: Types;
  constructor(random: Random) {
    this.random = random;
    this.types = new Types(random);
  }

  column(): string {
    return this.random.pick(columns);
  }

  literal(): string {
    return this.random.pick([
      "0",
      "1",
      "42",
      "-7",
      "3.14",
      "1e3",
      ".5",
      "0x1F",
      "1_000",
      "'a'",
      "'it''s'",
      "'x\\'y\\n'",
      "NULL",
      "true",
      "FALSE",
      "inf",
      "[1, 2]",
      "[]",
      "('a', 2)",
      "$$text$$",
      "{p:UInt32}",
    ]);
  }

  expression(depth = 3): string {
    const r = this.random;
    if (depth <= 0 || r.chance(0.25)) return r.chance(0.6) ? this.column() : this.literal();
    const e = (): string => this.expression(depth - 1);
    return r.pick([
      () => `${e()} ${r.pick(binary)} ${e()}`,
      () => `${e()} ${r.pick(binary)} ${e()}`,
      () => `(${e()})`,
      () => `${r.pick(functions)}(${r.list(e, 0, 3)})`,
      () => `${r.pick(functions)}(${r.list(e, 1, 2)})`,
      () => `NOT ${e()}`,
      () => `-${e()}`,
      () => `${e()} BETWEEN ${e()} AND ${e()}`,
      () => `${e()} ${r.maybe("NOT ")}IN (${r.list(e, 1, 3)})`,
      () => `${e()} ${r.pick(["IS NULL", "IS NOT NULL", "IS TRUE"])}`,
      () => `${e()} ? ${e()} : ${e()}`,
      () => `CASE ${r.maybe(`${e()} `)}WHEN ${e()} THEN ${e()} ${r.maybe(`ELSE ${e()} `)}END`,
      () => `CAST(${e()} AS ${this.types.type(1)})`,
      () => `CAST(${e()}, '${r.pick(["UInt8", "Array(String)"])}')`,
      () => `${this.column()}::${this.types.type(1)}`,
      () => `${this.literal()}::${this.types.type(0)}`,
      () => `arrayMap(x -> ${e()}, ${e()})`,
      () => `arrayFilter((k, v) -> ${e()}, ${e()}, ${e()})`,
      () => `${this.column()}[${e()}]`,
      () => `${this.column()}.${r.pick(["1", "name"])}`,
      () => `[${r.list(e, 1, 3)}]`,
      () => `(${r.list(e, 2, 3)})`,
      () => `${r.pick(["now()", "at"])} ${r.pick(["+", "-"])} INTERVAL ${r.pick(["1", "30", "'2'"])} ${r.pick(units)}`,
      () => `EXTRACT(${r.pick(units)} FROM ${e()})`,
      () => `substring(${e()} FROM ${e()}${r.maybe(` FOR ${e()}`)})`,
      () => `date_diff(${r.pick(units)}, ${e()}, ${e()})`,
      () => `${e()} AS ${r.pick(["a1", "`b 2`"])}`,
    ])();
  }

  aggregate(): string {
    const r = this.random;
    const call = `${r.pick(aggregates)}(${r.maybe("DISTINCT ", 0.2)}${this.expression(1)})`;
    return `${call}${r.maybe(` FILTER (WHERE ${this.expression(1)})`, 0.1)}${r.maybe(` OVER (PARTITION BY ${this.column()} ORDER BY ${this.column()} DESC)`, 0.15)}`;
  }
}
