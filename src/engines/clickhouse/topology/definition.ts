import type { ClickHouseColumn, ClickHouseTable, KeyPart } from "../../../model/clickhouse/schema.ts";
import { scanTokens } from "./tokens.ts";

/**
 * A definition as `SHOW CREATE` answers it, without what may differ between hosts: UUIDs, path and replica name in Keeper (compared on
 * their own), macros that are filled in already, comments.
 */
export function normalisedCreate(create: string, macros: Readonly<Record<string, string>>): string {
  return filledIn(create, macros)
    .replace(/\s+(?:TO INNER UUID|INNER UUID|UUID)\s+'[0-9a-f-]{36}'/gi, "")
    .replace(/\bCOMMENT\s+'(?:[^'\\]|\\.|'')*'/g, "")
    .replace(/\b((?:Replicated|Shared)\w*MergeTree)\(\s*'(?:[^'\\]|\\.)*'\s*,\s*'(?:[^'\\]|\\.)*'\s*,?\s*/g, "$1(")
    .replace(/\s+/g, " ")
    .replace(/ ([,)])/g, "$1")
    .trim();
}

function filledIn(text: string, macros: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => macros[name] ?? whole);
}

/**
 * How two definitions of an object differ, one line each.
 * @param names what to call the two, as in `the type is String on ch-1 and UInt64 on ch-2`
 * @param exact both were printed by servers; a migration leaves out what a server fills in
 */
export function definitionDifferences(
  a: ClickHouseTable,
  b: ClickHouseTable,
  names: { readonly a: string; readonly b: string },
  exact: boolean,
): readonly string[] {
  const lines: string[] = [];
  const differ = (what: string, first: string, second: string): void => {
    if (first !== second) lines.push(`${what} is ${shown(first)} ${names.a} and ${shown(second)} ${names.b}`);
  };
  if (a.kind !== b.kind) return [`it is a ${a.kind} ${names.a} and a ${b.kind} ${names.b}`];
  differ("the engine", engineOf(a), engineOf(b));
  const view = a.kind !== "table" && a.kind !== "dictionary";
  if (a.columnsKnown && b.columnsKnown && (!view || exact)) lines.push(...columnDifferences(a.columns, b.columns, names, exact));
  differ("ORDER BY", keyOf(a.orderBy), keyOf(b.orderBy));
  differ("PRIMARY KEY", keyOf(a.primaryKey ?? a.orderBy), keyOf(b.primaryKey ?? b.orderBy));
  differ("PARTITION BY", a.partitionBy?.sql ?? "", b.partitionBy?.sql ?? "");
  differ("SAMPLE BY", a.sampleBy?.sql ?? "", b.sampleBy?.sql ?? "");
  differ("TTL", a.ttl.map(({ text }) => tokens(text)).join(", "), b.ttl.map(({ text }) => tokens(text)).join(", "));
  for (const name of new Set([...a.settings.keys(), ...b.settings.keys()])) {
    const [first, second] = [settingOf(a, name), settingOf(b, name)];
    if (!first.includes("[HIDDEN]") && !second.includes("[HIDDEN]")) differ(`the setting ${name}`, first, second);
  }
  lines.push(
    ...named(
      "the index",
      a.indexes.map((one) => [one.name, tokens(`${one.expression.sql} ${one.type}`)]),
      b.indexes.map((one) => [one.name, tokens(`${one.expression.sql} ${one.type}`)]),
      names,
    ),
    ...named(
      "the projection",
      a.projections.map((one) => [one.name, tokens(one.text)]),
      b.projections.map((one) => [one.name, tokens(one.text)]),
      names,
    ),
    ...named(
      "the constraint",
      a.constraints.map((one) => [one.name, tokens(one.expression.sql)]),
      b.constraints.map((one) => [one.name, tokens(one.expression.sql)]),
      names,
    ),
  );
  differ("the target", a.target ?? "", b.target ?? "");
  differ("the table behind it", a.forwards?.table ?? "", b.forwards?.table ?? "");
  differ("the sharding key", a.forwards?.shardingKey?.sql ?? "", b.forwards?.shardingKey?.sql ?? "");
  differ("REFRESH", tokens(a.refresh?.text ?? ""), tokens(b.refresh?.text ?? ""));
  differ("the source", sourceOf(a), sourceOf(b));
  if (a.select !== null && b.select !== null && selectTokens(a) !== selectTokens(b))
    lines.push(`its SELECT is another one ${names.a} than ${names.b}`);
  return lines;
}

function columnDifferences(
  a: readonly ClickHouseColumn[],
  b: readonly ClickHouseColumn[],
  names: { readonly a: string; readonly b: string },
  exact: boolean,
): string[] {
  const lines: string[] = [];
  const second = new Map(b.map((column) => [column.name, column]));
  const first = new Set(a.map(({ name }) => name));
  for (const column of a) {
    const other = second.get(column.name);
    if (other === undefined) {
      lines.push(`the column ${column.name} ${column.type.text} stands ${names.a} and not ${names.b}`);
      continue;
    }
    const differ = (what: string, one: string, two: string): void => {
      if (one !== two) lines.push(`${what} of ${column.name} is ${shown(one)} ${names.a} and ${shown(two)} ${names.b}`);
    };
    if (column.typeKnown && other.typeKnown) differ("the type", column.type.text, other.type.text);
    differ("the default", defaultOf(column), defaultOf(other));
    // A server fills in levels: `ZSTD` is `ZSTD(1)`.
    const codec = (one: ClickHouseColumn): string =>
      (one.codec ?? []).map((part) => (exact && part.args.length > 0 ? `${part.name}(${part.args.join(", ")})` : part.name)).join(", ");
    differ("the codec", codec(column), codec(other));
    differ("the TTL", tokens(column.ttl?.sql ?? ""), tokens(other.ttl?.sql ?? ""));
  }
  for (const column of b)
    if (!first.has(column.name)) lines.push(`the column ${column.name} ${column.type.text} stands ${names.b} and not ${names.a}`);
  if (lines.length === 0 && a.some((column, index) => column.name !== b[index]?.name))
    lines.push(`the columns stand in another order ${names.a} than ${names.b}`);
  return lines;
}

function named(
  what: string,
  a: readonly (readonly [string, string])[],
  b: readonly (readonly [string, string])[],
  names: { readonly a: string; readonly b: string },
): string[] {
  const [first, second] = [new Map(a), new Map(b)];
  return [...new Set([...first.keys(), ...second.keys()])].flatMap((name) => {
    const [one, two] = [first.get(name), second.get(name)];
    if (one === two) return [];
    if (one === undefined) return [`${what} ${name} stands ${names.b} and not ${names.a}`];
    if (two === undefined) return [`${what} ${name} stands ${names.a} and not ${names.b}`];
    return [`${what} ${name} is ${shown(one)} ${names.a} and ${shown(two)} ${names.b}`];
  });
}

function shown(text: string): string {
  if (text === "") return "not set";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function engineOf({ engine }: ClickHouseTable): string {
  if (engine === null) return "";
  // Where a Distributed table leads is compared on its own, with macros filled in.
  const args = engine.family === "Distributed" || engine.family === "Buffer" ? [] : engine.familyArgs.map(({ sql }) => sql);
  const name = engine.replicated ? `Replicated${engine.family}` : engine.family;
  const said = args.length === 0 || args.some((arg) => arg.includes("[HIDDEN]")) ? name : `${name}(${args.join(", ")})`;
  return said;
}

function keyOf(parts: readonly KeyPart[] | null): string {
  return (parts ?? []).map(({ expression, descending }) => `${tokens(expression.sql)}${descending ? " DESC" : ""}`).join(", ");
}

/** What every MergeTree has without being told. */
function settingOf(table: ClickHouseTable, name: string): string {
  const value = table.settings.get(name) ?? "";
  if (name === "index_granularity" && value === "8192") return "";
  return value.replace(/^'(.*)'$/s, "$1");
}

function defaultOf({ default: value }: ClickHouseColumn): string {
  return value === null ? "" : `${value.kind} ${tokens(value.expression?.sql ?? "")}`;
}

function sourceOf({ dictionary }: ClickHouseTable): string {
  if (dictionary === null) return "";
  const { primaryKey, sourceKind, sourceTable, layout, lifetime } = dictionary;
  return `${primaryKey.join(", ")} ${sourceKind} ${sourceTable ?? ""} ${layout ?? ""} ${lifetime ?? ""}`
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

/** Two texts that a formatter would write alike: blanks, quotes of names, case of keywords and the view's own database do not count. */
function selectTokens(table: ClickHouseTable): string {
  const text = tokens(table.select?.sql ?? "");
  return text.replaceAll(`${table.database.toLowerCase()} . `, "").replaceAll(/ as /g, " ");
}

function tokens(text: string): string {
  return scanTokens(text).join(" ");
}
