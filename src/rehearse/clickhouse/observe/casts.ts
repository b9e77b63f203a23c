import { ClickHouseError, type EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import type { ObjectName, ParsedStatement } from "../../../engines/clickhouse/parse/ast.ts";
import { insertable, quoted, quoteName, quoteText, type TableFacts } from "../catalogue.ts";
import { bare, isNullable, readType } from "../seed/type.ts";
import { readTargets } from "../wiring.ts";
import type { Damage } from "./compare.ts";
import { oneRow } from "./one-row.ts";
import { comparison } from "./same.ts";

/** Rows on their way into a table: a query, and for each of its outputs the column that takes it. Null: none does. */
interface Write {
  readonly table: TableFacts;
  readonly select: string;
  readonly into: readonly (string | null)[] | "by name";
  /** INSERT puts the default in the place of NULL; UPDATE fails. */
  readonly nullsBecomeDefaults: boolean;
  /** Who hands the rows on, where it is not the statement. */
  readonly through: string | null;
}

/** Characters of VALUES that are read a second time. */
const MOST_LITERALS = 100_000;

/** By `through>table.column`. */
type Casts = ReadonlyMap<string, Damage>;

/**
 * Values that a statement is about to cast into columns of another type, as an INSERT … SELECT, an UPDATE and a materialized view do without
 * a word. Asked before the statement runs, of the rows that are there.
 */
export async function castsOf(
  engine: EmbeddedClickHouse,
  parsed: ParsedStatement,
  database: string,
  tables: ReadonlyMap<string, TableFacts>,
): Promise<readonly Damage[]> {
  const damage = new Map<string, Damage>();
  for (const write of writesOf(parsed, database, tables)) await add(engine, write, damage);
  return [...damage.values()];
}

/** What the materialized views cast, of all rows that their sources hold now. */
export async function castsOfViews(engine: EmbeddedClickHouse, tables: ReadonlyMap<string, TableFacts>): Promise<Casts> {
  const damage = new Map<string, Damage>();
  for (const [name, target] of readTargets(tables)) {
    const [view, table] = [tables.get(name), tables.get(target)];
    if (view === undefined || table === undefined || view.select === "") continue;
    await add(engine, { table, select: view.select, into: "by name", nullsBecomeDefaults: true, through: name }, damage);
  }
  return damage;
}

/** Those of which there are more now. */
export function newCasts(before: Casts, after: Casts): readonly Damage[] {
  return [...after].flatMap(([key, damage]) => {
    const more = damage.rows - (before.get(key)?.rows ?? 0);
    return more > 0 ? [{ ...damage, rows: more }] : [];
  });
}

function writesOf(parsed: ParsedStatement, database: string, tables: ReadonlyMap<string, TableFacts>): readonly Write[] {
  const { statement } = parsed;
  const textOf = ({ at }: { readonly at: { readonly start: number; readonly end: number } }): string =>
    parsed.text.slice(at.start - parsed.at.start, at.end - parsed.at.start);
  const find = (name: ObjectName): TableFacts | undefined => tables.get(`${name.database?.text ?? database}.${name.name.text}`);
  if (statement.kind === "insert" && statement.target.kind === "table" && statement.source.kind === "select") {
    const table = find(statement.target.name);
    if (table === undefined || statement.columns?.some(({ kind }) => kind !== "identifier") === true) return [];
    const into =
      statement.columns?.map((column) => textOf(column).replace(/^[`"](.*)[`"]$/, "$1")) ?? insertable(table).map(({ name }) => name);
    return [{ table, select: textOf(statement.source.query), into, nullsBecomeDefaults: true, through: null }];
  }
  if (statement.kind === "insert" && statement.target.kind === "table" && statement.source.kind === "values") {
    const table = find(statement.target.name);
    const { start, end } = statement.source.data;
    if (table === undefined || end - start > MOST_LITERALS || statement.columns?.some(({ kind }) => kind !== "identifier") === true)
      return [];
    const into =
      statement.columns?.map((column) => textOf(column).replace(/^[`"](.*)[`"]$/, "$1")) ?? insertable(table).map(({ name }) => name);
    const structure = into.map((name, at) => `c${at} ${asWritten(table.columns.find((column) => column.name === name)?.type ?? "String")}`);
    const select = `SELECT * FROM values(${quoteText(structure.join(", "))}, ${textOf({ at: statement.source.data }).replace(/;\s*$/, "")})`;
    return [{ table, select, into, nullsBecomeDefaults: true, through: null }];
  }
  if (statement.kind === "create-table" && statement.as?.kind === "select" && statement.elements !== null) {
    const table = find(statement.name);
    if (table === undefined || statement.as.empty) return [];
    const into = insertable(table).map(({ name }) => name);
    return [{ table, select: textOf(statement.as.query), into, nullsBecomeDefaults: true, through: null }];
  }
  const updates =
    statement.kind === "update"
      ? [statement]
      : statement.kind === "alter-table"
        ? statement.commands.filter((command) => command.kind === "update")
        : [];
  if (statement.kind !== "update" && statement.kind !== "alter-table") return [];
  const table = find(statement.name);
  if (table === undefined) return [];
  // What a Memory table holds is cast at every read: there are no parts to hold against a snapshot.
  const commands = statement.kind === "alter-table" && table.engine === "Memory" ? statement.commands : [];
  const reread = commands.flatMap((command): Write[] => {
    if (command.kind !== "modify-column" || command.column.type === null) return [];
    const [name, type] = [command.column.name.text, textOf(command.column.type)];
    const columns = table.columns.map((column) => (column.name === name ? { ...column, type } : column));
    const select = `SELECT ${quoteName(name)} FROM ${quoted(table)}`;
    return [{ table: { ...table, columns }, select, into: [name], nullsBecomeDefaults: false, through: null }];
  });
  return [
    ...reread,
    ...updates.map(({ assignments, where }) => ({
      table,
      select: `SELECT ${assignments.map(({ expression }) => `(${textOf(expression)})`).join(", ")} FROM ${quoted(table)} WHERE ${textOf(where)}`,
      into: assignments.map(({ column }) => column.text),
      nullsBecomeDefaults: false,
      through: null,
    })),
  ];
}

/** A type that holds what somebody may write for a column: what it does not hold itself is then seen to become another value. */
function asWritten(type: string): string {
  const { name, args, text } = bare(readType(type));
  if (/^U?Int\d+$/.test(name)) return name === "UInt256" ? "Nullable(UInt256)" : "Nullable(Int256)";
  if (name === "Date") return "Nullable(Date32)";
  if (name === "Decimal") return `Nullable(Decimal(76, ${Math.min(70, Number(args[1] ?? 0) + 10)}))`;
  return /^(?:String|UUID|IPv[46]|Enum(?:8|16)|Bool|Float(?:32|64)|DateTime(?:64)?|Date32)$/.test(name) ? `Nullable(${text})` : type;
}

async function add(engine: EmbeddedClickHouse, write: Write, damage: Map<string, Damage>): Promise<void> {
  const { table, select, into, through } = write;
  const checks: { readonly column: string; readonly type: string; readonly select: readonly string[] }[] = [];
  for (const [at, output] of (await outputsOf(engine, select)).entries()) {
    const name = into === "by name" ? output.name : into[at];
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column === undefined || column.type === output.type || /AggregateFunction/.test(column.type + output.type)) continue;
    const x = `tupleElement(row, ${at + 1})`;
    const y = cast(x, output.type, column.type, write.nullsBecomeDefaults);
    const { changed, other } = comparison(output.type, column.type, x, y);
    checks.push({
      column: column.name,
      type: column.type,
      select: [
        `countIf(${changed}) AS changed`,
        `countIf(${other}) AS other`,
        `anyIf(ifNull(toString(${x}), 'NULL'), ${changed}) AS was`,
        `anyIf(ifNull(toString(${y}), 'NULL'), ${changed}) AS is`,
      ],
    });
  }
  for (const check of checks) {
    const row = await oneRow(engine, `SELECT ${check.select.join(", ")} FROM (SELECT tuple(*) AS row FROM (${select}))`);
    const rows = Number(row?.["changed"] ?? 0);
    if (rows === 0) continue;
    damage.set(`${through ?? ""}>${table.name}.${check.column}`, {
      kind: Number(row?.["other"] ?? 0) > 0 ? "wraps" : "drops-values",
      table: table.name,
      columns: [check.column],
      rows,
      what: `${rows === 1 ? "1 value" : `${rows.toLocaleString("en")} values`} that ${through ?? "it"} puts into ${check.column} of ${table.name} (${check.type}) arrive as others, for example '${shown(row?.["was"])}' as '${shown(row?.["is"])}'`,
    });
  }
}

function cast(value: string, from: string, to: string, nullsBecomeDefaults: boolean): string {
  const target = `'${to.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  if (!nullsBecomeDefaults || !isNullable(readType(from)) || isNullable(readType(to))) return `CAST(${value}, ${target})`;
  return `if(isNull(${value}), defaultValueOfTypeName(${target}), CAST(assumeNotNull(${value}), ${target}))`;
}

async function outputsOf(engine: EmbeddedClickHouse, select: string): Promise<readonly { readonly name: string; readonly type: string }[]> {
  try {
    return await engine.rows<{ name: string; type: string }>(`DESCRIBE TABLE (${select})`);
  } catch (error) {
    if (error instanceof ClickHouseError) return [];
    throw error;
  }
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
