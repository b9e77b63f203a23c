import type { Environment, Thresholds } from "../model/environment.ts";
import type { JudgedStatement, RollbackBreak, VersionBreak } from "../model/judged.ts";
import type { LiveVersion, RollbackTarget, VersionWrite } from "../model/query.ts";
import type { Finding, Report } from "../model/report.ts";
import { createContext, type ContextInput } from "./context.ts";
import { findingOf, inOrder, withoutSuperseded, worseOf, type Raised } from "./findings.ts";
import { CLICKHOUSE_FINDINGS, CLICKHOUSE_RULES } from "./clickhouse/index.ts";
import { OTHER_FINDINGS, RULES } from "./index.ts";
import { activeRules, NO_POLICY, withPolicy, type RulePolicy } from "./policy.ts";
import type { JudgedMigration, Rule } from "./rule.ts";
import { Suppressions } from "./suppress.ts";
import { counted, groupBy } from "./words.ts";
import { spellCode } from "../model/report.ts";

/** One environment with what is judged in it: predictions and live versions differ, so the statements are its own. */
export interface JudgedEnvironment {
  readonly environment: Environment;
  /** The versions that are live in it. */
  readonly versions: readonly LiveVersion[];
  /** The statements of each release under judgement, in order. */
  readonly releases: readonly (readonly JudgedStatement[])[];
  /** Queries of live versions that fail before the first step already. */
  readonly baseline?: readonly VersionBreak[];
  /** Queries of the version that is deployed next that fail when everything has run, although no statement breaks them. */
  readonly unfit?: readonly VersionBreak[];
  /** Statements whose effect on the schema is not known: one of them may have made what such a query lacks. */
  readonly schemaInDoubt?: boolean;
  /** What the versions write, for one release. */
  /** What the versions write into a table; others among them do no harm. */
  readonly writes?: (release: readonly JudgedStatement[], table: string) => readonly VersionWrite[];
  /** What a rollback of the release would deploy, and which of its queries then fail. */
  readonly rollback?: (
    release: readonly JudgedStatement[],
  ) => { readonly target: RollbackTarget; readonly breaks: readonly RollbackBreak[] } | null;
  /** Whether what a statement takes away may go, by the releases on record. */
  readonly staged?: ContextInput["staged"];
  /** `PostgreSQL 18.4`, when it was rehearsed. */
  readonly rehearsedOn?: string | null;
  /** Where a rehearsal contradicts the prediction of a statement, in words. */
  readonly disagreements?: (statement: JudgedStatement) => readonly string[];
}

export interface Judgement {
  /** In the order of migrations and statements, worst first within a statement. */
  readonly findings: readonly Finding[];
  readonly suppressions: Report["suppressions"];
}

/** Runs all rules over all environments. The same hazard in two environments is one finding with the worse severity. */
export function judge(environments: readonly JudgedEnvironment[], thresholds: Thresholds, policy: RulePolicy = NO_POLICY): Judgement {
  const rules = activeRules(policy);
  const suppressions = new Suppressions();
  const merged = new Map<string, Finding>();
  const order = new Map<string, number>();
  for (const judged of environments) {
    for (const release of judged.releases) {
      const context = createContext({
        environment: judged.environment,
        thresholds,
        release,
        versions: judged.versions,
        rehearsedOn: judged.rehearsedOn ?? null,
        writes: (table) => judged.writes?.(release, table) ?? [],
        rollback: judged.rollback?.(release) ?? null,
        staged: judged.staged,
        ...(judged.disagreements === undefined ? {} : { disagreements: judged.disagreements }),
      });
      for (const migration of byMigration(release)) {
        if (!order.has(migration.migration.id)) order.set(migration.migration.id, order.size);
        suppressions.add(migration);
        for (const raised of withoutSuperseded(hazardsOf(migration, context, rules))) {
          // Said of a rule that is off it would only come back under the name of a more general one.
          if (policy.rules[raised.rule] === "off") continue;
          if (suppressions.covers(raised.rule, raised.hazard, migration, raised.wholeMigration)) continue;
          const finding = findingOf(raised, migration, judged.environment.name);
          const key = [finding.rule, finding.migration, finding.statement, raised.hazard.about ?? ""].join("\n");
          const known = merged.get(key);
          merged.set(key, known === undefined ? finding : worseOf(known, finding));
        }
      }
    }
    for (const finding of [...baselineFindings(judged), ...unfitFindings(judged)]) {
      if (policy.rules[finding.rule] === "off") continue;
      const key = `${finding.rule}\n${finding.message}`;
      const known = merged.get(key);
      merged.set(key, known === undefined ? finding : worseOf(known, finding));
    }
  }
  const ids = [
    ...new Set([...RULES, ...CLICKHOUSE_RULES].map((rule) => rule.id)),
    ...Object.keys({ ...OTHER_FINDINGS, ...CLICKHOUSE_FINDINGS }),
  ];
  const hygiene = suppressions.findings(
    environments.map((judged) => judged.environment.name),
    ids,
    ids.filter((id) => policy.rules[id] === "off"),
  );
  return {
    findings: inOrder(withPolicy([...merged.values(), ...hygiene], policy), order),
    suppressions: suppressions.records(),
  };
}

function byMigration(release: readonly JudgedStatement[]): readonly JudgedMigration[] {
  return [...groupBy(release, (judged) => judged.migration).entries()].map(([migration, statements]) => ({ migration, statements }));
}

function hazardsOf(migration: JudgedMigration, context: ReturnType<typeof createContext>, rules: readonly Rule[]): readonly Raised[] {
  const raised: Raised[] = [];
  const { database } = migration.migration;
  for (const rule of wholeRules(rules)) {
    if (rule.database !== "any" && rule.database !== database) continue;
    for (const hazard of rule.checkMigration?.(migration, context) ?? []) raised.push({ rule: rule.id, hazard, wholeMigration: true });
  }
  for (const statement of migration.statements) {
    for (const rule of rulesFor(statement, rules)) {
      if (rule.check === undefined || (rule.database !== "any" && rule.database !== database)) continue;
      for (const hazard of rule.check(statement, context)) {
        raised.push({ rule: rule.id, hazard: { ...hazard, statement: statement.statement.index }, wholeMigration: false });
      }
    }
  }
  return raised;
}

const whole = new WeakMap<readonly Rule[], readonly Rule[]>();

function wholeRules(rules: readonly Rule[]): readonly Rule[] {
  let own = whole.get(rules);
  if (own === undefined) whole.set(rules, (own = rules.filter((rule) => rule.checkMigration !== undefined)));
  return own;
}

// By the kinds of change in a statement: a dump has thousands of INSERTs, and most rules are about something else.
const chosen = new WeakMap<readonly Rule[], Map<string, readonly Rule[]>>();

function rulesFor({ statement }: JudgedStatement, rules: readonly Rule[]): readonly Rule[] {
  if (statement.kind !== "sql") return rules;
  const key = statement.changes.length === 1 ? (statement.changes[0]?.kind ?? "") : kindsOf(statement.changes);
  let known = chosen.get(rules);
  if (known === undefined) chosen.set(rules, (known = new Map()));
  let own = known.get(key);
  if (own === undefined) {
    const kinds = new Set(key.split(" "));
    const concerns = ({ kind, kinds: several }: Rule): boolean =>
      (kind === undefined && several === undefined) ||
      [...(several ?? []), ...(kind === undefined ? [] : [kind])].some((one) => kinds.has(one));
    own = rules.filter((rule) => rule.check !== undefined && concerns(rule));
    known.set(key, own);
  }
  return own;
}

function kindsOf(changes: JudgedStatement["statement"]["changes"]): string {
  return [...new Set(changes.map(({ kind }) => kind))].sort().join(" ");
}

export function baselineFindings({ environment, baseline = [] }: Pick<JudgedEnvironment, "environment" | "baseline">): readonly Finding[] {
  const versions = [...new Set(baseline.map((query) => query.version))];
  return versions.map((version) => {
    const broken = baseline.filter((query) => query.version === version);
    return {
      rule: "baseline",
      severity: "warning",
      migration: null,
      statement: null,
      span: null,
      message: `${counted(broken.length, "query", "queries")} of ${version} ${broken.length === 1 ? "fails" : "fail"} before the first step already`,
      label: null,
      why: "they cannot tell anything about this change, so they are not counted against its later steps",
      help: `mend the query, or how tread reads ${version}: a wrong \`root\` or \`ref\` under \`live:\`, or migrations that are applied and were taken as new`,
      evidence: broken.slice(0, 5).map((query) => ({
        kind: "query" as const,
        text: `${query.origin}: ${spellCode(query.sqlstate)}: ${query.error}`,
        from: query.from,
        value: { version, origin: query.origin, sqlstate: query.sqlstate, query: query.query },
      })),
      environments: { [environment.name]: "warning" as const },
      liveVersions: [version],
      also: [],
      docs: "tread explain baseline",
    } satisfies Finding;
  });
}

/** A change of the models that no statement belongs to: a field taken out of the state only, while its column stays NOT NULL. */
function unfitFindings({ environment, unfit = [], schemaInDoubt = false }: JudgedEnvironment): readonly Finding[] {
  return [...groupBy(unfit, (query) => `${query.version}\n${query.sqlstate}\n${query.use}`).values()].flatMap((broken): Finding[] => {
    const first = broken[0];
    if (first === undefined) return [];
    const forgotten = first.sqlstate === "23503";
    const severity = schemaInDoubt || first.use === "latent" ? ("warning" as const) : ("error" as const);
    const doubt = schemaInDoubt ? "; unless a statement that could not be understood made what they need" : "";
    return [
      {
        rule: "breaks-live-version",
        severity,
        migration: null,
        statement: null,
        span: first.span ?? null,
        message: forgotten
          ? `${counted(broken.length, "foreign key")} that the models no longer know ${broken.length === 1 ? "stays" : "stay"} in the database: deleting what ${broken.length === 1 ? "it refers" : "they refer"} to fails`
          : `${counted(broken.length, "query", "queries")} of the version under judgement ${broken.length === 1 ? "does" : "do"} not fit the schema that its migrations leave`,
        label: first.error,
        why: forgotten
          ? "the ORM deletes or clears referring rows from the models it knows. These rows stay, and the database refuses the delete at COMMIT, often months later"
          : `no statement makes them fail and none makes them work: the models say something else than the database, and these queries fail as soon as that version serves${doubt}`,
        help: adviceFor(first.sqlstate),
        evidence: broken.slice(0, 5).map((query) => ({
          kind: "query" as const,
          text: `${query.origin}: ${spellCode(query.sqlstate)}: ${query.error}: ${query.query}`,
          from: query.from,
          value: { version: query.version, origin: query.origin, sqlstate: query.sqlstate, query: query.query },
        })),
        environments: { [environment.name]: severity },
        liveVersions: [],
        also: [],
        docs: "tread explain breaks-live-version",
      },
    ];
  });
}

function adviceFor(sqlstate: string): string {
  if (sqlstate === "23503")
    return 'drop the constraint in the same release as the state: `migrations.RunSQL("ALTER TABLE … DROP CONSTRAINT …", migrations.RunSQL.noop)` beside the `SeparateDatabaseAndState`; the version that serves does not need it';
  return sqlstate === "23502"
    ? "the models no longer fill a column that is still NOT NULL: in the same release, `ALTER TABLE … ALTER COLUMN … DROP NOT NULL` (or give it a default in the database) before it leaves the models' state"
    : "add the migration that the models need (`python manage.py makemigrations --check` names it), or take out of the models what the database does not have";
}
