import { applyClickHouse, emptyClickHouseState, withFreshSession } from "../../src/model/clickhouse/apply/index.ts";
import { silentOf, type ClickHouseEffects } from "../../src/model/clickhouse/effects.ts";
import type { ClickHouseState } from "../../src/model/clickhouse/schema.ts";
import type { ClickHouseEngine } from "../../src/engines/clickhouse/engine.ts";
import type { EmbeddedClickHouse } from "../../src/engines/clickhouse/embedded/index.ts";
import { observe, type Observed } from "./observe.ts";
import type { Case } from "./cases.ts";

export interface Verdict {
  readonly case: Case;
  readonly predicted: ClickHouseEffects | null;
  readonly observed: Observed | null;
  /** In words; empty where both agree. */
  readonly differences: readonly string[];
}

const SPAN = { file: "case.sql", line: 1, column: 1, endLine: 1, endColumn: 1 };

/** The prediction from the text of the case alone. */
export function predictCase(engine: ClickHouseEngine, one: Case, version = "26.7"): ClickHouseEffects {
  let state: ClickHouseState = withFreshSession(emptyClickHouseState());
  const step = (sql: string): ReturnType<ClickHouseEngine["changes"]> => {
    const raws = engine.read({ kind: "sql", sql, span: SPAN, verbatim: false, operation: null, reverse: "unknown", suppressions: [] });
    return raws.flatMap((raw) => {
      if (raw.opaque !== null) throw new Error(`${raw.opaque}: ${sql.slice(0, 100)}`);
      return engine.changes(raw, state, { database: "app" });
    });
  };
  const written = new Set<string>();
  for (const sql of ["CREATE DATABASE app", ...one.setup]) {
    for (const change of step(sql)) {
      if (change.kind === "insert") written.add(change.table);
      state = applyClickHouse(change, state, { migration: "0001_setup" });
    }
  }
  // The probe has run once when the statement comes.
  if (one.probe !== null) for (const change of step(one.probe.insert)) if (change.kind === "insert") written.add(change.table);
  return engine.predict(step(one.statement), state, { version, isEmpty: (table) => !written.has(table) && !fed(table, written, state) });
}

/** Rows arrive through views and Distributed tables as well. */
function fed(table: string, written: ReadonlySet<string>, state: ClickHouseState): boolean {
  return [...state.tables.values()].some(
    (t) =>
      (t.target === table && t.select?.reads.some((r) => written.has(r.table)) === true) ||
      (t.forwards?.table === table && written.has(t.name)) ||
      (t.name === table && t.inner),
  );
}

export async function judge(clickhouse: ClickHouseEngine, server: EmbeddedClickHouse, one: Case): Promise<Verdict> {
  const predicted = predictCase(clickhouse, one);
  const silents = silentOf(predicted);
  const deciding = silents.flatMap((s) => (s.decidedBy === null ? [] : [s.decidedBy]));
  const observed = await observe(server, one, deciding);
  return { case: one, predicted, observed, differences: compare(one.statement, predicted, observed) };
}

function compare(statement: string, predicted: ClickHouseEffects, observed: Observed): string[] {
  const differences: string[] = [];
  const expected = predicted.class === "at-merge" ? "metadata" : predicted.class;
  if (expected !== observed.class)
    differences.push(`class: predicted ${predicted.class}, observed ${observed.class} ${observed.code ?? ""}`);
  if ((predicted.error?.code ?? null) !== observed.code) {
    differences.push(`error: predicted ${predicted.error?.code ?? "none"}, observed ${observed.code ?? "none"} (${observed.detail})`);
  }
  if (
    observed.class === "mutation" &&
    !/^UPDATE\b/i.test(statement) &&
    observed.columns !== null &&
    observed.silent !== "unreadable" &&
    expected === "mutation"
  ) {
    if (predicted.columns.join() !== observed.columns.join()) {
      differences.push(`columns: predicted ${predicted.columns.join() || "none"}, observed ${observed.columns.join() || "none"}`);
    }
  }
  if (observed.class === "refused") return differences;
  const failed = observed.decided.filter((d) => typeof d === "string" || Number.isNaN(d));
  for (const f of failed) differences.push(`a deciding query fails: ${String(f).slice(0, 200)}`);
  let next = 0;
  const hits = silentOf(predicted).filter((s) => s.decidedBy === null || Number(observed.decided[next++]) > 0);
  if (observed.silent === "unreadable" && !hits.some((s) => s.kind === "unreadable"))
    differences.push(`silent: not predicted, ${observed.detail}`);
  if (observed.silent === "changed" && !hits.some((s) => s.kind !== "unreadable"))
    differences.push(`silent: not predicted, ${observed.detail}`);
  if (observed.silent === null && hits.length > 0) {
    differences.push(
      `silent: predicted ${hits.map((h) => `${h.kind} (${h.what ?? ""}; ${h.decidedBy ?? "always"})`).join(", ")}, none observed`,
    );
  }
  return differences;
}
