import { quoteIdentifier, quoteLiteral } from "../../../text/quote.ts";
import type { Item } from "./order.ts";
import type { Catalogue, CollationRow, FunctionRow, SequenceRow, TypeRow } from "./rows.ts";

/** What comes before what when nothing depends on anything: `pg_dump`'s order in short. */
export const PHASE = {
  schema: 0,
  extension: 1,
  collation: 2,
  type: 3,
  function: 4,
  sequence: 5,
  table: 6,
  attach: 7,
  owned: 8,
  default: 9,
  view: 10,
  index: 11,
  indexAttach: 12,
  check: 13,
  foreignKey: 14,
  statistics: 15,
  rule: 16,
  trigger: 17,
  policy: 18,
  replication: 19,
} as const;

export function qualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** Fills in what an item needs, from `pg_depend`. */
export type Needs = (key: string) => readonly string[];

/** Schemas, extensions, collations, types, functions and sequences. */
export function objectItems(catalogue: Catalogue, needs: Needs): Item[] {
  const item = (key: string, phase: number, name: string, sql: string): Item => ({ key, phase, name, sql, needs: needs(key) });
  return [
    ...catalogue.schemas.map((s) => item(`pg_namespace:${s.oid}`, PHASE.schema, s.name, `CREATE SCHEMA ${quoteIdentifier(s.name)};`)),
    ...catalogue.extensions.map((x) =>
      item(
        `pg_extension:${x.oid}`,
        PHASE.extension,
        x.name,
        `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(x.name)} WITH SCHEMA ${quoteIdentifier(x.schema)};`,
      ),
    ),
    ...catalogue.collations.map((c) => item(`pg_collation:${c.oid}`, PHASE.collation, c.name, collationSql(c))),
    ...catalogue.types.map((t) => item(`pg_type:${t.oid}`, PHASE.type, `${t.schema}.${t.name}`, typeSql(t))),
    ...catalogue.functions.map((f) => item(`pg_proc:${f.oid}`, PHASE.function, `${f.schema}.${f.name}(${f.arguments})`, functionSql(f))),
    ...catalogue.sequences.map((s) => item(`pg_class:${s.oid}`, PHASE.sequence, `${s.schema}.${s.name}`, sequenceSql(s))),
  ];
}

function collationSql({ schema, name, facts }: CollationRow): string {
  // The locale moved twice: collcollate (to 14), colliculocale (15, 16), colllocale (17).
  const locale = facts["colllocale"] ?? facts["colliculocale"] ?? facts["collcollate"];
  const provider = facts["collprovider"] === "i" ? "icu" : facts["collprovider"] === "b" ? "builtin" : "libc";
  const options = [`provider = ${provider}`, `locale = ${literal(String(locale ?? "C"))}`];
  if (facts["collisdeterministic"] === false) options.push("deterministic = false");
  return `CREATE COLLATION ${qualified(schema, name)} (${options.join(", ")});`;
}

export function literal(text: string): string {
  return quoteLiteral(text).trim();
}

function typeSql(type: TypeRow): string {
  const name = qualified(type.schema, type.name);
  switch (type.kind) {
    case "e":
      return `CREATE TYPE ${name} AS ENUM (${(type.labels ?? []).map(literal).join(", ")});`;
    case "d": {
      const collation = type.collation === null ? "" : ` COLLATE ${type.collation}`;
      const value = type.default === null ? "" : ` DEFAULT ${type.default}`;
      const named = (check: { readonly name: string; readonly definition: string }): string =>
        `CONSTRAINT ${quoteIdentifier(check.name)} ${check.definition}`;
      const checks = type.checks ?? [];
      const inline = checks.filter((check) => check.valid).map((check) => ` ${named(check)}`);
      const later = checks.filter((check) => !check.valid).map((check) => `\nALTER DOMAIN ${name} ADD ${named(check)};`);
      return `CREATE DOMAIN ${name} AS ${type.base}${collation}${value}${type.not_null ? " NOT NULL" : ""}${inline.join("")};${later.join("")}`;
    }
    case "c": {
      const columns = (type.attributes ?? []).map(
        (a) => `${quoteIdentifier(a.name)} ${a.type}${a.collation === null ? "" : ` COLLATE ${a.collation}`}`,
      );
      return `CREATE TYPE ${name} AS (${columns.join(", ")});`;
    }
    case "r": {
      const multirange = type.range?.multirange ?? null;
      const [schema, ...rest] = multirange?.split(".") ?? [];
      const more = multirange === null ? "" : `, multirange_type_name = ${qualified(schema ?? "public", rest.join("."))}`;
      return `CREATE TYPE ${name} AS RANGE (subtype = ${type.range?.subtype ?? "text"}${more});`;
    }
    default:
      // A base type's functions are in C and cannot be made elsewhere: it is known by name.
      return `CREATE TYPE ${name};`;
  }
}

function functionSql(row: FunctionRow): string {
  if (row.definition !== null) return `${row.definition.trimEnd()};`;
  const { aggregate } = row;
  if (aggregate === null) return `-- ${row.name} could not be read`;
  // Ordered-set aggregates have two lists of arguments, which the plain form cannot say.
  const parts = [`SFUNC = ${aggregate.transition}`, `STYPE = ${aggregate.state}`];
  if (aggregate.final !== null) parts.push(`FINALFUNC = ${aggregate.final}`);
  if (aggregate.initial !== null) parts.push(`INITCOND = ${literal(aggregate.initial)}`);
  return `CREATE AGGREGATE ${qualified(row.schema, row.name)} (${row.arguments === "" ? "*" : row.arguments}) (${parts.join(", ")});`;
}

function sequenceSql(s: SequenceRow): string {
  const unlogged = s.persistence === "u" ? "UNLOGGED " : "";
  return `CREATE ${unlogged}SEQUENCE ${qualified(s.schema, s.name)} AS ${s.type} START WITH ${s.start} INCREMENT BY ${s.increment} MINVALUE ${s.min} MAXVALUE ${s.max} CACHE ${s.cache}${s.cycle ? " CYCLE" : ""};`;
}
