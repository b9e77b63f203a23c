import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import type { Cluster } from "../../model/clickhouse/cluster.ts";
import { silentOf, type ClickHouseEffects } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import { profileWitness, type Environment, type TableScale, type Thresholds } from "../../model/environment.ts";
import type { LiveVersion } from "../../model/query.ts";
import type { Evidence } from "../../model/report.ts";
import { breakEvidence } from "../evidence.ts";
import { bothWitnesses } from "./both-witnesses.ts";
import type { Facts } from "./facts.ts";
import type { Graph } from "./graph.ts";
import type { ClickHouseContext, ClickHouseSize, Decision } from "./rule.ts";
import { bytes, counted, named, rowsOf } from "./words.ts";
import type { WorkloadQuery } from "./workload.ts";

/** Everything the questions are answered from: one release in one environment. */
export interface ClickHouseContextInput {
  readonly environment: Environment;
  readonly version: string;
  readonly thresholds: Thresholds;
  readonly release: readonly ClickHouseJudged[];
  readonly versions: readonly LiveVersion[];
  readonly facts: Facts;
  readonly cluster: Cluster | null;
  /** By table; null where no workload is known at all. */
  readonly workload: ReadonlyMap<string, readonly WorkloadQuery[]> | null;
  /** `ClickHouse 26.7.2.1`, when the release was rehearsed in this environment. */
  readonly rehearsedOn: string | null;
  readonly staged?: ClickHouseContext["staged"] | undefined;
  /** Of all releases of the environment: who refers to whom is gathered once. */
  readonly graph: (state: ClickHouseState) => Graph;
}

export function createClickHouseContext(input: ClickHouseContextInput): ClickHouseContext {
  const { environment, release, thresholds } = input;
  const migrations = new Set(release.map(({ migration }) => migration.id));
  const positions = new Map(release.map((judged, at) => [judged, at]));
  const sizes = new Map<string, ClickHouseSize>();
  const oldNames = renames(release);
  const known = new WeakMap<ClickHouseJudged, ClickHouseEffects>();
  const effects = (judged: ClickHouseJudged): ClickHouseEffects => {
    const found = known.get(judged) ?? bothWitnesses(judged);
    known.set(judged, found);
    return found;
  };
  const alone = new WeakMap<ClickHouseChange, ClickHouseEffects>();

  function decide(query: string | null): Decision {
    const answer = query === null ? null : input.facts.answer(query);
    if (answer === null) return { kind: "open" };
    if (answer.rows === 0) return { kind: "cleared" };
    const where = answer.hosts.length === 0 ? "" : ` on ${answer.hosts.join(", ")}`;
    const when = answer.at === null ? "" : `, asked on ${answer.at.slice(0, 10)}`;
    const evidence: Evidence = {
      kind: "rows",
      text: `${rowsOf(answer.rows)} counted${where}`,
      from: "fact",
      value: { rows: answer.rows, hosts: answer.hosts, at: answer.at },
      witness: `${answer.file}${when}`,
    };
    return { kind: "confirmed", rows: answer.rows, evidence };
  }

  function size(table: string): ClickHouseSize {
    const known = sizes.get(table);
    if (known !== undefined) return known;
    const found = sizeFrom(environment, oldNames.get(table) ?? table, thresholds);
    sizes.set(table, found);
    return found;
  }

  return {
    environment,
    version: input.version,
    thresholds,
    release,
    liveVersions: input.versions.filter(({ onRecord }) => onRecord !== false).map(({ name }) => name),
    cluster: input.cluster,
    workloadKnown: input.workload !== null,
    end: release.at(-1)?.after ?? null,
    existedBefore(judged, table) {
      const known = judged.before.tables.get(table);
      // A table that an incomplete schema does not know was there before tread came.
      if (known === undefined) return !judged.before.complete;
      return known.origin.migration === null || !migrations.has(known.origin.migration);
    },
    table: (judged, table) => judged.before.tables.get(table) ?? null,
    column: (judged, table, column) => judged.before.tables.get(table)?.columns.find(({ name }) => name === column) ?? null,
    graph: input.graph,
    atLeast: (version) => isAtLeast(input.version, version),
    effects,
    effectsOf(judged, change) {
      if (judged.alone === undefined || judged.observed !== null) return effects(judged);
      let known = alone.get(change);
      if (known === undefined) {
        known = judged.alone(change);
        // What cannot stand alone (it needs what another command makes) is judged with the rest.
        if (known.error !== null && effects(judged).error === null) known = effects(judged);
        alone.set(change, known);
      }
      return known;
    },
    silents: (judged) => silentOf(effects(judged)).filter(({ decidedBy }) => decide(decidedBy).kind !== "cleared"),
    decide,
    breaks: ({ breaks }) => breaks,
    staged: (judged, change) => input.staged?.(judged, change) ?? null,
    size,
    queriesOn: (table) => input.workload?.get(table) ?? [],
    earlier: (judged) => release.slice(0, Math.max(positions.get(judged) ?? 0, 0)),
    later: (judged) => release.slice((positions.get(judged) ?? release.length) + 1),
    evidence: (judged) => effectEvidence(judged, effects(judged), input.rehearsedOn),
    sizeEvidence: (table) => sizeEvidence(environment.name, table, size(table)),
    breakEvidence,
  };
}

/** Over the first two numbers: `25.8.14.1` is of the series 25.8. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  const [major, minor] = [(a?.[0] ?? 0) - (b?.[0] ?? 0), (a?.[1] ?? 0) - (b?.[1] ?? 0)];
  return major > 0 || (major === 0 && minor >= 0);
}

/** The largest replica's entry: that is what one server has to do. */
function sizeFrom(environment: Environment, table: string, thresholds: Thresholds): ClickHouseSize {
  const nothing = {
    rows: null,
    bytes: null,
    parts: null,
    wideParts: null,
    compactParts: null,
    freeBytes: null,
    columns: new Map<string, never>(),
  };
  for (const profile of environment.profiles) {
    if (profile.server.engine !== "clickhouse") continue;
    const entries = profile.tables.filter((entry) => entry.table === table);
    const largest = entries.reduce<TableScale | null>((best, entry) => ((entry.bytes ?? 0) >= (best?.bytes ?? -1) ? entry : best), null);
    if (largest === null) continue;
    const { rows, bytes: onDisk, parts = null, wideParts = null, compactParts = null, freeBytes = null } = largest;
    return {
      kind: rows === null ? "unknown" : rows >= thresholds.largeRows ? "large" : "small",
      rows,
      bytes: onDisk,
      parts,
      wideParts,
      compactParts,
      freeBytes,
      columns: new Map(
        largest.columns.map(({ column, compressedBytes = null, distinct }) => [column, { compressedBytes, distinct }] as const),
      ),
      witness: profileWitness(profile),
    };
  }
  if (environment.assume === "small") return { kind: "small", ...nothing, witness: "assumed small (`assume: small`)" };
  return { kind: "unknown", ...nothing, witness: "size unknown, taken as large" };
}

function sizeEvidence(environment: string, table: string, size: ClickHouseSize): Evidence {
  if (size.rows === null)
    return {
      kind: "rows",
      text: `${environment}: ${named(table)}: ${size.witness}`,
      from: "static",
      value: { environment, table, rows: null },
    };
  const parts = [
    ...(size.bytes === null ? [] : [bytes(size.bytes)]),
    ...(size.wideParts === null ? [] : [counted(size.wideParts, "wide part")]),
    ...(size.compactParts === null ? [] : [counted(size.compactParts, "compact part")]),
  ];
  return {
    kind: "rows",
    text: `${environment}: ${rowsOf(size.rows)} in ${named(table)} on its largest replica${parts.length === 0 ? "" : ` (${parts.join(", ")})`}, ${size.witness}`,
    from: "scale-profile",
    value: { environment, table, rows: size.rows, bytes: size.bytes },
  };
}

function effectEvidence(judged: ClickHouseJudged, effects: ClickHouseEffects, rehearsedOn: string | null): readonly Evidence[] {
  const seen = judged.observed !== null;
  const from = seen ? "rehearsed" : "static";
  if (effects.error !== null)
    return [
      {
        kind: "error",
        text: `code ${effects.error.code}: ${effects.error.message}${seen && rehearsedOn !== null ? ` (${rehearsedOn})` : ""}`,
        from,
        value: effects.error,
      },
    ];
  if (effects.class !== "mutation" && effects.class !== "rebuild") return [];
  const { columns, parts, bytesWritten } = effects;
  const what = [
    effects.class === "mutation" ? "mutation" : "at once",
    ...(columns.length === 0 ? [] : [`writes ${columns.length > 6 ? counted(columns.length, "column") : columns.join(", ")}`]),
    ...(parts === null || parts === 0 ? [] : [counted(parts, "part")]),
    ...(bytesWritten === null || bytesWritten === 0 ? [] : [`${bytes(bytesWritten)} per replica`]),
  ];
  return [
    { kind: "rewrite", text: what.join(", "), from: seen ? "rehearsed" : bytesWritten === null ? "static" : "estimate", value: effects },
  ];
}

/** New name → name at the start of the release: scale profiles were collected before it. */
function renames(release: readonly ClickHouseJudged[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { statement } of release) {
    for (const change of statement.changes) {
      if (change.kind === "rename-table") names.set(change.to, names.get(change.name) ?? change.name);
      if (change.kind === "exchange-tables") {
        const [a, b] = [names.get(change.name) ?? change.name, names.get(change.with) ?? change.with];
        names.set(change.name, b).set(change.with, a);
      }
    }
  }
  return names;
}
