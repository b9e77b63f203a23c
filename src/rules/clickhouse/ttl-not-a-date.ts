import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const ttlNotADate: ClickHouseRule = silentRule(["modify-ttl", "create-table"], {
  id: "ttl-not-a-date",
  summary: "a TTL over text: accepted, and its mutation fails and holds up all later ones",
  silent: ["unreadable", "semantics"],
  words(change) {
    const table = change.kind === "create-table" ? change.table.name : change.table;
    const ttl = change.kind === "create-table" ? change.table.ttl : change.ttl;
    if (ttl.length === 0) return null;
    return {
      message: `the TTL of ${named(table)} (${ttl.map(({ text }) => text).join(", ")}) is no Date or DateTime`,
      label: "accepted; the mutation fails",
      why: "The ALTER succeeds. Its mutation fails (code 41), and every later mutation, also an unrelated one, fails behind it with code 341.",
      help: `a Date or DateTime in the expression (\`toDateTime(…)\` of a column that always parses). To recover: \`ALTER TABLE ${sqlTable(table)} REMOVE TTL\`, then KILL MUTATION`,
    };
  },
});
