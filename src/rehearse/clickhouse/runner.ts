import { EngineCrashed } from "../../engines/clickhouse/embedded/index.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import { hasParts, readCatalogue, type TableFacts } from "./catalogue.ts";
import { observedEffects } from "./effects-of.ts";
import { identityDamage } from "./identity.ts";
import type { Lab } from "./lab.ts";
import type { ClickHouseMatrix } from "./matrix.ts";
import type { ParsedStatement } from "../../engines/clickhouse/parse/ast.ts";
import { castsOf, castsOfViews, newCasts } from "./observe/casts.ts";
import { type Damage, firstLine } from "./observe/compare.ts";
import { type Declared, declaredBy } from "./observe/declared.ts";
import { named, type Seen, seeStatement } from "./observe/statement.ts";
import { askPreChecks, compareAnswers } from "./pre-checks.ts";
import type { ProbeResult, Probes } from "./probes.ts";
import { ownTable, seeOnTwin } from "./twin.ts";
import type { ObservedClickHouseStatement } from "./types.ts";
import { readFailure } from "./wiring.ts";

/** A statement that does not come to an end on this many rows does not come to an end. */
const PATIENCE_MS = 120_000;

export interface RunnerParts {
  readonly lab: Lab;
  readonly probes: Probes;
  readonly matrix: ClickHouseMatrix;
  readonly database: string;
}

/** Runs the judged statements one after the other and keeps what was seen of each. */
export class ClickHouseRunner {
  readonly results: ObservedClickHouseStatement[] = [];
  /** What was seen, for growth: by key. */
  readonly seen: Map<string, { readonly judged: ClickHouseJudged; readonly sql: string; readonly main: Seen }> = new Map();
  readonly #parts: RunnerParts;
  readonly #unreadable = new Set<string>();
  readonly #brokenReaders = new Set<string>();
  #failed: { readonly key: string; readonly why: string } | null = null;
  #step = "start";
  probesSent = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async begin(): Promise<void> {
    const { lab, probes, matrix } = this.#parts;
    for (const table of (await readCatalogue(lab.engine)).values()) {
      if (isReader(table) && (await readFailure(lab.engine, table)) !== null) this.#brokenReaders.add(table.name);
    }
    this.probesSent += (await probes.after(null, null)).sent;
    await matrix.after("start");
  }

  /** @throws EngineCrashed: what was seen before stays in `results` */
  async statement(judged: ClickHouseJudged): Promise<void> {
    const key = `${judged.migration.id}#${judged.statement.index}`;
    if (this.#failed !== null) {
      this.#without(key, `not run: ${this.#failed.key} failed before it (${this.#failed.why})`);
      return;
    }
    if (judged.statement.kind !== "sql") {
      this.#without(key, judged.statement.kind === "code" ? "code: it is not run" : (judged.statement.opaque ?? "it was not understood"));
      return;
    }
    try {
      await this.#rehearse(key, judged);
    } catch (error) {
      if (error instanceof EngineCrashed) this.#without(key, error.message);
      throw error;
    }
  }

  /** The engine is gone: everything after is not known. */
  rest(judged: readonly ClickHouseJudged[], why: string): void {
    const known = new Set(this.results.map(({ key }) => key));
    for (const { migration, statement } of judged) {
      const key = `${migration.id}#${statement.index}`;
      if (!known.has(key)) this.#without(key, why);
    }
  }

  async #rehearse(key: string, judged: ClickHouseJudged): Promise<void> {
    const { lab, matrix, database } = this.#parts;
    const ready = lab.prepare(judged.statement.sql);
    if ("leftOut" in ready) {
      lab.limits.add(`${key}: ${ready.leftOut}`);
      this.#without(key, ready.leftOut);
      return;
    }
    const [session] = await lab.engine.rows<{ current: string }>("SELECT currentDatabase() AS current");
    const declared = declaredBy(ready.parsed, session?.current ?? database);
    const limit = (what: string): void => void lab.limits.add(`${key}: ${what}`);
    const boundary = await this.#onTwin(ready.parsed, declared, limit);
    const asked = await askPreChecks(lab.engine, judged.predicted);
    const casts = await this.#castsBefore(ready.parsed, declared, session?.current ?? database);
    const seen = await seeStatement(lab.engine, {
      sql: ready.sql,
      declared,
      timeoutMs: PATIENCE_MS,
      unreadable: this.#unreadable,
      limit,
    });
    const main = seen.class === "refused" ? seen : { ...seen, damage: [...seen.damage, ...(await casts(seen))] };
    if (main.unfinished) limit(`its mutation had not ended after ${PATIENCE_MS / 1000} s`);
    const { readers, probed } = await this.#afterwards(ready.sql, declared, main);
    const identity = main.class === "refused" ? [] : await identityDamage(lab.engine, main);
    for (const { kind, table, columns } of main.damage)
      if (kind === "unreadable") for (const column of columns) this.#unreadable.add(`${table}.${column}`);
    for (const { table, code, message, kept } of probed.broken) {
      limit(
        `after it an INSERT into ${table} fails with ${code}: ${message}${kept.length === 0 ? "" : `; ${kept.join(", ")} ${kept.length === 1 ? "has" : "have"} the row all the same, and a client that tries again writes it twice`}`,
      );
    }
    const observed = observedEffects({
      main,
      boundary,
      probes: { damage: [...probed.damage, ...identity], broken: probed.broken },
      readers,
      predicted: judged.predicted,
      table: declared.table,
    });
    this.seen.set(key, { judged, sql: ready.sql, main });
    const disagreements = main.class === "refused" ? [] : compareAnswers(asked, main.damage, declared);
    this.results.push({ key, observed, durationMs: main.durationMs, notObserved: null, disagreements });
    if (main.error !== null) {
      this.#failed = { key, why: `${main.error.code}: ${firstLine(main.error.message)}` };
      matrix.same(key, this.#step);
    } else if (declared.harmless) matrix.same(key, this.#step);
    else await matrix.after(key);
    this.#step = key;
  }

  /** What it casts by its own words is asked before; what views cast of the rows that it brings, or of those that are there, after it. */
  async #castsBefore(parsed: ParsedStatement, declared: Declared, database: string): Promise<(seen: Seen) => Promise<readonly Damage[]>> {
    const { engine } = this.#parts.lab;
    if (declared.harmless) return () => Promise.resolve([]);
    // The columns are known when the table is there, and what it was made of still is.
    if (parsed.statement.kind === "create-table") return ({ after }) => castsOf(engine, parsed, database, after);
    const tables = await readCatalogue(engine);
    const own = await castsOf(engine, parsed, database, tables);
    const brings = /^(?:insert|create-materialized-view)$/.test(parsed.statement.kind) || declared.recomputes;
    if (!brings) return () => Promise.resolve(own);
    const before = await castsOfViews(engine, tables);
    return async ({ after }) => [...own, ...newCasts(before, await castsOfViews(engine, after))];
  }

  async #onTwin(parsed: Parameters<typeof declaredBy>[0], declared: Declared, limit: (what: string) => void): Promise<Seen | null> {
    const { lab } = this.#parts;
    if (declared.table === null || ownTable(parsed) === null || parsed.statement.kind === "optimize") return null;
    const table = (await readCatalogue(lab.engine)).get(declared.table);
    if (table === undefined || !hasParts(table)) return null;
    const seen = await seeOnTwin(lab.engine, { parsed, table, declared, timeoutMs: PATIENCE_MS, limit });
    const own = (damage: readonly Damage[]): Damage[] =>
      damage.map((one) => ({ ...one, table: table.name, what: one.what.replaceAll(`tread_twin.${table.table}`, table.name) }));
    return seen === null ? null : { ...seen, damage: own(seen.damage) };
  }

  async #afterwards(
    sql: string,
    declared: Declared,
    main: Seen,
  ): Promise<{ readonly readers: readonly Damage[]; readonly probed: ProbeResult }> {
    const { lab, probes } = this.#parts;
    if (declared.harmless || main.class === "refused") return { readers: [], probed: { damage: [], broken: [], sent: 0 } };
    const readers: Damage[] = [];
    for (const table of main.after.values()) {
      if (!isReader(table)) continue;
      const error = await readFailure(lab.engine, table);
      if (error === null) this.#brokenReaders.delete(table.name);
      else if (!this.#brokenReaders.has(table.name)) {
        this.#brokenReaders.add(table.name);
        readers.push({
          kind: "unreadable",
          table: table.name,
          columns: [],
          rows: 0,
          what: `reading ${table.name} fails with ${error.code}: ${firstLine(error.message)}`,
        });
      }
    }
    const concerned = new Set([...named(sql, main.before), ...named(sql, main.after)]);
    const probed = await probes.after(declared, concerned);
    this.probesSent += probed.sent;
    return { readers, probed };
  }

  #without(key: string, why: string): void {
    this.#parts.matrix.unknown(key);
    this.results.push({ key, observed: null, durationMs: null, notObserved: why, disagreements: [] });
    this.#step = key;
  }
}

/** What reads other tables and has none of its own. Reading a queue would take rows from it. */
function isReader({ engine }: TableFacts): boolean {
  return /^(?:View|Distributed|Merge|Dictionary)$/.test(engine);
}
