import type { ReviewKind } from "../config/known.ts";
import type { ClickHouseChange } from "../model/clickhouse/change.ts";
import type { Change } from "../model/change.ts";
import type { Migration } from "../model/migration.ts";
import type { Finding, Report } from "../model/report.ts";
import { touched } from "../model/touched.ts";
import { readApprovals } from "../review/approvals/approval.ts";
import { reviewFindings } from "../review/approvals/findings.ts";
import { pathBelow, type GateInput } from "../review/approvals/gate.ts";
import type { Forge } from "../review/approvals/forge.ts";
import { isInsideRepository } from "../sources/files/git.ts";
import type { Earlier, ReviewSubject } from "../review/approvals/subject.ts";
import { withPolicy } from "../rules/policy.ts";
import type { Releases } from "./applied.ts";
import type { CheckOptions } from "./options.ts";
import { needsTables, takesAway as clickhouseTakesAway } from "./clickhouse/touched.ts";
import { atLeast } from "./verdict.ts";

/** A migration of either engine as a check has judged it. */
interface Parsed extends Omit<Migration, "steps"> {
  readonly statements: readonly {
    readonly changes: readonly (Change | ClickHouseChange)[];
    readonly opaque: string | null;
    readonly syntaxError: unknown;
    readonly reverse: "present" | "missing" | "unknown";
    readonly span: Report["migrations"][number]["statements"][number]["span"];
  }[];
}

/** What a check of either engine knows of an environment. */
export interface ReviewedView {
  readonly environment: { readonly name: string };
  readonly releases: Releases;
  readonly applied: readonly Parsed[];
  readonly judgedMigrations: readonly Parsed[];
}

/** What a review is about, from the views of both engines. */
export function reviewedMigrations(
  options: CheckOptions,
  views: readonly ReviewedView[],
): { subjects: readonly ReviewSubject[]; earlier: readonly Earlier[] } {
  const { root } = options.config;
  const subjects = new Map<string, ReviewSubject>();
  const earlier = new Map<string, Earlier>();
  for (const view of views) {
    for (const migration of [...view.applied, ...view.judgedMigrations]) {
      if (migration.builtIn === true || earlier.has(migration.id)) continue;
      earlier.set(migration.id, { id: migration.id, path: pathBelow(root, options.cwd, migration.path), objects: objectsOf(migration) });
    }
    for (const migration of view.judgedMigrations) {
      if (migration.builtIn === true) continue;
      const known = subjects.get(migration.id);
      const environments = [...(known?.environments ?? []), view.environment.name];
      subjects.set(migration.id, {
        id: migration.id,
        path: pathBelow(root, options.cwd, migration.path),
        database: migration.database,
        hash: migration.hash,
        kinds: kindsOf(migration),
        objects: objectsOf(migration),
        isNew: known?.isNew === true || !view.releases.eachItsOwn,
        environments,
        span: migration.statements[0]?.span ?? null,
      });
    }
  }
  return { subjects: [...subjects.values()], earlier: [...earlier.values()] };
}

/** More new migrations than these are a project that is being adopted: to be reminded of each would help nobody. */
const REMINDED = 20;

/**
 * The report with what waits for a review. Without `policy.review` it only reminds, and only inside of a git repository: approvals are
 * made for git.
 * @throws Refused when the forge that was named cannot be asked
 */
export async function withReview(
  report: Report,
  options: CheckOptions,
  views: readonly ReviewedView[],
  forge: Forge | null,
): Promise<Report> {
  const { config } = options;
  const waiting = new Set(views.flatMap((view) => view.judgedMigrations.flatMap(({ id, builtIn }) => (builtIn === true ? [] : [id]))));
  if (waiting.size === 0) return report;
  // Whether this is a repository is asked of git, which costs a process: last.
  if (config.policy.review.length === 0 && (waiting.size > REMINDED || !isInsideRepository(config.root))) return report;
  const { subjects, earlier } = reviewedMigrations(options, views);
  const input = await gateInput(options, subjects, forge);
  const added = withPolicy(await reviewFindings(input, report, subjects, earlier), config.policy);
  if (added.length === 0) return report;
  const findings = [...report.findings, ...added];
  const environments = report.environments.map((one) => {
    const here = (all: readonly Finding[]): number =>
      all.filter(({ environments }) => {
        const severity = environments[one.name];
        return severity !== undefined && atLeast(severity, config.policy.failOn);
      }).length;
    if (here(added) === 0) return one;
    const count = here(findings);
    return {
      ...one,
      verdict: "unsafe" as const,
      reason: `${count} ${count === 1 ? "finding" : "findings"} at or above ${config.policy.failOn}`,
    };
  });
  const verdict = environments.some((one) => one.verdict === "unsafe") ? ("unsafe" as const) : report.verdict;
  return { ...report, findings, environments, verdict };
}

export async function gateInput(options: CheckOptions, subjects: readonly ReviewSubject[], forge: Forge | null): Promise<GateInput> {
  const { approvals, bad } = await readApprovals(options.config.root);
  return { config: options.config, approvals, bad, forge: forge === null ? [] : await forge.approvals(subjects.map(({ path }) => path)) };
}

function kindsOf(migration: Parsed): ReadonlySet<ReviewKind> {
  const kinds = new Set<ReviewKind>();
  if (migration.database === "clickhouse") kinds.add("clickhouse");
  for (const { changes, opaque, syntaxError, reverse } of migration.statements) {
    if (opaque !== null || syntaxError !== null) kinds.add("opaque");
    if (reverse === "missing" || changes.some(({ kind }) => LOSES.has(kind))) kinds.add("irreversible");
    if (changes.some(({ kind }) => WRITES.has(kind))) kinds.add("data");
  }
  return kinds;
}

const WRITES: ReadonlySet<string> = new Set<(Change | ClickHouseChange)["kind"]>([
  "write",
  "insert",
  "alter-update",
  "alter-delete",
  "lightweight-update",
  "lightweight-delete",
]);

/** Changes after which rows or values are gone, of either engine. */
const LOSES: ReadonlySet<string> = new Set<(Change | ClickHouseChange)["kind"]>([
  "drop-relation",
  "drop-column",
  "drop-schema",
  "truncate",
  "drop-table",
  "drop-database",
  "truncate-database",
  "clear-column",
  "alter-delete",
  "lightweight-delete",
]);

function objectsOf(migration: Parsed): readonly string[] {
  const objects = migration.statements.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      migration.database === "clickhouse" ? changedTables(change as ClickHouseChange) : ownTables(change as Change),
    ),
  );
  return [...new Set(objects)].sort();
}

/** Tables that a ClickHouse change makes, alters or takes away. */
export function changedTables(change: ClickHouseChange): readonly string[] {
  const created = change.kind === "create-table" ? [change.table.name] : [];
  return [...created, ...needsTables(change), ...clickhouseTakesAway(change)];
}

function ownTables(change: Change): readonly string[] {
  if (change.kind === "create-relation") return [change.relation.name];
  if (change.kind === "drop-relation") return [change.name];
  return touched(change);
}
