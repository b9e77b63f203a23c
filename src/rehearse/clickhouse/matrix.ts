import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { refusal } from "../../engines/clickhouse/embedded/refuse.ts";
import type { Expression, ParsedStatement } from "../../engines/clickhouse/parse/ast.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import type { BrokenQuery, Cell } from "../../model/report.ts";
import { insertable, quoteName, readCatalogue, type TableFacts } from "./catalogue.ts";
import { firstLine } from "./observe/compare.ts";
import { readParts } from "./observe/parts.ts";
import { dropParts } from "./probes.ts";
import { probeValue } from "./probe-value.ts";

type Fate =
  | { readonly kind: "works" }
  | { readonly kind: "fails"; readonly error: ClickHouseError }
  | { readonly kind: "unknown"; readonly why: string };

/** Seconds that a live query may take here: it is asked whether it works, not how fast it is. */
const QUERY_SECONDS = 10;

/** Runs every live version's queries in every intermediate schema. */
export class ClickHouseMatrix {
  readonly cells: Cell[] = [];
  readonly #engine: EmbeddedClickHouse;
  readonly #environment: string;
  readonly #database: string;
  readonly #versions: readonly LiveVersion[];
  /** Queries that failed before the first statement: said once, at `start`. */
  readonly #baseline = new Map<string, Set<string>>();
  asked = 0;
  failed = 0;

  constructor(engine: EmbeddedClickHouse, environment: string, database: string, versions: readonly LiveVersion[]) {
    this.#engine = engine;
    this.#environment = environment;
    this.#database = database;
    this.#versions = versions.filter((version) => version.database === "clickhouse");
  }

  get size(): number {
    return this.#versions.reduce((sum, version) => sum + version.queries.length, 0);
  }

  /** @returns queries that fail at this step and did not at the one before `start` */
  async after(step: string): Promise<void> {
    if (this.#versions.length === 0) return;
    const tables = await readCatalogue(this.#engine);
    const before = new Set((await readParts(this.#engine)).map((part) => part.path));
    const [session] = await this.#engine.rows<{ current: string }>("SELECT currentDatabase() AS current");
    await this.#engine.query(`USE ${quoteName(this.#database)}`).catch(() => {});
    for (const version of this.#versions) {
      const broken: BrokenQuery[] = [];
      const known = this.#baseline.get(version.name) ?? new Set<string>();
      let unknown = 0;
      for (const query of version.queries) {
        const key = `${query.origin}\0${query.sql}`;
        if (step !== "start" && known.has(key)) continue;
        const fate = await this.#fate(query, tables);
        this.asked++;
        if (fate.kind === "unknown") unknown++;
        if (fate.kind !== "fails") continue;
        this.failed++;
        if (step === "start") known.add(key);
        broken.push({
          query: query.sql,
          origin: query.origin,
          sqlstate: String(fate.error.code),
          error: firstLine(fate.error.message),
          from: "rehearsed",
          use: query.use,
        });
      }
      this.#baseline.set(version.name, known);
      this.cells.push({ environment: this.#environment, version: version.name, step, queries: version.queries.length, unknown, broken });
    }
    const fresh = (await readParts(this.#engine)).filter((part) => !before.has(part.path));
    await dropParts(this.#engine, fresh);
    await this.#engine.query(`USE ${quoteName(session?.current ?? this.#database)}`).catch(() => {});
  }

  /** Nothing that a query could notice has changed. */
  same(step: string, as: string): void {
    for (const cell of this.cells.filter((cell) => cell.step === as))
      this.cells.push({ ...cell, step, broken: as === "start" ? [] : cell.broken });
  }

  unknown(step: string): void {
    for (const { name, queries } of this.#versions) {
      this.cells.push({
        environment: this.#environment,
        version: name,
        step,
        queries: queries.length,
        unknown: queries.length,
        broken: [],
      });
    }
  }

  async #fate(query: Query, tables: ReadonlyMap<string, TableFacts>): Promise<Fate> {
    const [parsed, second] = parseScript(query.sql);
    if (parsed === undefined || second !== undefined) return { kind: "unknown", why: "not one statement" };
    const refused = refusal(parsed);
    if (refused !== null) return { kind: "unknown", why: refused };
    const sql = runnable(parsed, tables, this.#database);
    if (sql === null) return { kind: "unknown", why: "it changes rows" };
    const settings = {
      max_execution_time: QUERY_SECONDS,
      timeout_overflow_mode: "break",
      max_result_rows: 100,
      result_overflow_mode: "break",
    };
    try {
      const params = Object.fromEntries(
        [...query.sql.matchAll(/\{(\w+)\s*:\s*([^}]+)\}/g)].map(([, name = "", type = ""]) => [name, parameter(type)]),
      );
      await this.#engine.query(sql, { settings, timeoutMs: QUERY_SECONDS * 3000, ...(Object.keys(params).length === 0 ? {} : { params }) });
      return { kind: "works" };
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      // 159, 241: too slow or too large for this machine says nothing of the schema.
      return error.code === 159 || error.code === 241 ? { kind: "unknown", why: firstLine(error.message) } : { kind: "fails", error };
    }
  }
}

/** A SELECT runs as it is. An INSERT is given a row of its own, because its data come from the app. */
function runnable({ statement, text, at }: ParsedStatement, tables: ReadonlyMap<string, TableFacts>, database: string): string | null {
  if (statement.kind === "select" || statement.kind === "show" || statement.kind === "describe" || statement.kind === "exists") return text;
  if (statement.kind !== "insert" || statement.target.kind !== "table") return null;
  const { name } = statement.target;
  const into = text.slice(name.at.start - at.start, name.at.end - at.start);
  const table = tables.get(`${name.database?.text ?? database}.${name.name.text}`);
  if (statement.source.kind === "select") return `EXPLAIN PIPELINE ${text}`;
  const listed = statement.columns?.map(columnName);
  if (listed?.includes(null) === true) return null;
  const columns = listed ?? insertable(table ?? { columns: [] }).map((column) => column.name);
  const values = columns.map((column) => {
    const type = table?.columns.find((candidate) => candidate.name === column)?.type;
    return (type === undefined ? null : probeValue(type)) ?? "NULL";
  });
  if (columns.length === 0) return table === undefined ? `INSERT INTO ${into} SELECT 1` : null;
  return `INSERT INTO ${into} (${columns.map((column) => quoteName(column ?? "")).join(", ")}) SELECT ${values.join(", ")}`;
}

function columnName(expression: Expression): string | null {
  return expression.kind === "identifier" ? expression.parts.map((part) => part.text).join(".") : null;
}

/** A value for `{name:Type}` that every type of its family takes. */
function parameter(type: string): unknown {
  const family = /^[A-Za-z]+/.exec(type)?.[0] ?? "";
  if (/^(?:U?Int|Float|Decimal|Bool)/.test(family)) return 1;
  return PARAMETERS[family] === undefined ? "tread" : PARAMETERS[family];
}

const PARAMETERS: Readonly<Record<string, unknown>> = {
  Array: [],
  Tuple: [],
  Map: {},
  DateTime: "2026-02-03 04:05:06",
  Date: "2026-02-03",
  UUID: "61f0c404-5cb3-11e7-907b-a6006ad3dba0",
  Nullable: null,
  Identifier: "id",
};
