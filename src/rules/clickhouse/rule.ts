import type { ClickHouseChange, ClickHouseChangeKind, ClickHouseChangeOf } from "../../model/clickhouse/change.ts";
import type { Cluster } from "../../model/clickhouse/cluster.ts";
import type { ClickHouseEffects, SilentCorruption } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged, ClickHouseParsedMigration } from "../../model/clickhouse/judged.ts";
import type { ClickHouseColumn, ClickHouseState, ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { Environment, Thresholds } from "../../model/environment.ts";
import type { VersionBreak } from "../../model/judged.ts";
import type { StagedDrop } from "../../model/release.ts";
import type { Evidence } from "../../model/report.ts";
import type { Hazard } from "../rule.ts";
import type { Graph } from "./graph.ts";
import type { WorkloadQuery } from "./workload.ts";

/**
 * A rule about ClickHouse: a pure function from one judged statement, or one migration, to hazards in words. It asks the context
 * questions; it never walks a syntax tree and never touches a server, a clock or a file. One file per rule, named by its id, with
 * `<id>.md` and `<id>.cases.sql` beside it; registered by one line in `rules/clickhouse/index.ts`.
 */
export interface ClickHouseRule {
  readonly id: string;
  /** One line: what it finds. Lower case, no full stop. */
  readonly summary: string;
  /** Statements without a change of one of these kinds are not shown to it. Absent: every statement is. */
  readonly kinds?: readonly ClickHouseChangeKind[];
  readonly check?: (statement: ClickHouseJudged, context: ClickHouseContext) => readonly ClickHouseHazard[];
  readonly checkMigration?: (migration: ClickHouseJudgedMigration, context: ClickHouseContext) => readonly ClickHouseHazard[];
}

export interface ClickHouseJudgedMigration {
  readonly migration: ClickHouseParsedMigration;
  readonly statements: readonly ClickHouseJudged[];
}

export interface ClickHouseHazard extends Hazard {
  /** Predicted damage that this hazard tells of: the general rule about damage says nothing more of it. */
  readonly covers?: readonly SilentCorruption[];
}

/** How large a table is on its largest replica, and how we know. */
export interface ClickHouseSize {
  readonly kind: "small" | "large" | "unknown";
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly parts: number | null;
  readonly wideParts: number | null;
  readonly compactParts: number | null;
  readonly freeBytes: number | null;
  /** Of the columns, where the profile has them. */
  readonly columns: ReadonlyMap<string, { readonly compressedBytes: number | null; readonly distinct: number | null }>;
  readonly witness: string;
}

/** What the answers of servers say to a query that decides a hazard. */
export type Decision =
  | { readonly kind: "open" }
  /** 0 rows: what it decides does not happen. */
  | { readonly kind: "cleared" }
  | { readonly kind: "confirmed"; readonly rows: number; readonly evidence: Evidence };

/** The questions that rules may ask. A false positive is usually a missing question: add it here, not in the rule. */
export interface ClickHouseContext {
  readonly environment: Environment;
  /** Of the servers: `26.7`. */
  readonly version: string;
  readonly thresholds: Thresholds;
  /** Statements of all migrations judged in this release, in order. */
  readonly release: readonly ClickHouseJudged[];
  /** Names of the versions that are on record as live in this environment. */
  readonly liveVersions: readonly string[];
  /** The topology, where the environment names a cluster file. */
  readonly cluster: Cluster | null;

  /** The table existed before the release under judgement: it may hold rows and be in use. */
  existedBefore(statement: ClickHouseJudged, table: string): boolean;
  /** The table as it is before the statement, or null when the schema does not tell. */
  table(statement: ClickHouseJudged, table: string): ClickHouseTable | null;
  column(statement: ClickHouseJudged, table: string, column: string): ClickHouseColumn | null;
  /** Views, Distributed tables and dictionaries around the tables of a state. */
  graph(state: ClickHouseState): Graph;
  /** The servers are of this version or newer. */
  atLeast(version: string): boolean;

  /** What it does, by the word of both witnesses: observed where it was rehearsed. */
  effects(statement: ClickHouseJudged): ClickHouseEffects;
  /** What one command of an ALTER does. */
  effectsOf(statement: ClickHouseJudged, change: ClickHouseChange): ClickHouseEffects;
  /** Damage that the server would accept without a word, as far as no answer has ruled it out. */
  silents(statement: ClickHouseJudged): readonly SilentCorruption[];
  decide(query: string | null): Decision;
  /** Live versions of this environment whose queries fail from this statement on. */
  breaks(statement: ClickHouseJudged): readonly VersionBreak[];
  /** What the releases on record say of what a change takes away; null where nothing is on record. */
  staged(statement: ClickHouseJudged, change: ClickHouseChange): StagedDrop | null;
  size(table: string): ClickHouseSize;
  /** What is asked of a table, as far as the workload and the live versions tell. */
  queriesOn(table: string): readonly WorkloadQuery[];
  /** Some workload was read: that no query of it is about a table says something. */
  readonly workloadKnown: boolean;

  earlier(statement: ClickHouseJudged): readonly ClickHouseJudged[];
  later(statement: ClickHouseJudged): readonly ClickHouseJudged[];
  /** The schema that the whole release leaves. */
  readonly end: ClickHouseState | null;

  /** The class, what is written anew and the refusal of a statement. */
  evidence(statement: ClickHouseJudged): readonly Evidence[];
  sizeEvidence(table: string): Evidence;
  breakEvidence(breaks: readonly VersionBreak[]): readonly Evidence[];
}

/** A rule about one kind of change: `change` is narrowed, so the rule needs no switch and no cast. */
export function clickHouseRuleFor<K extends ClickHouseChangeKind>(
  kinds: K | readonly K[],
  rule: {
    readonly id: string;
    readonly summary: string;
    readonly check: (
      change: ClickHouseChangeOf<K>,
      statement: ClickHouseJudged,
      context: ClickHouseContext,
    ) => ClickHouseHazard | readonly ClickHouseHazard[] | null;
  },
): ClickHouseRule {
  const own: readonly ClickHouseChangeKind[] = Array.isArray(kinds) ? (kinds as readonly K[]) : [kinds as K];
  return {
    id: rule.id,
    summary: rule.summary,
    kinds: own,
    check(statement, context) {
      const hazards: ClickHouseHazard[] = [];
      for (const change of statement.statement.changes) {
        if (!own.includes(change.kind)) continue;
        const found = rule.check(change as ClickHouseChangeOf<K>, statement, context);
        if (found !== null) hazards.push(...(Array.isArray(found) ? (found as readonly ClickHouseHazard[]) : [found as ClickHouseHazard]));
      }
      return hazards;
    },
  };
}

/** The changes of one kind in a statement: an ALTER TABLE may hold several. */
export function clickHouseChanges<K extends ClickHouseChangeKind>(
  statement: ClickHouseJudged,
  ...kinds: readonly K[]
): readonly ClickHouseChangeOf<K>[] {
  return statement.statement.changes.filter((change): change is ClickHouseChangeOf<K> =>
    (kinds as readonly ClickHouseChangeKind[]).includes(change.kind),
  );
}
