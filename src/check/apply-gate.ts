import { backfillOf } from "../apply/backfill/directive.ts";
import type { Irreversible } from "../apply/losses.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { Finding, Report } from "../model/report.ts";
import type { Analysis } from "./analyse.ts";
import { atLeast } from "./verdict.ts";

/** A finding that somebody takes responsibility for: `--accept drop-column:0007 --reason …`. */
export interface Acceptance {
  readonly rule: string;
  /** Id of the migration, or its beginning up to a `_`. */
  readonly migration: string;
  readonly reason: string;
}

/**
 * Rules whose precaution apply takes by itself: it sets its own time-outs, takes locks without queueing, and runs backfills in batches.
 * They stay findings for whoever runs the same files with another tool.
 */
const TAKEN_BY_APPLY: ReadonlySet<string> = new Set([
  "missing-lock-timeout",
  "lock-timeout-too-long",
  "timeout-set-too-late",
  "missing-statement-timeout",
  "missing-idle-in-transaction-timeout",
  "hot-table-alter",
  "hot-table-locked-repeatedly",
  "foreign-key-locks-parent",
  "multiple-foreign-keys",
  "concurrently-under-lock-timeout",
  "concurrently-under-statement-timeout",
]);
/** Taken care of where the statement is a backfill that apply runs in batches. */
const TAKEN_BY_BACKFILL: ReadonlySet<string> = new Set(["row-by-row"]);

/** Which findings forbid a run, which were accepted, and which are about precautions that apply takes. */
export interface Gate {
  /** Findings that forbid it, and were not accepted. */
  readonly refusals: readonly Finding[];
  readonly accepted: readonly { readonly finding: Finding; readonly reason: string }[];
  /** Findings about precautions that apply itself takes, by rule. */
  readonly taken: readonly string[];
  /** Acceptances that no finding needed. */
  readonly unusedAcceptances: readonly Acceptance[];
}

/** @param takenToo rules that are asked for in another way here */
export function gate(
  report: Report,
  judged: readonly JudgedStatement[],
  acceptances: readonly Acceptance[],
  { options }: Analysis,
  takenToo: (finding: Finding) => boolean = () => false,
): Gate {
  const { failOn } = options.config.policy;
  const backfills = new Set(
    judged.filter((one) => backfillOf(one) !== null).map(({ migration, statement }) => `${migration.id}#${statement.index}`),
  );
  const refusals: Finding[] = [];
  const accepted: { finding: Finding; reason: string }[] = [];
  const taken = new Set<string>();
  const used = new Set<Acceptance>();
  for (const finding of report.findings) {
    const inBackfill = finding.migration !== null && backfills.has(`${finding.migration}#${finding.statement ?? ""}`);
    if (takenToo(finding) || TAKEN_BY_APPLY.has(finding.rule) || (inBackfill && TAKEN_BY_BACKFILL.has(finding.rule))) {
      taken.add(finding.rule);
      continue;
    }
    if (!atLeast(finding.severity, failOn)) continue;
    const acceptance = acceptances.find(({ rule, migration }) => rule === finding.rule && names(migration, finding.migration ?? ""));
    if (acceptance === undefined) refusals.push(finding);
    else {
      used.add(acceptance);
      accepted.push({ finding, reason: acceptance.reason });
    }
  }
  return { refusals, accepted, taken: [...taken].sort(), unusedAcceptances: acceptances.filter((one) => !used.has(one)) };
}

/** `0007` names `0007_drop_email`. */
export function names(asked: string, id: string): boolean {
  return asked === id || id.startsWith(`${asked}_`);
}

/** What takes rows or columns with it. Findings say whether somebody needs them; this is asked even where nobody does. */
export function irreversibleIn(judged: JudgedStatement): readonly Irreversible[] {
  return judged.statement.changes.flatMap((change): readonly Irreversible[] => {
    const one = (what: string, table: string | null, column: string | null = null): readonly Irreversible[] => [
      { statement: judged, what, table, column },
    ];
    switch (change.kind) {
      case "drop-column":
        return one(`drops the column ${change.table}.${change.column}`, change.table, change.column);
      case "drop-relation": {
        const kind = judged.before.relations.get(change.name)?.kind;
        const held = kind === undefined || kind === "view" || kind === "materialized-view";
        return held ? [] : one(`drops ${change.name}`, change.name);
      }
      case "truncate":
        return change.names.flatMap((name) => one(`empties ${name}`, name));
      case "drop-schema":
        return one(`drops the schema ${change.name}`, null);
      case "write":
        return change.verb === "delete" ? one(`deletes rows of ${change.table}`, change.table) : [];
      default:
        return [];
    }
  });
}
