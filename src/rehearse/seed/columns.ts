import { quoteIdentifier } from "../../text/quote.ts";
import type { ColumnScale } from "../../model/environment.ts";
import type { Catalogue, ColumnInfo, TypeInfo } from "./catalogue.ts";
import type { ColumnDemand } from "./checks.ts";
import type { LeafDemand } from "./partitions.ts";
import { type ValueMaker, valueMaker } from "./values.ts";

/** Ways to make values when the plain one does not pass a check that tread cannot read: tried in turn, the best one is kept. */
export const STYLES = [
  "plain",
  "reversed",
  "small",
  "letters",
  "capitals",
  "digits",
  "email",
  "url",
  "zero",
  "negative",
  "slug",
  "phone",
] as const;
export type Style = (typeof STYLES)[number];

export interface ColumnWish {
  readonly demands: readonly ColumnDemand[];
  readonly leaf: LeafDemand | null;
  readonly scale: ColumnScale | null;
  readonly style: Style;
  /** Part of a unique or exclusion constraint: values must not repeat. */
  readonly unique: boolean;
  readonly position: number;
  /** The type that a migration under judgement changes the column to: values must survive the conversion. */
  readonly futureType: string | null;
  readonly rows: number;
}

const NUMBERS = new Set(["int2", "int4", "int8", "numeric", "float4", "float8", "money"]);
const TEXTS = new Set(["text", "varchar", "bpchar", "citext", "name"]);

/** The maker of one column under its wishes; null when the type has no known value. */
export function columnMaker(catalogue: Catalogue, column: ColumnInfo, wish: ColumnWish): ValueMaker | null {
  const type = baseType(catalogue, column.type);
  if (type === null) return null;
  const modifier = catalogue.types.get(column.type)?.kind === "domain" ? domainModifier(catalogue, column.type) : column.modifier;
  const ordinal = wish.unique ? 0 : wish.style === "reversed" ? 40 - wish.position : wish.position;
  const hints = { name: column.name.toLowerCase(), averageBytes: wish.scale?.averageBytes ?? null, ordinal };
  const plain = valueMaker(catalogue, column.type, column.modifier, hints);
  const length = type.bare === "varchar" || type.bare === "bpchar" ? (modifier > 4 ? modifier - 4 : null) : null;
  const cast = `::${type.name}`;
  if (wish.leaf !== null) {
    const maker = inLeaf(type, wish.leaf);
    if (maker !== null) return maker;
  }
  const demand = merge(wish.demands);
  if (demand.choices !== null && demand.choices.length > 0) return choose(demand.choices, cast);
  if (NUMBERS.has(type.bare) && (demand.least !== null || demand.most !== null)) return between(type, demand.least, demand.most);
  if (TEXTS.has(type.bare)) {
    const wanted = wish.futureType === null ? null : convertible(wish.futureType);
    if (wanted !== null) return { sql: (n) => `(${wanted(n)})::text${cast}`, distinct: Infinity };
    const styled = textStyle(wish.style);
    const made = styled === null ? plain : { sql: (n: string) => `(${styled(n)})${cast}`, distinct: Infinity };
    return made === null ? null : withLength(made, demand.minLength, demand.maxLength, length, cast);
  }
  if (NUMBERS.has(type.bare)) {
    if (wish.style === "small") return { sql: (n) => `((${n}) % 10)::numeric${cast}`, distinct: 10 };
    if (wish.style === "zero") return { sql: (n) => `((${n}) % 2)::numeric${cast}`, distinct: 2 };
    if (wish.style === "negative") return { sql: (n) => `(-(${n}))::numeric${cast}`, distinct: Infinity };
  }
  return plain;
}

/** With the profile's share of NULLs and number of different values. */
export function likeProfile(maker: ValueMaker, column: ColumnInfo, wish: ColumnWish): ValueMaker {
  const { scale } = wish;
  if (scale === null || wish.unique) return maker;
  let sql = maker.sql;
  let distinct = maker.distinct;
  // Postgres' own statistics write a share of the rows as a negative number.
  const different = scale.distinct === null ? null : scale.distinct < 0 ? Math.round(-scale.distinct * wish.rows) : scale.distinct;
  if (different !== null && different >= 1 && different < wish.rows && different < distinct) {
    const inner = sql;
    sql = (n) => inner(`((${n}) % ${Math.round(different)})`);
    distinct = Math.round(different);
  }
  const nulls = column.notNull ? 0 : Math.round((scale.nullFraction ?? 0) * 1000);
  if (nulls > 0) {
    const inner = sql;
    sql = (n) => `CASE WHEN ((${n}) * 7919) % 1000 < ${nulls} THEN NULL ELSE ${inner(n)} END`;
  }
  return { sql, distinct };
}

export function baseType(catalogue: Catalogue, oid: number): TypeInfo | null {
  let type = catalogue.types.get(oid);
  while (type?.kind === "domain" && type.of !== null) type = catalogue.types.get(type.of);
  return type ?? null;
}

function domainModifier(catalogue: Catalogue, oid: number): number {
  const type = catalogue.types.get(oid);
  if (type?.kind !== "domain" || type.of === null) return -1;
  const inner = catalogue.types.get(type.of);
  return inner?.kind === "domain" ? domainModifier(catalogue, inner.oid) : type.modifier;
}

/** Conditions that the values of a column of a domain type must pass, of the domain and those below it, on the column itself. */
export function domainChecks(catalogue: Catalogue, column: ColumnInfo): string[] {
  const checks: string[] = [];
  let type = catalogue.types.get(column.type);
  while (type?.kind === "domain") {
    for (const check of type.checks) checks.push(check.replace(/\bVALUE\b/g, quoteIdentifier(column.name)));
    type = type.of === null ? undefined : catalogue.types.get(type.of);
  }
  return checks;
}

export function domainNotNull(catalogue: Catalogue, column: ColumnInfo): boolean {
  let type = catalogue.types.get(column.type);
  while (type?.kind === "domain") {
    if (type.notNull) return true;
    type = type.of === null ? undefined : catalogue.types.get(type.of);
  }
  return false;
}

function merge(demands: readonly ColumnDemand[]): Omit<ColumnDemand, "column"> {
  const highest = (values: readonly (number | null)[]) => values.reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null);
  const lowest = (values: readonly (number | null)[]) => values.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);
  return {
    choices: demands.find((d) => d.choices !== null)?.choices ?? null,
    least: highest(demands.map((d) => d.least)),
    most: lowest(demands.map((d) => d.most)),
    minLength: highest(demands.map((d) => d.minLength)),
    maxLength: lowest(demands.map((d) => d.maxLength)),
  };
}

function choose(choices: readonly string[], cast: string): ValueMaker {
  const list = choices.map((choice) => `(${choice})${cast}`).join(", ");
  return { sql: (n) => `(ARRAY[${list}])[1 + ((${n}) % ${choices.length})::int]`, distinct: choices.length };
}

function between(type: TypeInfo, least: number | null, most: number | null): ValueMaker {
  const cast = `::numeric::${type.name}`;
  if (least !== null && most !== null) {
    const size = Math.floor(most - least) + 1;
    if (size <= 1) return { sql: () => `(${least})${cast}`, distinct: 1 };
    return { sql: (n) => `(${least} + (${n}) % ${size})${cast}`, distinct: size };
  }
  const limit = type.bare === "int2" ? 30_000 : 2_000_000_000;
  if (least !== null) return { sql: (n) => `(${least} + (${n}) % ${limit})${cast}`, distinct: limit > 1e9 ? Infinity : limit };
  return { sql: (n) => `(${most} - (${n}) % ${limit})${cast}`, distinct: limit > 1e9 ? Infinity : limit };
}

function withLength(maker: ValueMaker, least: number | null, most: number | null, limit: number | null, cast: string): ValueMaker {
  if (least === null && most === null) return maker;
  const longest = Math.min(most ?? Infinity, limit ?? Infinity);
  if (least !== null && least === most)
    return {
      sql: (n) => `right(lpad(to_hex((${n}) + 1), ${Math.max(16, least)}, '0'), ${least})${cast}`,
      distinct: least > 8 ? Infinity : 16 ** least,
    };
  if (longest < 24) {
    const size = Math.max(0, Math.min(longest, Math.max(least ?? 0, 12)));
    return {
      sql: (n) => `right(lpad(to_hex((${n}) + 1), ${Math.max(16, size)}, '0'), ${size})${cast}`,
      distinct: size > 8 ? Infinity : 16 ** size,
    };
  }
  const atLeast = least ?? 0;
  return {
    ...maker,
    sql: (n) =>
      `(CASE WHEN length((${maker.sql(n)})::text) < ${atLeast} THEN rpad((${maker.sql(n)})::text, ${atLeast}, 'x') ELSE left((${maker.sql(n)})::text, ${longest === Infinity ? 100_000 : longest}) END)${cast}`,
  };
}

function textStyle(style: Style): ((n: string) => string) | null {
  const letters = (n: string) => `translate(to_hex(${n}), '0123456789', 'ghijklmnop')`;
  switch (style) {
    case "letters":
      return (n) => `lpad(${letters(n)}, 8, 'a')`;
    case "capitals":
      return (n) => `upper(lpad(${letters(n)}, 3, 'a'))`;
    case "digits":
      return (n) => `lpad((${n})::text, 5, '1')`;
    case "email":
      return (n) => `'user' || (${n}) || '@example.com'`;
    case "url":
      return (n) => `'https://example.com/' || (${n})`;
    case "slug":
      return (n) => `'item-' || (${n})`;
    case "phone":
      return (n) => `'+1' || lpad((${n})::text, 10, '5')`;
    case "small":
      return (n) => letters(`((${n}) % 16)`);
    default:
      return null;
  }
}

/** Text that a later `USING column::type` accepts. */
function convertible(type: string): ((n: string) => string) | null {
  if (/^(smallint|integer|bigint|numeric|real|double precision|oid)$/.test(type)) return (n) => `(${n}) % 30000`;
  if (type === "uuid") return (n) => `md5((${n})::text)::uuid`;
  if (type.startsWith("json")) return (n) => `jsonb_build_object('n', ${n})`;
  if (type === "boolean") return (n) => `(${n}) % 2 = 0`;
  if (type === "date") return (n) => `date '2026-01-01' + ((${n}) % 3650)::int`;
  if (type.startsWith("timestamp")) return (n) => `timestamp '2026-01-01' + (${n}) * interval '1 second'`;
  if (type === "inet" || type === "cidr") return (n) => `host(inet '10.0.0.0' + (${n})::bigint)`;
  return null;
}

function inLeaf(type: TypeInfo, leaf: LeafDemand): ValueMaker | null {
  const cast = `::${type.name}`;
  if (leaf.choices !== null) return choose(leaf.choices, cast);
  const { from, to } = leaf;
  if (from === null && to === null) return null;
  const share = (n: string) => `(((${n}) * 61) % 100000) / 100000.0`;
  if (NUMBERS.has(type.bare)) {
    const low = `(${from ?? "0"})::numeric`;
    if (from !== null && to !== null)
      return { sql: (n) => `(${low} + mod((${n})::numeric, (${to})::numeric - ${low}))${cast}`, distinct: Infinity };
    return { sql: (n) => (from !== null ? `(${low} + (${n}))${cast}` : `((${to})::numeric - 1 - (${n}))${cast}`), distinct: Infinity };
  }
  if (type.bare === "date" || type.bare === "timestamp" || type.bare === "timestamptz") {
    const via = type.bare === "date" ? "timestamp" : type.name;
    const low = `(${from})::${via}`;
    const high = `(${to})::${via}`;
    if (from !== null && to !== null) return { sql: (n) => `(${low} + (${high} - ${low}) * (${share(n)}))${cast}`, distinct: Infinity };
    return {
      sql: (n) => (from !== null ? `(${low} + (${n}) * interval '1 hour')${cast}` : `(${high} - (1 + (${n})) * interval '1 day')${cast}`),
      distinct: Infinity,
    };
  }
  if (TEXTS.has(type.bare) && from !== null) return { sql: (n) => `((${from})::text || (${n}))${cast}`, distinct: Infinity };
  return from === null ? null : choose([from], cast);
}
