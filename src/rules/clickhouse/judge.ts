import type { Cluster } from "../../model/clickhouse/cluster.ts";
import type { SilentCorruption } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { Environment, Thresholds } from "../../model/environment.ts";
import type { VersionBreak } from "../../model/judged.ts";
import type { LiveVersion } from "../../model/query.ts";
import type { Finding } from "../../model/report.ts";
import { findingOf, inOrder, withoutSuperseded, worseOf, type Raised } from "../findings.ts";
import { OTHER_FINDINGS, RULES } from "../index.ts";
import { baselineFindings, type Judgement } from "../judge.ts";
import { NO_POLICY, withPolicy, type RulePolicy } from "../policy.ts";
import { Suppressions } from "../suppress.ts";
import { groupBy } from "../words.ts";
import { createClickHouseContext } from "./context.ts";
import { NO_FACTS, type Facts } from "./facts.ts";
import { graphsOf } from "./graph.ts";
import { CLICKHOUSE_FINDINGS, CLICKHOUSE_RULES } from "./index.ts";
import type { ClickHouseContext, ClickHouseHazard, ClickHouseJudgedMigration, ClickHouseRule } from "./rule.ts";
import { SHARED_RULES } from "./shared.ts";
import { untold } from "./untold.ts";
import { preCheck } from "./words.ts";
import type { WorkloadQuery } from "./workload.ts";

/** One environment with the ClickHouse statements that are judged in it. */
export interface JudgedClickHouse {
  readonly environment: Environment;
  readonly version: string;
  readonly versions: readonly LiveVersion[];
  readonly releases: readonly (readonly ClickHouseJudged[])[];
  readonly baseline?: readonly VersionBreak[];
  readonly cluster?: Cluster | null;
  readonly workload?: ReadonlyMap<string, readonly WorkloadQuery[]> | null;
  /** What the releases on record say of what a change takes away. */
  readonly staged?: ClickHouseContext["staged"] | undefined;
  readonly rehearsedOn?: string | null;
  /** Where a rehearsal contradicts the prediction of a statement, in words. */
  readonly disagreements?: (statement: ClickHouseJudged) => readonly string[];
}

/** Runs all rules over all environments. The same hazard in two environments is one finding with the worse severity. */
export function judgeClickHouseEnvironments(
  environments: readonly JudgedClickHouse[],
  thresholds: Thresholds,
  facts: Facts = NO_FACTS,
  policy: RulePolicy = NO_POLICY,
): Judgement {
  const suppressions = new Suppressions();
  const merged = new Map<string, Finding>();
  const order = new Map<string, number>();
  for (const judged of environments) {
    const { environment, version, versions } = judged;
    const graph = graphsOf(judged.releases.flat());
    for (const release of judged.releases) {
      const context = createClickHouseContext({
        environment,
        version,
        versions,
        thresholds,
        release,
        facts,
        cluster: judged.cluster ?? null,
        workload: judged.workload ?? null,
        rehearsedOn: judged.rehearsedOn ?? null,
        staged: judged.staged,
        graph,
      });
      for (const [migration, statements] of groupBy(release, (one) => one.migration)) {
        const whole: ClickHouseJudgedMigration = { migration, statements };
        if (!order.has(migration.id)) order.set(migration.id, order.size);
        suppressions.add(whole);
        for (const raised of withoutSuperseded(hazardsOf(whole, context, judged.disagreements))) {
          if (policy.rules[raised.rule] === "off") continue;
          if (suppressions.covers(raised.rule, raised.hazard, whole, raised.wholeMigration)) continue;
          const finding = findingOf(raised, whole, environment.name);
          const key = [finding.rule, finding.migration, finding.statement, raised.hazard.about ?? ""].join("\n");
          const known = merged.get(key);
          merged.set(key, known === undefined ? finding : worseOf(known, finding));
        }
      }
    }
    for (const finding of baselineFindings(judged)) {
      if (policy.rules[finding.rule] === "off") continue;
      const key = `${finding.rule}\n${finding.message}`;
      const known = merged.get(key);
      merged.set(key, known === undefined ? finding : worseOf(known, finding));
    }
  }
  const ids = [
    ...new Set([...CLICKHOUSE_RULES, ...RULES].map((rule) => rule.id)),
    ...Object.keys({ ...OTHER_FINDINGS, ...CLICKHOUSE_FINDINGS }),
  ];
  const hygiene = suppressions.findings(
    environments.map(({ environment }) => environment.name),
    ids,
    ids.filter((id) => policy.rules[id] === "off"),
  );
  return {
    findings: inOrder(withPolicy([...merged.values(), ...hygiene], policy), order),
    suppressions: suppressions.records(),
  };
}

const ALL: readonly ClickHouseRule[] = [...SHARED_RULES, ...CLICKHOUSE_RULES];

function hazardsOf(
  migration: ClickHouseJudgedMigration,
  context: ClickHouseContext,
  disagreements: JudgedClickHouse["disagreements"],
): readonly Raised[] {
  const raised: Raised[] = [];
  for (const rule of ALL) {
    for (const hazard of rule.checkMigration?.(migration, context) ?? []) raised.push({ rule: rule.id, hazard, wholeMigration: true });
  }
  for (const statement of migration.statements) {
    const { index } = statement.statement;
    const own: Raised[] = [];
    const covered: SilentCorruption[] = [];
    for (const rule of rulesFor(statement)) {
      for (const hazard of rule.check?.(statement, context) ?? []) {
        own.push({
          rule: rule.id,
          hazard: { ...hazard, evidence: withPreChecks(hazard, context), statement: index },
          wholeMigration: false,
        });
        covered.push(...(hazard.covers ?? []));
      }
    }
    for (const hazard of untold(statement, context, covered))
      own.push({ rule: "silent-corruption", hazard: { ...hazard, statement: index }, wholeMigration: false });
    const differences = disagreements?.(statement) ?? [];
    if (differences.length > 0)
      own.push({
        rule: "witness-disagreement",
        hazard: {
          severity: "error",
          statement: index,
          message: `prediction and rehearsal disagree: ${differences.join("; ")}`,
          why: "one of the two witnesses is wrong, so neither may be trusted for this statement",
          help: "judge it by the rehearsal, and please report the statement: a wrong prediction is a defect of tread",
          evidence: differences.map((text) => ({ kind: "error", text, from: "rehearsed", value: null })),
        },
        wholeMigration: false,
      });
    raised.push(...own);
  }
  return raised;
}

/** Every query that decides something a hazard tells of stands in its evidence, with the answer where there is one. */
function withPreChecks({ evidence, covers = [] }: ClickHouseHazard, context: ClickHouseContext): ClickHouseHazard["evidence"] {
  const asked = new Set(evidence.map(({ value }) => value));
  const more = [...new Set(covers.map(({ decidedBy }) => decidedBy))].flatMap((query) => {
    if (query === null || asked.has(query)) return [];
    const decision = context.decide(query);
    return [preCheck(query), ...(decision.kind === "confirmed" ? [decision.evidence] : [])];
  });
  return more.length === 0 ? evidence : [...evidence, ...more];
}

// By the kinds of change in a statement: most rules are about something else.
const chosen = new Map<string, readonly ClickHouseRule[]>();

function rulesFor({ statement }: ClickHouseJudged): readonly ClickHouseRule[] {
  const kinds = new Set(statement.changes.map(({ kind }) => kind));
  const key = [...kinds].sort().join(" ");
  let own = chosen.get(key);
  if (own === undefined) {
    own = ALL.filter(({ check, kinds: wanted }) => check !== undefined && (wanted === undefined || wanted.some((kind) => kinds.has(kind))));
    chosen.set(key, own);
  }
  return own;
}
