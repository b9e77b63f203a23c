import { ClickHouseError, type EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import type { SilentKind } from "../../../model/clickhouse/effects.ts";
import { type ColumnFacts, quoted, quoteName, quoteText, type TableFacts } from "../catalogue.ts";
import type { Part } from "./parts.ts";
import { comparison } from "./same.ts";
import { oneRow } from "./one-row.ts";
import { pairParts, type Snapshot } from "./snapshot.ts";
import { isVolatile, newlyVolatile } from "./volatile.ts";

/** Something about the rows of a table that nothing but looking at them tells. */
export interface Damage {
  readonly kind: SilentKind;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly what: string;
}

export interface CompareOptions {
  /** Names of columns after the statement, for those that it renames. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Columns whose values the statement sets. */
  readonly assigned: ReadonlySet<string>;
  /** Columns whose values the statement takes away. */
  readonly cleared: ReadonlySet<string>;
  /** The statement takes rows away, or brings some: it says so. */
  readonly rowsChange: boolean;
  /** Columns whose files were written. Null: not told, all may have been. */
  readonly written: ReadonlySet<string> | null;
  /** Damage that an earlier statement has done: `database.table.column` that could not be read before. */
  readonly known: ReadonlySet<string>;
  /** Told what could not be compared. */
  readonly limit: (what: string) => void;
}

/** Values that are compared whatever the statement says of them; beyond, only the columns that it can have touched. */
const VALUES_COMPARED = 1_000_000;

/** Holds a table against its snapshot: reads that fail, values that changed, rows that are gone. @throws EngineCrashed */
export async function compareTable(
  engine: EmbeddedClickHouse,
  before: Snapshot,
  after: TableFacts,
  parts: readonly Part[],
  options: CompareOptions,
): Promise<readonly Damage[]> {
  const touched = (column: ColumnFacts, was: ColumnFacts | undefined): boolean =>
    before.rows * after.columns.length <= VALUES_COMPARED ||
    was === undefined ||
    was.name !== column.name ||
    was.type !== column.type ||
    was.defaultKind !== column.defaultKind ||
    was.defaultExpression !== column.defaultExpression ||
    options.written === null ||
    options.written.has(column.name);
  const oldName = (name: string): string => [...options.renamed].find(([, to]) => to === name)?.[0] ?? name;
  const wasOf = (column: ColumnFacts): ColumnFacts | undefined => before.facts.columns.find(({ name }) => name === oldName(column.name));
  const unreadable = await unreadableColumns(
    engine,
    after,
    after.columns.filter((column) => touched(column, wasOf(column))),
  );
  const fresh = unreadable.filter(({ column }) => !options.known.has(`${after.name}.${oldName(column)}`));
  const damage: Damage[] = fresh.map(({ column, error }) => ({
    kind: "unreadable",
    table: after.name,
    columns: [column],
    rows: before.rows,
    what: `reading ${column} fails with ${error.code}: ${firstLine(error.message)}`,
  }));
  const broken = new Set(unreadable.map(({ column }) => column));
  const common = before.facts.columns.flatMap((column) => {
    const name = options.renamed.get(column.name) ?? column.name;
    const now = after.columns.find((candidate) => candidate.name === name);
    const known = options.known.has(`${before.facts.name}.${column.name}`);
    return now === undefined || broken.has(name) || known || column.defaultKind === "EPHEMERAL" || now.defaultKind === "EPHEMERAL"
      ? []
      : [{ before: column, after: now }];
  });
  if (common.length === 0 || before.rows === 0) return damage;
  const pairs = before.facts.uuid === after.uuid ? pairParts(before, parts) : null;
  const compared = common.filter((column) => touched(column.after, column.before));
  damage.push(...(await newlyVolatile(engine, before, after)));
  if (pairs !== null) {
    for (const one of await compareValues(engine, before, after, pairs, compared, options)) {
      // Computed anew at every read, before the statement as well as after it: that it differs is not the statement's doing.
      const column = one.kind === "semantics" ? after.columns.find(({ name }) => one.columns.includes(name)) : undefined;
      if (column === undefined || !(await isVolatile(engine, after, column))) damage.push(one);
    }
    return damage;
  }
  return options.rowsChange ? damage : [...damage, ...(await compareRows(engine, before, after, common, options))];
}

interface Common {
  readonly before: ColumnFacts;
  readonly after: ColumnFacts;
}

/** Whether every value of every column can be read and written out. Counting rows reads none of them. */
async function unreadableColumns(
  engine: EmbeddedClickHouse,
  table: TableFacts,
  columns: readonly ColumnFacts[],
): Promise<readonly { readonly column: string; readonly error: ClickHouseError }[]> {
  const readable = columns.filter(({ defaultKind }) => defaultKind !== "EPHEMERAL");
  const read = async (columns: readonly ColumnFacts[]): Promise<ClickHouseError | null> => {
    try {
      await engine.query(
        `SELECT count() FROM ${quoted(table)} WHERE NOT ignore(${columns.map(({ name }) => `toString(${quoteName(name)})`).join(", ")})`,
      );
      return null;
    } catch (error) {
      if (error instanceof ClickHouseError) return error;
      throw error;
    }
  };
  if (readable.length === 0 || (await read(readable)) === null) return [];
  const found: { column: string; error: ClickHouseError }[] = [];
  for (const column of readable) {
    const error = await read([column]);
    if (error !== null) found.push({ column: column.name, error });
  }
  return found;
}

async function compareValues(
  engine: EmbeddedClickHouse,
  before: Snapshot,
  after: TableFacts,
  pairs: readonly { readonly inCopy: string; readonly name: string }[],
  common: readonly Common[],
  options: CompareOptions,
): Promise<Damage[]> {
  const watched = common.filter(({ after }) => !options.assigned.has(after.name));
  if (watched.length === 0 || pairs.length === 0) return [];
  const side = (from: string, prefix: string, columns: readonly string[], names: readonly string[]): string =>
    `(SELECT ${columns.map((name, at) => `${quoteName(name)} AS ${prefix}${at}`).join(", ")},
      transform(_part, [${names.map(quoteText).join(", ")}], [${names.map((_, at) => at + 1).join(", ")}], 0) AS part, _part_offset AS row FROM ${from})`;
  const checks = watched.map(({ before, after }, at) => comparison(before.type, after.type, `b${at}`, `a${at}`));
  const select = checks.flatMap(({ changed, other, meaning }, at) => [
    `countIf(${changed}) AS changed${at}`,
    `countIf(${other}) AS other${at}`,
    `countIf(${meaning ?? "0"}) AS meaning${at}`,
    `anyIf(ifNull(toString(b${at}), 'NULL'), (${changed}) OR (${meaning ?? "0"})) AS was${at}`,
    `anyIf(ifNull(toString(a${at}), 'NULL'), (${changed}) OR (${meaning ?? "0"})) AS is${at}`,
  ]);
  const sql = (chosen: readonly string[]): string =>
    `SELECT ${chosen.join(", ")} FROM ${side(
      before.copy,
      "b",
      watched.map((column) => column.before.name),
      pairs.map((pair) => pair.inCopy),
    )} AS b INNER JOIN ${side(
      quoted(after),
      "a",
      watched.map((column) => column.after.name),
      pairs.map((pair) => pair.name),
    )} AS a USING (part, row)`;
  const answers = (await oneRow(engine, sql(select))) ?? (await columnByColumn(engine, watched, select, sql, options));
  return watched.flatMap((column, at) => judgeColumn(column, at, answers, before.facts.name, options.cleared));
}

/** A comparison that the engine cannot evaluate must not take the others with it. */
async function columnByColumn(
  engine: EmbeddedClickHouse,
  columns: readonly Common[],
  select: readonly string[],
  sql: (chosen: readonly string[]) => string,
  options: CompareOptions,
): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [at, { before, after }] of columns.entries()) {
    const row = (await oneRow(engine, sql(select.slice(at * 5, at * 5 + 5)))) ?? (await oneRow(engine, sql(asText(at))));
    if (row === null) options.limit(`values of ${after.name} could not be compared across the change from ${before.type} to ${after.type}`);
    else Object.assign(answers, row);
  }
  return answers;
}

/** What everybody can compare is what they read. */
function asText(at: number): string[] {
  const [before, after] = [`ifNull(toString(b${at}), 'NULL')`, `ifNull(toString(a${at}), 'NULL')`];
  return [
    `countIf(${before} != ${after}) AS meaning${at}`,
    `anyIf(${before}, ${before} != ${after}) AS was${at}`,
    `anyIf(${after}, ${before} != ${after}) AS is${at}`,
  ];
}

function judgeColumn(
  { before, after }: Common,
  at: number,
  answers: Record<string, unknown>,
  table: string,
  cleared: ReadonlySet<string>,
): Damage[] {
  const changed = Number(answers[`changed${at}`] ?? 0);
  const other = Number(answers[`other${at}`] ?? 0);
  const meaning = Number(answers[`meaning${at}`] ?? 0);
  const base = { table, columns: [after.name] };
  const example = `for example ${show(answers[`was${at}`])} became ${show(answers[`is${at}`])}`;
  if (changed > 0) {
    const sameType = before.type === after.type;
    const kind: SilentKind = sameType ? (cleared.has(after.name) ? "drops-values" : "semantics") : other > 0 ? "wraps" : "drops-values";
    const what = sameType
      ? `${rows(changed)} of ${after.name} read differently`
      : `${rows(changed)} of ${after.name} lost their value in ${after.type}`;
    return [{ ...base, kind, rows: changed, what: `${what}, ${example}` }];
  }
  if (meaning > 0)
    return [
      { ...base, kind: "semantics", rows: meaning, what: `${rows(meaning)} of ${after.name} read otherwise in ${after.type}, ${example}` },
    ];
  return [];
}

/** Rows as a whole, wherever they lie now: for tables that were swapped, and for rows that a statement took without saying so. */
async function compareRows(
  engine: EmbeddedClickHouse,
  before: Snapshot,
  after: TableFacts,
  common: readonly Common[],
  options: CompareOptions,
): Promise<Damage[]> {
  const same = common.filter((column) => column.before.type === column.after.type && column.before.defaultKind !== "ALIAS");
  if (same.length === 0) return [];
  const hashed = (from: string, names: readonly string[], sign: string): string =>
    `SELECT cityHash64(${names.map((name) => `ifNull(toString(${quoteName(name)}), '\\0')`).join(", ")}) AS hash, ${sign} AS sign FROM ${from}`;
  const row = await oneRow(
    engine,
    `SELECT sumIf(n, n > 0) AS gone FROM (SELECT hash, sum(sign) AS n FROM (${hashed(
      before.copy,
      same.map((c) => c.before.name),
      "1",
    )} UNION ALL ${hashed(
      quoted(after),
      same.map((c) => c.after.name),
      "-1",
    )}) GROUP BY hash)`,
  );
  if (row === null) options.limit(`rows of ${after.name} could not be compared with those before`);
  const gone = Number(row?.["gone"] ?? 0);
  return gone > 0
    ? [{ kind: "drops-values", table: after.name, columns: [], rows: gone, what: `${rows(gone)} of ${after.name} are no longer there` }]
    : [];
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count.toLocaleString("en")} rows`;
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return `'${text.length > 40 ? `${text.slice(0, 40)}…` : text}'`;
}

export function firstLine(message: string): string {
  const [line = ""] = message
    // Where the engine says in which query, part and function it was, the reader knows better.
    .replace(
      /(?:[.:]? In scope |: [Ww]hile executing |: \(while reading |:? Insertion status|: while pushing to view |\. Note: there are )[\s\S]*$/,
      "",
    )
    .replace(
      /^Exception happened during execution of mutation '[^']*' with part '[^']*' reason: 'Code: \d+\. DB::Exception: /,
      "its mutation failed: ",
    )
    .replaceAll("__table1.", "")
    .replaceAll(/ \([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\)/g, "")
    .split("\n");
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
