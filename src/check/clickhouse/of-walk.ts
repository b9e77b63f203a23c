import type { ClickHouseTarget } from "../../engines/clickhouse/introspect/index.ts";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import type { ClusterPlan, ClusterStep, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import { emptyClickHouseState } from "../../model/clickhouse/apply/index.ts";
import type { Migration, SqlStep, Suppression } from "../../model/migration.ts";
import type { Finding, Report } from "../../model/report.ts";
import { forDatabase, type LoadedSources } from "../load-sources.ts";
import type { CheckOptions } from "../options.ts";
import { atLeast } from "../verdict.ts";
import { checkClickHouse } from "./index.ts";

/** What a check says about the statements that a walk sends. */
export interface WalkVerdict {
  /** At or above `policy.failOn`, once each. `statement` counts within the migration as it is written. */
  readonly findings: readonly Finding[];
  /** Why nothing can be said of something; empty: everything was understood. */
  readonly unknown: readonly string[];
  /** Hosts on whose schema it was judged, one of those that run the same statements. */
  readonly hosts: readonly string[];
}

/**
 * Rules about a precaution that the walk takes: it follows mutations on every replica itself, and asks for an empty queue before what
 * a queue may hold goes. They stay findings for whoever runs the same files with another tool.
 */
const TAKEN_BY_THE_WALK: ReadonlySet<string> = new Set(["sync-level", "on-cluster", "distributed-queue-lost", "swap-per-host"]);

/** About values that lie in parts: judged where the rows are, and not again for every table that passes them on. */
const ABOUT_STORED_VALUES: ReadonlySet<string> = new Set([
  "narrowing-wraps",
  "nullable-to-plain",
  "nulls-become-default",
  "precision-lost",
  "unparsable-values",
  "value-out-of-range",
  "same-bytes-other-meaning",
  "enum-renumbered",
  "enum-value-removed",
  "column-dropped",
  "drop-and-add-column",
  "silent-corruption",
]);
/** What a rename takes away has been carried over by the steps before; its constraint is for new inserts only, and goes with the old name. */
const CARRIED_OVER: ReadonlySet<string> = new Set(["column-dropped", "silent-corruption", "constraint-old-rows"]);

interface Sent {
  readonly phase: ClusterStep["phase"];
  readonly role: ClusterStep["role"];
  readonly sql: string;
  readonly database: string | null;
  readonly migration: string;
  readonly statement: number;
  readonly line: number;
}

/**
 * Judges what is really sent: the statements of the plan in their order, on the schema of a host that runs them. Who is around a table
 * is in the plan already, so a migration that names one table of a chain is not blamed for the others.
 * @throws DatabaseTrouble when a host stops answering, ConfigError
 */
export async function judgeWalk(
  plan: ClusterPlan,
  targets: ReadonlyMap<string, ClickHouseTarget>,
  asked: CheckOptions,
  sources: LoadedSources,
  version: string,
): Promise<WalkVerdict> {
  const written = new Map(forDatabase(sources, "clickhouse").migrations.map((migration) => [migration.id, migration]));
  const pending = plan.migrations.flatMap(({ id }) => written.get(id) ?? []);
  const statements = await statementsOf(pending);
  const findings = new Map<string, Finding>();
  const unknown = new Set<string>();
  const hosts: string[] = [];
  const judged = new Set<string>();
  for (const { name } of plan.hosts) {
    const target = targets.get(name);
    const sent = sentTo(plan, name, pending[0]?.id ?? "");
    // Hosts that run the same on tables of the same columns are judged once.
    const before = plan.before.filter(({ host }) => host === name).map(({ object, columns }) => [object, columns]);
    const key = JSON.stringify([sent.map(({ sql }) => sql), before]);
    if (target === undefined || sent.length === 0 || judged.has(key)) continue;
    judged.add(key);
    hosts.push(name);
    const report = await judgeHost(
      pending,
      sent,
      statements,
      { ...target, database: sent[0]?.database ?? target.database },
      asked,
      sources,
      version,
    );
    for (const reason of doubtsOf(report)) unknown.add(`${name}: ${reason}`);
    for (const finding of report.findings) {
      if (TAKEN_BY_THE_WALK.has(finding.rule) || !atLeast(finding.severity, asked.config.policy.failOn)) continue;
      // The plan alters the Buffer too, which flushes it: before what goes, and after what it needs behind it.
      if (finding.rule === "buffer-drops-column" && plan.steps.some(({ role }) => role === "buffer")) continue;
      const from = sent.filter(({ migration }) => migration === finding.migration)[finding.statement ?? -1];
      if (from !== undefined && answeredByTheWalk(finding, from, statements)) continue;
      const own = from === undefined ? finding : { ...finding, statement: from.statement };
      findings.set(`${own.rule}\0${own.migration ?? ""}\0${own.statement ?? ""}\0${own.message}`, own);
    }
  }
  return { findings: [...findings.values()], unknown: [...unknown], hosts };
}

function sentTo({ steps }: ClusterPlan, host: string, first: string): readonly Sent[] {
  let last: { migration: string; statement: number; line: number } = { migration: first, statement: 0, line: 1 };
  // What stands behind an undo window is agreed to when somebody ends it.
  const window = steps.find(({ action }) => action.kind === "undo-window")?.number ?? Number.POSITIVE_INFINITY;
  const sent = steps.flatMap(({ number, action, from, phase, role }): readonly Sent[] => {
    if (number > window) return [];
    if (from !== null) last = { migration: from.migration, statement: from.statement, line: from.line };
    if (action.kind !== "statement") return [];
    const runs = action.runs.filter(({ seenOn }: StepRun) => seenOn.includes(host));
    return runs.map(({ sql, database }) => ({ sql, database, phase, role, ...last }));
  });
  // A type that changes in place differs between the shards and what stands before them until the last step of the change: judged as it is
  // then, so that a wider type is not taken for one that is cast back to the narrow one.
  const change = (one: Sent): string | null => (one.phase === "change" ? `${one.migration}#${one.statement}` : null);
  const ordered: Sent[] = [];
  let run: Sent[] = [];
  let key: string | null = null;
  const close = (): void => {
    ordered.push(...run.filter(passesOn), ...run.filter((one) => !passesOn(one)));
    run = [];
  };
  for (const one of sent) {
    if (change(one) === null || change(one) !== key) close();
    key = change(one);
    run.push(one);
  }
  close();
  return ordered;
}

function passesOn({ role }: Sent): boolean {
  return role === "read" || role === "write" || role === "buffer";
}

/** The plan does the very thing that the finding asks for, or the finding stands where the rows are too. */
function answeredByTheWalk({ rule }: Finding, sent: Sent, statements: ReadonlyMap<string, Written>): boolean {
  const { role, phase } = sent;
  if (ABOUT_STORED_VALUES.has(rule) && (passesOn(sent) || (role === "view" && phase === "contract"))) return true;
  // Whoever sent the column stops before the shards lose it: the plan asks every catalogue for that.
  if (rule === "silent-corruption" && phase === "contract") return true;
  return CARRIED_OVER.has(rule) && phase === "contract" && statements.get(`${sent.migration}#${sent.statement}`)?.renames === true;
}

/** A statement as the migration has it. */
interface Written {
  /** What comments in the file silence. */
  readonly suppressions: readonly Suppression[];
  readonly renames: boolean;
}

async function statementsOf(migrations: readonly Migration[]): Promise<ReadonlyMap<string, Written>> {
  const engine = await loadClickHouse();
  const found = new Map<string, Written>();
  for (const { id, steps } of migrations) {
    let at = 0;
    for (const step of steps)
      if (step.kind === "sql")
        for (const raw of engine.read(step)) {
          const changes = engine.changes(raw, emptyClickHouseState(), { database: "default" });
          found.set(`${id}#${at++}`, { suppressions: raw.suppressions, renames: changes.some(({ kind }) => kind === "rename-column") });
        }
  }
  return found;
}

async function judgeHost(
  pending: readonly Migration[],
  sent: readonly Sent[],
  statements: ReadonlyMap<string, Written>,
  target: ClickHouseTarget,
  asked: CheckOptions,
  sources: LoadedSources,
  version: string,
): Promise<Report> {
  const migrations = pending.flatMap((migration): readonly Migration[] => {
    const steps = sent.flatMap((one): readonly SqlStep[] => {
      if (one.migration !== migration.id) return [];
      const { path } = migration;
      return [
        {
          kind: "sql",
          sql: one.sql,
          span: { file: path, line: one.line, column: 1, endLine: one.line, endColumn: 1 },
          verbatim: false,
          operation: null,
          reverse: "unknown",
          suppressions: statements.get(`${migration.id}#${one.statement}`)?.suppressions ?? [],
        },
      ];
    });
    return steps.length === 0 ? [] : [{ ...migration, steps, transaction: "none" }];
  });
  const options: CheckOptions = {
    ...asked,
    base: null,
    appliedThrough: null,
    clickhouse: target,
    config: { ...asked.config, environments: asked.config.environments.map((one) => ({ ...one, appliedThrough: null })) },
  };
  const walked: LoadedSources = {
    sources: forDatabase(sources, "clickhouse").sources.map((source) => ({
      ...source,
      config: { ...source.config, appliedThrough: null },
      migrations: migrations.filter(({ id }) => source.migrations.some((one) => one.id === id)),
    })),
    migrations,
    problems: [],
    only: new Set(migrations.map(({ id }) => id)),
  };
  return (await checkClickHouse(options, version, walked)).report;
}

function doubtsOf({ verdict, environments, problems }: Report): readonly string[] {
  const fatal = problems.filter((problem) => problem.fatal).map(({ message }) => message);
  if (fatal.length > 0) return fatal;
  return verdict === "unknown" ? environments.flatMap((one) => (one.verdict === "unknown" ? [one.reason] : [])) : [];
}
