import type { ClickHouseChange, ClickHouseChangeKind, ClickHouseChangeOf } from "../../model/clickhouse/change.ts";
import { silentOf, type ClickHouseError, type SilentCorruption, type SilentKind } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import { clickHouseRuleFor, type ClickHouseContext, type ClickHouseHazard, type ClickHouseRule } from "./rule.ts";
import { silentHazard, type SilentWords } from "./untold.ts";

/** What a rule about a refusal adds to the server's own words. */
export interface RefusalWords {
  readonly message: string;
  readonly label?: string;
  readonly why: string;
  readonly help: string;
}

/** A rule about statements that the server refuses: it says why, and what to write instead. */
export function refusalRule<K extends ClickHouseChangeKind>(
  kinds: K | readonly K[],
  rule: {
    readonly id: string;
    readonly summary: string;
    /** The server's error codes that it is about; absent: all. */
    readonly codes?: readonly number[];
    readonly words: (
      change: ClickHouseChangeOf<K>,
      error: ClickHouseError,
      statement: ClickHouseJudged,
      context: ClickHouseContext,
    ) => RefusalWords | null;
  },
): ClickHouseRule {
  return clickHouseRuleFor(kinds, {
    id: rule.id,
    summary: rule.summary,
    check(change, statement, context): ClickHouseHazard | null {
      const error = context.effectsOf(statement, change).error ?? onlyError(statement, context);
      if (error === null || (rule.codes !== undefined && !rule.codes.includes(error.code))) return null;
      const words = rule.words(change, error, statement, context);
      if (words === null) return null;
      return {
        severity: "error",
        about: aboutOf(change),
        ...words,
        evidence: [
          {
            kind: "error",
            text: `code ${error.code}: ${error.message}`,
            from: statement.observed === null ? "static" : "rehearsed",
            value: error,
          },
        ],
        supersedes: ["refused"],
      };
    },
  });
}

/** Where only the statement as a whole is refused, and it has one command, that command is the one. */
function onlyError(statement: ClickHouseJudged, context: ClickHouseContext): ClickHouseError | null {
  return statement.statement.changes.length === 1 ? context.effects(statement).error : null;
}

/** A rule about damage that the prediction tells of: it says which, and how to avoid it. */
export function silentRule<K extends ClickHouseChangeKind>(
  kinds: K | readonly K[],
  rule: {
    readonly id: string;
    readonly summary: string;
    readonly silent: readonly SilentKind[];
    readonly words: (
      change: ClickHouseChangeOf<K>,
      silent: SilentCorruption,
      statement: ClickHouseJudged,
      context: ClickHouseContext,
    ) => SilentWords | null;
  },
): ClickHouseRule {
  return clickHouseRuleFor(kinds, {
    id: rule.id,
    summary: rule.summary,
    check(change, statement, context): ClickHouseHazard | null {
      const own = silentsOf(change, statement, context).filter(
        (silent) => rule.silent.includes(silent.kind) && context.decide(silent.decidedBy).kind !== "cleared",
      );
      // One cause, one finding: text that becomes a number may both not parse and not fit.
      const told = own
        .map((silent) => ({ silent, words: rule.words(change, silent, statement, context) }))
        .filter(({ words }) => words !== null);
      const words = told[0]?.words ?? null;
      return words === null
        ? null
        : silentHazard(
            told.map(({ silent }) => silent),
            context,
            { about: aboutOf(change), ...words },
          );
    },
  });
}

/** Damage by one command of the statement: what the others do is theirs. */
export function silentsOf(change: ClickHouseChange, statement: ClickHouseJudged, context: ClickHouseContext): readonly SilentCorruption[] {
  const own = silentOf(context.effectsOf(statement, change));
  const name = columnOf(change);
  if (statement.alone === undefined || statement.observed === null || name === null) return own;
  return own.filter(({ columns }) => columns === undefined || columns.length === 0 || columns.includes(name));
}

function columnOf(change: ClickHouseChange): string | null {
  if (!("column" in change)) return null;
  return typeof change.column === "string" ? change.column : change.column.name;
}

/** What a hazard of the change is about, so that two commands of one statement are two findings. */
export function aboutOf(change: ClickHouseChange): string {
  const table =
    "table" in change ? (typeof change.table === "string" ? change.table : change.table?.name) : "name" in change ? change.name : "";
  return `${change.kind} ${table ?? ""}.${columnOf(change) ?? ""}`;
}
