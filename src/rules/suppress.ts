import type { Suppression } from "../model/migration.ts";
import type { Finding, Report } from "../model/report.ts";
import { numbered } from "./findings.ts";
import type { Hazard } from "./rule.ts";
import { nearest } from "../text/nearest.ts";

type SuppressionRecord = Report["suppressions"][number];

// A suppression must not be able to hide that tread itself was wrong, or that a suppression is.
export const NEVER: ReadonlySet<string> = new Set(["witness-disagreement", "suppression", "baseline", "syntax-error"]);

/** As much of a judged migration, of any engine, as suppressions need. */
interface Suppressible {
  readonly migration: { readonly id: string };
  readonly statements: readonly { readonly statement: { readonly index: number; readonly suppressions: readonly Suppression[] } }[];
}

/** The suppressions of all judged migrations: which of them a hazard meets, and which were of no use in the end. */
export class Suppressions {
  private readonly known = new Map<string, { readonly suppression: Suppression; readonly migration: string; used: boolean }>();

  /** Also called for every further environment: the same comment is one suppression. */
  add({ migration, statements }: Suppressible): void {
    for (const { statement } of statements) {
      for (const suppression of statement.suppressions) {
        const key = keyOf(suppression);
        if (!this.known.has(key)) this.known.set(key, { suppression, migration: migration.id, used: false });
      }
    }
  }

  /**
   * True when the hazard is suppressed, and remembers that the suppression was of use. A hazard about a whole migration may be
   * suppressed on any of its statements.
   */
  covers(rule: string, hazard: Hazard, migration: Suppressible, wholeMigration: boolean): boolean {
    if (this.known.size === 0 || NEVER.has(rule)) return false;
    const at = hazard.statement ?? null;
    const places =
      wholeMigration || at === null ? migration.statements : [numbered(migration.statements, at)].filter((own) => own !== undefined);
    const matching = places
      .flatMap(({ statement }) => statement.suppressions)
      .filter((suppression) => suppression.rule === rule && hasReason(suppression));
    for (const suppression of matching) {
      const record = this.known.get(keyOf(suppression));
      if (record !== undefined) record.used = true;
    }
    return matching.length > 0;
  }

  records(): readonly SuppressionRecord[] {
    return [...this.known.values()].map(({ suppression, migration, used }) => ({ ...suppression, migration, used }));
  }

  /** What is wrong with the suppressions themselves. */
  findings(environments: readonly string[], ruleIds: readonly string[], switchedOff: readonly string[] = []): readonly Finding[] {
    return [...this.known.values()].flatMap(({ suppression, migration, used }) => {
      // Of a rule that is off nobody can tell whether the comment would be of use.
      const wrong = whatIsWrong(suppression, used || switchedOff.includes(suppression.rule), ruleIds);
      if (wrong === null) return [];
      return [
        {
          rule: "suppression",
          severity: "warning" as const,
          migration,
          statement: null,
          span: suppression.span,
          label: null,
          ...wrong,
          evidence: [],
          environments: Object.fromEntries(environments.map((name) => [name, "warning" as const])),
          liveVersions: [],
          also: [],
          docs: "tread explain suppression",
        },
      ];
    });
  }
}

const OF_A_PLAN = /^part of the plan \S/;

function whatIsWrong(
  suppression: Suppression,
  used: boolean,
  ruleIds: readonly string[],
): { readonly message: string; readonly why: string; readonly help: string } | null {
  const { rule } = suppression;
  if (!ruleIds.includes(rule)) {
    const meant = nearest(rule, ruleIds);
    return {
      message: `no rule is called \`${rule}\``,
      why: "the suppression does nothing",
      help: meant === null ? "`tread explain` lists the rules" : `did you mean \`${meant}\`?`,
    };
  }
  if (!hasReason(suppression)) {
    return {
      message: `the suppression of \`${rule}\` gives no reason, so it does nothing`,
      why: "who reads it in a year must be able to tell whether it still holds",
      help: `\`tread-ignore ${rule}: <why it is safe here>\``,
    };
  }
  if (NEVER.has(rule)) {
    return {
      message: `\`${rule}\` cannot be suppressed`,
      why: "it says that the check itself is not to be trusted",
      help: "remove the comment and mend the cause",
    };
  }
  // What `tread plan --emit` answers depends on what is known where it is checked: releases, a baseline.
  if (!used && !OF_A_PLAN.test(suppression.reason ?? "")) {
    return {
      message: `the suppression of \`${rule}\` suppresses nothing`,
      why: "the hazard is gone, or was never here; left in place it would hide the next one",
      help: "remove the comment",
    };
  }
  return null;
}

function hasReason(suppression: Suppression): boolean {
  return suppression.reason !== null && suppression.reason.trim() !== "";
}

function keyOf({ rule, span }: Suppression): string {
  return `${span.file}:${span.line}:${span.column}:${rule}`;
}
