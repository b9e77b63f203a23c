import { quoteLiteral } from "../../text/quote.ts";
import type { Catalogue, TypeInfo } from "./catalogue.ts";

/**
 * How values of a column are made: SQL for the n-th value, with how many different ones there are. With `distinct: Infinity`
 * different n give different values, which is what a unique index needs.
 */
export interface ValueMaker {
  readonly sql: (n: string) => string;
  readonly distinct: number;
}

export interface ValueHints {
  /** Lower-case name of the column: an `email` looks like one. */
  readonly name: string;
  /** From a profile: average bytes of a value, for realistic widths; null when unknown. */
  readonly averageBytes: number | null;
  /** Later columns get later values, so that `starts_at < ends_at` holds. May be negative. */
  readonly ordinal: number;
}

const DAY_ZERO = "timestamp '2026-01-01'";

/**
 * Null when tread knows no value of the type. Domains give values of their base type: their checks are the caller's, who filters
 * with them before the cast.
 */
export function valueMaker(catalogue: Catalogue, oid: number, modifier: number, hints: ValueHints, depth = 0): ValueMaker | null {
  const type = catalogue.types.get(oid);
  if (type === undefined || depth > 4) return null;
  switch (type.kind) {
    case "domain":
      return type.of === null ? null : valueMaker(catalogue, type.of, type.modifier, hints, depth + 1);
    case "enum":
      return enumeration(type);
    case "composite":
      return composite(catalogue, type, hints, depth);
    case "range":
    case "multirange":
      return range(catalogue, type, hints, depth);
    case "pseudo":
      return null;
    case "base":
      return type.category === "A" && type.of !== null ? array(catalogue, type, modifier, hints, depth) : base(type, modifier, hints);
    default:
      return type.kind satisfies never;
  }
}

function base(type: TypeInfo, modifier: number, hints: ValueHints): ValueMaker | null {
  const shift = hints.ordinal;
  switch (type.bare) {
    case "bool":
      return { sql: (n) => `((${n}) % 2 = 0)`, distinct: 2 };
    case "int2":
      return { sql: (n) => `((${n} + ${shift + 64}) % 32767)::int2`, distinct: 32_767 };
    case "int4":
      return many((n) => `(${n} + ${shift + 64})::int4`);
    case "int8":
    case "oid":
      return many((n) => `(${n} + ${shift + 64})::${type.bare}`);
    case "float4":
    case "float8":
    case "money":
      return many((n) => `(${n} + ${shift + 64})::numeric::${type.bare}`);
    case "numeric":
      return numeric(modifier, shift);
    case "text":
    case "citext":
    case "varchar":
    case "bpchar":
    case "name":
      return text(type, modifier, hints);
    case "char":
      return { sql: (n) => `chr(97 + ((${n}) % 26)::int)::"char"`, distinct: 26 };
    case "date":
      return many((n) => `(date '1990-01-01' + ((${n}) % 1000000)::int + ${shift})`);
    case "timestamp":
      return many((n) => `(${DAY_ZERO} + ((${n}) * 61 + ${shift * 3600}) * interval '1 second')`);
    case "timestamptz":
      return many((n) => `(timestamptz '2026-01-01 00:00:00+00' + ((${n}) * 61 + ${shift * 3600}) * interval '1 second')`);
    case "time":
    case "timetz":
      return {
        sql: (n) => `(time '00:00' + ((${n}) % 80000 + ${(shift + 64) * 30}) * interval '1 second')::${type.bare}`,
        distinct: 80_000,
      };
    case "interval":
      return many((n) => `((${n} + ${shift + 64}) * interval '1 minute')`);
    case "uuid":
      return many((n) => `md5(${quoteLiteral(hints.name)} || (${n}))::uuid`);
    case "json":
    case "jsonb":
      return many((n) => `json${type.bare === "jsonb" ? "b" : ""}_build_object('n', ${n}, 'source', 'seed')`);
    case "bytea":
      return many((n) => `decode(md5((${n})::text), 'hex')`);
    case "inet":
      return many((n) => `(inet '10.0.0.0' + (${n})::bigint)`);
    case "cidr":
      return many((n) => `(inet '10.0.0.0' + (${n})::bigint)::cidr`);
    case "macaddr":
      return many(
        (n) => `('08:00:' || regexp_replace(lpad(to_hex((${n}) % 4294967296), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4'))::macaddr`,
      );
    case "macaddr8":
      return many(
        (n) =>
          `('08:00:00:00:' || regexp_replace(lpad(to_hex((${n}) % 4294967296), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4'))::macaddr8`,
      );
    case "bit":
      return { sql: (n) => `(${n})::bigint::bit(${Math.max(1, modifier)})`, distinct: 2 ** Math.min(40, Math.max(1, modifier)) };
    case "varbit":
      return {
        sql: (n) => `(${n})::bigint::bit(${modifier > 0 ? Math.min(32, modifier) : 32})::varbit`,
        distinct: 2 ** (modifier > 0 ? Math.min(32, modifier) : 32),
      };
    case "tsvector":
      return many((n) => `to_tsvector('simple', 'word' || (${n}) || ' seed')`);
    case "tsquery":
      return many((n) => `to_tsquery('simple', 'word' || (${n}))`);
    case "xml":
      return many((n) => `xmlparse(content '<n>' || (${n}) || '</n>')`);
    case "point":
      return many((n) => `point(${n}, ${n})`);
    case "box":
      return many((n) => `box(point(${n}, ${n}), point(${n} + 0.5, ${n} + 0.5))`);
    case "lseg":
      return many((n) => `lseg(point(${n}, 0), point(${n}, 1))`);
    case "line":
      return many((n) => `line(point(${n}, 0), point(${n} + 1, 1))`);
    case "path":
      return many((n) => `('[(' || (${n}) || ',0),(1,1)]')::path`);
    case "polygon":
      return many((n) => `polygon(box(point(${n}, ${n}), point(${n} + 1, ${n} + 1)))`);
    case "circle":
      return many((n) => `circle(point(${n}, ${n}), 1)`);
    case "pg_lsn":
      return many((n) => `('0/' || to_hex(${n}))::pg_lsn`);
    case "jsonpath":
      return { sql: () => `'$.a'::jsonpath`, distinct: 1 };
    case "hstore":
      return many((n) => `('n=>' || (${n}))::${type.name}`);
    case "ltree":
      return many((n) => `('seed.n' || (${n}))::${type.name}`);
    case "cube":
      return many((n) => `('(' || (${n}) || ')')::${type.name}`);
    case "regclass":
      return { sql: () => `'pg_class'::regclass`, distinct: 1 };
    case "regtype":
      return { sql: () => `'text'::regtype`, distinct: 1 };
    default:
      return null;
  }
}

function many(sql: (n: string) => string): ValueMaker {
  return { sql, distinct: Infinity };
}

function numeric(modifier: number, shift: number): ValueMaker {
  if (modifier < 4) return many((n) => `(${n} + ${shift + 64})::numeric`);
  const precision = ((modifier - 4) >> 16) & 0xffff;
  // The scale is signed, 11 bits, since 15.
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  const digits = Math.max(0, precision - scale);
  const whole = 10 ** Math.min(15, digits);
  if (digits === 0) return { sql: (n) => `(((${n}) % 9) / 10.0 ^ ${scale})::numeric(${precision},${scale})`, distinct: 9 };
  return { sql: (n) => `((${n} + ${shift + 64}) % ${whole})::numeric(${precision},${scale})`, distinct: whole >= 1e9 ? Infinity : whole };
}

function text(type: TypeInfo, modifier: number, hints: ValueHints): ValueMaker {
  const limit = type.bare === "name" ? 63 : modifier > 4 ? modifier - 4 : type.bare === "bpchar" ? 1 : Infinity;
  const cast = type.bare === "text" ? "" : `::${type.bare === "bpchar" ? "text" : type.name}`;
  if (limit < 12) {
    return {
      sql: (n) => `right(lpad(to_hex((${n}) + 1), 12, '0'), ${limit})${cast}`,
      distinct: 16 ** Math.min(9, limit) >= 1e9 ? Infinity : 16 ** limit,
    };
  }
  const looks = textLooks(hints.name, limit);
  const pad = hints.averageBytes === null ? 0 : Math.min(Math.round(hints.averageBytes), 2000, limit) - 18;
  if (pad <= 8) return many((n) => `${looks(n)}${cast}`);
  return many((n) => `(${looks(n)} || repeat('x', ${pad}))${cast}`);
}

function textLooks(name: string, limit: number): (n: string) => string {
  if (limit >= 40 && /e_?mail/.test(name)) return (n) => `('user' || (${n}) || '@example.com')`;
  if (limit >= 40 && /(^|_)(url|uri|link|website)$/.test(name)) return (n) => `('https://example.com/' || (${n}))`;
  const room = limit - 12;
  const prefix = room >= 2 ? `${name.replace(/[^a-z0-9]/g, "").slice(0, Math.min(12, room - 1))}-` : "";
  return (n) => `(${quoteLiteral(prefix)} || (${n}))`;
}

function enumeration(type: TypeInfo): ValueMaker | null {
  if (type.labels.length === 0) return null;
  const labels = type.labels.map((label) => quoteLiteral(label)).join(", ");
  return { sql: (n) => `((ARRAY[${labels}])[1 + ((${n}) % ${type.labels.length})::int])::${type.name}`, distinct: type.labels.length };
}

function array(catalogue: Catalogue, type: TypeInfo, modifier: number, hints: ValueHints, depth: number): ValueMaker | null {
  const element = type.of === null ? undefined : catalogue.types.get(type.of);
  const maker = element === undefined ? null : valueMaker(catalogue, element.oid, modifier, hints, depth + 1);
  if (maker === null || element === undefined) return null;
  return { sql: (n) => `ARRAY[${maker.sql(n)}]::${element.name}[]`, distinct: maker.distinct };
}

function composite(catalogue: Catalogue, type: TypeInfo, hints: ValueHints, depth: number): ValueMaker | null {
  const makers = type.fields.map((field) => valueMaker(catalogue, field.type, field.modifier, { ...hints, name: field.name }, depth + 1));
  const known = makers.filter((maker) => maker !== null);
  if (known.length !== makers.length) return null;
  return {
    sql: (n) => `ROW(${known.map((maker) => maker.sql(n)).join(", ")})::${type.name}`,
    distinct: Math.max(1, ...known.map((maker) => maker.distinct)),
  };
}

/** Ranges of different n never overlap: that is what exclusion constraints ask for. */
function range(catalogue: Catalogue, type: TypeInfo, hints: ValueHints, depth: number): ValueMaker | null {
  if (type.kind === "multirange") {
    const of = [...catalogue.types.values()].find((t) => t.kind === "range" && type.bare === t.bare.replace(/range$/, "multirange"));
    const maker = of === undefined ? null : valueMaker(catalogue, of.oid, -1, hints, depth + 1);
    return maker === null ? null : many((n) => `${type.name}(${maker.sql(n)})`);
  }
  const subtype = type.of === null ? undefined : catalogue.types.get(type.of);
  switch (subtype?.bare) {
    case "int4":
    case "int8":
    case "numeric":
    case "float8":
      return many((n) => `${type.name}((${n} * 10)::${subtype.name}, (${n} * 10 + 5)::${subtype.name})`);
    case "date":
      return many((n) => `${type.name}(date '1990-01-01' + ((${n}) * 3)::int, date '1990-01-01' + ((${n}) * 3 + 2)::int)`);
    case "timestamp":
    case "timestamptz":
      return many((n) => {
        const at = (seconds: string) => `(${DAY_ZERO} + ((${n}) * 7200 + ${seconds}) * interval '1 second')::${subtype.name}`;
        return `${type.name}(${at("0")}, ${at("3600")})`;
      });
    default: {
      if (subtype === undefined) return null;
      const maker = valueMaker(catalogue, subtype.oid, -1, hints, depth + 1);
      return maker === null ? null : many((n) => `${type.name}(${maker.sql(n)}, ${maker.sql(n)}, '[]')`);
    }
  }
}
