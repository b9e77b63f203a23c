import type { Client } from "pg";
import type { EngineError } from "../../model/effects.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import type { BrokenQuery, Cell } from "../../model/report.ts";
import { bareName } from "../../model/schema.ts";
import { engineError } from "../observe/errors.ts";
import type { Binder, Value, Values } from "./bind.ts";
import { failureKind } from "./fate.ts";

type Outcome = EngineError | null;

/**
 * `execute`: every query runs and is rolled back. `plan`: on a copy with all real rows only INSERTs run (of one row, which tells a broken
 * NOT NULL); everything else is planned, which tells what the schema no longer has.
 */
export type How = "execute" | "plan";

/** A query of one or several versions, with how it went at the start. */
interface Probe {
  readonly query: Query;
  readonly values: Values;
  readonly baseline: Outcome;
  outcome: Outcome;
}

/** Sets of values tried before a failure that may be the values' own counts. */
const TRIES = 4;
const PATIENCE = "5s";

/**
 * The compatibility matrix: every query of every live version, executed against the schema after each statement and rolled back. The
 * same SQL of several versions runs once.
 */
export class Matrix {
  readonly #client: Client;
  readonly #environment: string;
  readonly #how: How;
  readonly #versions: readonly LiveVersion[];
  readonly #probes: ReadonlyMap<string, Probe>;
  readonly cells: Cell[] = [];
  readonly #brokenSince = new Map<string, string>();
  #everything = false;

  private constructor(client: Client, environment: string, versions: readonly LiveVersion[], probes: ReadonlyMap<string, Probe>, how: How) {
    this.#client = client;
    this.#how = how;
    this.#environment = environment;
    this.#versions = versions;
    this.#probes = probes;
  }

  /** Runs everything once against the schema before, which fills the cells of `start`. */
  static async start(
    client: Client,
    binder: Binder,
    environment: string,
    versions: readonly LiveVersion[],
    how: How = "execute",
  ): Promise<Matrix> {
    await client.query(`SET statement_timeout = '${PATIENCE}'`);
    const probes = new Map<string, Probe>();
    for (const query of versions.flatMap((version) => version.queries)) {
      const key = keyOf(query);
      if (probes.has(key) || !isRun(query)) continue;
      const values = await binder.bind(query);
      const baseline = await outcomeOf(client, query, values, how);
      probes.set(key, { query, values, baseline, outcome: baseline });
    }
    const matrix = new Matrix(client, environment, versions, probes, how);
    matrix.#everything = await hasHiddenPaths(client);
    matrix.cells.push(...versions.map((version) => matrix.#cell(version, "start")));
    return matrix;
  }

  /**
   * The cells after a statement.
   *
   * @param touched tables that it took a lock on, under the names before it; null: anything may have changed. A query that names none of
   *   them meets the same schema as before.
   */
  async after(step: string, touched: readonly string[] | null): Promise<void> {
    const names = touched?.map((name) => bareName(name).toLowerCase()) ?? null;
    for (const probe of this.#probes.values()) {
      const sql = probe.query.sql.toLowerCase();
      if (names !== null && !this.#everything && probe.outcome === null && !names.some((name) => sql.includes(name))) continue;
      probe.outcome = await outcomeOf(this.#client, probe.query, probe.values, this.#how);
    }
    if (!this.#everything) this.#everything = await hasHiddenPaths(this.#client);
    this.cells.push(...this.#versions.map((version) => this.#cell(version, step)));
    for (const signature of this.#brokenNow()) if (!this.#brokenSince.has(signature)) this.#brokenSince.set(signature, step);
  }

  /** The statement since which a query fails, by `<version>#<position>#<sqlstate>`. */
  get brokenSince(): ReadonlyMap<string, string> {
    return this.#brokenSince;
  }

  #brokenNow(): string[] {
    return this.#versions.flatMap((version) =>
      version.queries.flatMap((query, i) => {
        const probe = this.#probes.get(keyOf(query));
        return probe !== undefined && this.#isBroken(probe) ? [`${version.name}#${i}#${probe.outcome?.sqlstate ?? ""}`] : [];
      }),
    );
  }

  /** The statement left the schema as it was at an earlier step. */
  same(step: string, as: string): void {
    for (const cell of this.cells.filter((cell) => cell.step === as)) this.cells.push({ ...cell, step });
  }

  /** What was found for a step did not last: the statement was rolled back. */
  revise(step: string, as: string): void {
    const kept = this.cells.filter((cell) => cell.step !== step);
    this.cells.splice(0, this.cells.length, ...kept);
    this.same(step, as);
  }

  /** The schema at this step was never reached. */
  unknown(step: string): void {
    for (const version of this.#versions) {
      this.cells.push({
        environment: this.#environment,
        version: version.name,
        step,
        queries: version.queries.length,
        unknown: version.queries.length,
        broken: [],
      });
    }
  }

  #cell(version: LiveVersion, name: string): Cell {
    const broken: BrokenQuery[] = [];
    let unknown = 0;
    for (const query of version.queries) {
      const probe = this.#probes.get(keyOf(query));
      if (probe === undefined) {
        if (!isHarmless(query)) unknown++;
        continue;
      }
      const { outcome } = name === "start" ? { outcome: probe.baseline } : probe;
      if (outcome === null) continue;
      const structural = failureKind(outcome) === "broken";
      if (name === "start") {
        if (structural) broken.push({ ...brokenQuery(probe), origin: query.origin, use: query.use });
        else if (failureKind(outcome) === "server") unknown++;
      } else if (this.#isBroken(probe)) broken.push({ ...brokenQuery(probe), origin: query.origin, use: query.use });
      else if (!isBaseline(probe) && outcome.sqlstate !== probe.baseline?.sqlstate) unknown++;
    }
    return { environment: this.#environment, version: version.name, step: name, queries: version.queries.length, unknown, broken };
  }

  #isBroken(probe: Probe): boolean {
    return probe.outcome !== null && failureKind(probe.outcome) === "broken" && !isBaseline(probe);
  }
}

/** It could not work before the migrations either: reported at the start and not held against later steps. */
function isBaseline(probe: Probe): boolean {
  return probe.baseline !== null && failureKind(probe.baseline) === "broken";
}

function brokenQuery(probe: Probe): BrokenQuery {
  const error = probe.outcome ?? probe.baseline;
  return {
    query: probe.query.sql,
    origin: probe.query.origin,
    sqlstate: error?.sqlstate ?? "",
    error: error?.message ?? "",
    from: "rehearsed",
    use: probe.query.use,
  };
}

/** The first set of values that works decides; else the failure that says most about the query. */
async function outcomeOf(client: Client, query: Query, values: Values, how: How): Promise<Outcome> {
  let worst: Outcome = null;
  for (const set of values.slice(0, TRIES)) {
    const outcome = await execute(client, query, set, how);
    if (outcome === null || failureKind(outcome) === "broken") return outcome;
    worst = outcome;
  }
  return worst;
}

async function execute(client: Client, query: Query, values: readonly Value[], how: How): Promise<Outcome> {
  const planned = how === "plan" && query.verb !== "insert";
  const config = {
    text: planned ? `EXPLAIN ${query.sql}` : query.sql,
    values: values.map((value) => (Array.isArray(value) ? [...value] : value)),
  };
  const rolledBack = query.verb !== "select" && !planned;
  try {
    if (rolledBack) await client.query("BEGIN");
    await client.query(config);
    return null;
  } catch (error) {
    return engineError(error);
  } finally {
    if (rolledBack) await client.query("ROLLBACK");
  }
}

function keyOf(query: Query): string {
  return `${query.sql}\0${query.params.map((param) => `${param.column ?? ""}${param.null ? "?" : ""}`).join(",")}`;
}

/** Transaction control and settings do not depend on the schema. */
export function isHarmless(query: Pick<Query, "sql">): boolean {
  return /^\s*(?:begin|start|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate|listen|unlisten|notify|fetch|close)\b/i.test(
    query.sql,
  );
}

/** Only what can be rolled back without a doubt is executed. */
export function isRun(query: Query): boolean {
  return query.verb !== "other" && !isHarmless(query);
}

/** Triggers, rules and policies reach tables that a query does not name. */
async function hasHiddenPaths(client: Client): Promise<boolean> {
  const result = await client.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE NOT tgisinternal)
    OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND (c.relkind = 'v' OR r.rulename <> '_RETURN'))
    OR EXISTS (SELECT FROM pg_catalog.pg_policy)
    OR EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
      WHERE l.lanname IN ('sql', 'plpgsql') AND n.nspname NOT IN ('pg_catalog', 'information_schema')) AS found`);
  return result.rows[0]?.found ?? true;
}
