import { silentOf, type SilentCorruption, type SilentKind } from "../../model/clickhouse/effects.ts";
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
    .map((silent) => silentHazard([silent], context, { message: MESSAGES[silent.kind], help: null }));
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

/** Damage as a hazard: an error with the queries that decide it, confirmed by answers where there are some. */
export function silentHazard(silents: readonly SilentCorruption[], context: ClickHouseContext, words: SilentWords): ClickHouseHazard {
  const decisions = silents.map(({ decidedBy }) => ({ query: decidedBy, decision: context.decide(decidedBy) }));
  const confirmed = decisions.flatMap(({ decision }) => (decision.kind === "confirmed" ? [decision] : []));
  const open = [...new Set(decisions.flatMap(({ query, decision }) => (query === null || decision.kind !== "open" ? [] : [query])))];
  const rows = Math.max(0, ...confirmed.map((one) => one.rows));
  const columns = [...new Set(silents.flatMap((silent) => silent.columns ?? []))];
  const where = columns.length === 0 || words.message.includes("`") ? "" : ` (${list(columns.map(named))})`;
  const what = [...new Set(silents.map((silent) => silent.what))].filter((text) => text !== undefined);
  return {
    severity: words.severity ?? "error",
    about: words.about ?? silents.map(keyOfSilent).join("\n"),
    message: `${words.message}${where}${rows > 0 ? `: ${rowsOf(rows)}` : ""}`,
    ...(words.label === undefined ? {} : { label: words.label }),
    why: sentences(
      words.why ?? null,
      what.length === 0 && words.why === undefined ? "ClickHouse accepts the statement and says nothing." : null,
      ...what.map((text) => `${capital(text).replace(/\.$/, "")}.`),
      rows > 0
        ? `The server was asked, and counted ${rowsOf(rows)}.`
        : open.length === 0
          ? null
          : "Whether it happens is decided by the data; until that is known it is taken to happen.",
    ),
    help:
      open.length === 0 || rows > 0
        ? (words.help ?? "make the change in a new column or table beside the old one, compare, and switch over")
        : `${askFirst(open)}${words.help === null ? "" : `\nWhere it is not 0: ${words.help}`}`,
    evidence: [
      ...[...new Set(decisions.map(({ query }) => query))].flatMap((query) => (query === null ? [] : [preCheck(query)])),
      ...confirmed.map(({ evidence }) => evidence),
    ],
    covers: silents,
  };
}

/** A server was asked for all the damage that the statement may do, and counted none. */
export function ruledOut(statement: ClickHouseJudged, context: ClickHouseContext): boolean {
  const all = silentOf(context.effects(statement));
  return all.length > 0 && all.every(({ decidedBy }) => decidedBy !== null && context.decide(decidedBy).kind === "cleared");
}
