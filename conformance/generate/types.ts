import type { Random } from "./random.ts";

/** A type of a generated column: how it is written, and a value for row `g`. */
export interface ColumnType {
  readonly sql: string;
  /** Distinct for distinct `g` up to a few hundred. */
  readonly value: string;
  readonly family: "number" | "text" | "moment" | "boolean" | "document" | "array" | "enum" | "domain" | "other";
}

const type = (sql: string, value: string, family: ColumnType["family"]): ColumnType => ({ sql, value, family });

export const BUILT_IN: readonly ColumnType[] = [
  type("integer", "g", "number"),
  type("bigint", "g", "number"),
  type("smallint", "g", "number"),
  type("numeric", "g", "number"),
  type("numeric(10,2)", "g", "number"),
  type("numeric(12,4)", "g", "number"),
  type("real", "g", "number"),
  type("double precision", "g", "number"),
  type("text", "'t' || g", "text"),
  type("varchar", "'v' || g", "text"),
  type("varchar(40)", "'v' || g", "text"),
  type("varchar(100)", "'v' || g", "text"),
  type("character(12)", "'c' || g", "text"),
  type("boolean", "g % 2 = 0", "boolean"),
  type("date", "date '2024-01-01' + g", "moment"),
  type("timestamp", "timestamp '2024-01-01' + g * interval '1 hour'", "moment"),
  type("timestamp(3)", "timestamp '2024-01-01' + g * interval '1 hour'", "moment"),
  type("timestamptz", "timestamptz '2024-01-01 00:00+00' + g * interval '1 hour'", "moment"),
  type("time", "time '00:00' + g * interval '1 second'", "moment"),
  type("interval", "g * interval '1 minute'", "moment"),
  type("uuid", "md5(g::text)::uuid", "other"),
  type("jsonb", "jsonb_build_object('n', g)", "document"),
  type("json", "json_build_object('n', g)", "document"),
  type("bytea", "decode(md5(g::text), 'hex')", "other"),
  type("inet", "inet '10.0.0.0' + g", "other"),
  type("text[]", "ARRAY['a' || g]", "array"),
  type("integer[]", "ARRAY[g]", "array"),
  type("int4range", "int4range(g, g + 1)", "other"),
  type("xid", "g::text::xid", "other"),
  type("bit(8)", "g::bit(8)", "other"),
  type("varbit(16)", "g::bit(16)::varbit(16)", "other"),
];

/** A default that fits the type: a constant, a stable or a volatile expression. */
export function defaultFor(random: Random, column: ColumnType): string {
  const fitting = DEFAULTS[column.sql] ?? DEFAULTS[column.family];
  return fitting === undefined ? column.value.replaceAll(/\bg\b/g, "1") : random.pick(fitting);
}

/** By type, or else by family. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  number: ["0", "1", "-1", "7", "(random() * 100)::int", "1 + 1", "extract(epoch from now())::int % 100", "length('abc')", "NULL"],
  text: ["''", "'none'", "'x'::text", "lower('ABC')", "md5(random()::text)", "current_user", "to_char(now(), 'YYYY')", "NULL"],
  interval: ["'1 day'", "interval '2 hours'", "justify_hours(interval '30 hours')"],
  time: ["'12:00'", "LOCALTIME", "clock_timestamp()::time"],
  moment: ["now()", "CURRENT_TIMESTAMP", "clock_timestamp()", "'2024-05-05'", "statement_timestamp()", "'now'", "date_trunc('day', now())"],
  boolean: ["false", "true", "random() > 0.5", "(NOT true)"],
  json: ["'{}'", "'{\"a\": 1}'::json", "NULL", "to_json(now())"],
  jsonb: ["'{}'", "'{\"a\": 1}'::jsonb", "NULL", "to_jsonb(now())"],
  "text[]": ["'{}'", "ARRAY[]::text[]", "NULL", "array_append('{}'::text[], NULL)"],
  "integer[]": ["'{}'", "ARRAY[1, 2]", "NULL"],
  uuid: ["gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'", "md5('x')::uuid", "NULL"],
  other: ["NULL"],
};

/** A condition on a column that the generated rows satisfy, mostly. */
export function conditionOn(random: Random, quoted: string, column: ColumnType): string {
  switch (column.family) {
    case "number":
      return random.pick([
        `${quoted} >= 0`,
        `${quoted} < 1000000`,
        `${quoted} > 100`,
        `${quoted} IS NOT NULL`,
        `${quoted} BETWEEN 0 AND 100000`,
      ]);
    case "text":
      return random.pick([`length(${quoted}) > 0`, `${quoted} <> ''`, `${quoted} IS NOT NULL`, `${quoted} LIKE '%1%'`]);
    case "moment":
      return column.sql === "time" || column.sql === "interval"
        ? `${quoted} IS NOT NULL`
        : random.pick([`${quoted} > '2000-01-01'`, `${quoted} IS NOT NULL`]);
    case "boolean":
      return random.pick([quoted, `${quoted} IS NOT NULL`, `NOT ${quoted}`]);
    default:
      return `${quoted} IS NOT NULL`;
  }
}
