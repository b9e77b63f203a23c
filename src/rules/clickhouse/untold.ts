import type { SilentCorruption, SilentKind } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { ClickHouseContext, ClickHouseHazard } from "./rule.ts";
import { askFirst, capital, keyOfSilent, list, named, preCheck, rowsOf, sentences } from "./words.ts";

/** Predicted or observed damage that no more specific rule tells of: nothing of it may go unsaid. */
export function untold(
  statement: ClickHouseJudged,
  context: ClickHouseContext,
  covered: readonly SilentCorruption[],
): readonly ClickHouseHazard[] {
  const said = new Set(covered.map(keyOfSilent));
  return context
    .silents(statement)
    .filter((silent) => !said.has(keyOfSilent(silent)))
    .map((silent) => silentHazard(silent, context, { message: MESSAGES[silent.kind], help: null }));
}

const MESSAGES = {
  wraps: "values become other values, and no error tells",
  "drops-values": "values are lost, and no error tells",
  unreadable: "it is accepted, and reads fail afterwards",
  duplicates: "rows that were one become several, and no error tells",
  semantics: "the same data mean something else from here on, and no error tells",
} satisfies Record<SilentKind, string>;

export interface SilentWords {
  readonly message: string;
  readonly label?: string;
  /** Sentences before what the prediction says of itself. */
  readonly why?: string;
  /** What to do; how to ask the server stands before it where a query decides. */
  readonly help: string | null;
  readonly about?: string;
  /** Default: an error. */
  readonly severity?: ClickHouseHazard["severity"];
}

/** Damage as a hazard: an error with the query that decides it, confirmed by an answer where there is one. */
export function silentHazard(silent: SilentCorruption, context: ClickHouseContext, words: SilentWords): ClickHouseHazard {
  const decision = context.decide(silent.decidedBy);
  const where = silent.columns === undefined || silent.columns.length === 0 ? "" : ` (${list(silent.columns.map(named))})`;
  const confirmed = decision.kind === "confirmed" ? `: ${rowsOf(decision.rows)}` : "";
  return {
    severity: words.severity ?? "error",
    about: words.about ?? keyOfSilent(silent),
    message: `${words.message}${words.message.includes("`") ? "" : where}${confirmed}`,
    ...(words.label === undefined ? {} : { label: words.label }),
    why: sentences(
      words.why ?? null,
      silent.what === undefined ? "ClickHouse accepts the statement and says nothing." : `${capital(silent.what).replace(/\.$/, "")}.`,
      decision.kind === "confirmed"
        ? `The server was asked, and counted ${rowsOf(decision.rows)}.`
        : silent.decidedBy === null
          ? null
          : "Whether it happens is decided by the data; until that is known it is taken to happen.",
    ),
    help:
      silent.decidedBy === null || decision.kind === "confirmed"
        ? (words.help ?? "make the change in a new column or table beside the old one, compare, and switch over")
        : `${askFirst(silent.decidedBy)}${words.help === null ? "" : `\nWhere it is not 0: ${words.help}`}`,
    evidence: [
      ...(silent.decidedBy === null ? [] : [preCheck(silent.decidedBy)]),
      ...(decision.kind === "confirmed" ? [decision.evidence] : []),
    ],
    covers: [silent],
  };
}
