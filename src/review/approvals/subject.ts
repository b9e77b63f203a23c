import type { ReviewKind } from "../../config/known.ts";
import type { Database } from "../../model/migration.ts";
import type { Report, Severity } from "../../model/report.ts";
import type { Span } from "../../text/span.ts";
import { sha256 } from "./approval.ts";

/** A migration that a review may be asked for. */
export interface ReviewSubject {
  readonly id: string;
  /** Relative to the config's folder, forward slashes: what globs are matched with. */
  readonly path: string;
  readonly database: Database;
  /** SHA-256 of its file, hex. */
  readonly hash: string;
  readonly kinds: ReadonlySet<ReviewKind>;
  /** Tables that it changes. */
  readonly objects: readonly string[];
  /** It is known to be new: something says what is applied. */
  readonly isNew: boolean;
  readonly environments: readonly string[];
  readonly span: Span | null;
}

/** A migration before it, of the same project. */
export interface Earlier {
  readonly id: string;
  readonly path: string;
  readonly objects: readonly string[];
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** What the report found about a migration, worst first, without what the review gate itself says. */
export function seenIn(report: Report, migration: string): readonly string[] {
  const own = report.findings.filter((finding) => finding.migration === migration && finding.rule !== "needs-review");
  return own
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || (a.rule < b.rule ? -1 : 1))
    .map(({ severity, rule }) => `${severity} ${rule}`);
}

/** Changes with every word that the report says about the migration, and with nothing else (not with the day, or the version of tread). */
export function reportHash(report: Report, migration: string): string {
  const findings = report.findings
    .filter((finding) => finding.migration === migration && finding.rule !== "needs-review")
    .map(({ rule, statement, message, environments }) => JSON.stringify([rule, statement, message, Object.entries(environments).sort()]));
  return sha256(findings.sort().join("\n"));
}
