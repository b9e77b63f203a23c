import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, isText } from "./types.ts";
import { askFirst, list, named, preCheck, rowsOf, sqlName, sqlTable } from "./words.ts";

export const ttlNotADate: ClickHouseRule = clickHouseRuleFor("modify-ttl", {
  id: "ttl-not-a-date",
  summary: "a TTL computed from text: a value that is no date makes its mutation fail, and holds up all later ones",
  check(change, statement, context): ClickHouseHazard | null {
    const { table, ttl } = change;
    const known = context.table(statement, table);
    if (known === null || !context.existedBefore(statement, table) || context.effectsOf(statement, change).error !== null) return null;
    const texts = known.columns.filter(
      ({ name, type }) => isText(bareType(type)) && ttl.some(({ expression }) => expression.columns.includes(name)),
    );
    if (texts.length === 0) return null;
    const query = `SELECT countIf(${texts.map(({ name }) => `parseDateTimeBestEffortOrNull(${sqlName(name)}) IS NULL`).join(" OR ")}) FROM ${sqlTable(table)}`;
    const decision = context.decide(query);
    if (decision.kind === "cleared") return null;
    return {
      severity: "error",
      about: table,
      message: `the TTL of ${named(table)} is computed from ${list(texts.map(({ name }) => named(name)))}, which is text${decision.kind === "confirmed" ? `: ${rowsOf(decision.rows)} are no date` : ""}`,
      label: "accepted; the mutation fails at the first value that is no date",
      why: "The ALTER succeeds. Its mutation fails (code 41), and every later mutation, also an unrelated one, fails behind it with code 341.",
      help: `${askFirst(query)}\nWhere it is not 0: a DateTime column of its own, filled with parseDateTimeBestEffortOrZero, and the TTL over that. To recover: \`ALTER TABLE ${sqlTable(table)} REMOVE TTL\`, then KILL MUTATION`,
      evidence: [preCheck(query), ...(decision.kind === "confirmed" ? [decision.evidence] : [])],
    };
  },
});
