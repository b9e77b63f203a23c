import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const ttlDeletesRows: ClickHouseRule = silentRule(["modify-ttl", "materialize-ttl", "modify-column", "add-column"], {
  id: "ttl-deletes-rows",
  summary: "a TTL that old rows have passed already: they are deleted at once",
  silent: ["drops-values"],
  words(change, _silent, statement) {
    if (change.kind === "modify-column" && (change.ttl === null || change.type !== null)) return null;
    if (change.kind === "add-column" && change.column.ttl === null) return null;
    const { table } = change;
    const kept = change.kind === "modify-ttl" ? change.ttl.map(({ text }) => text).join(", ") : "";
    const value =
      statement.before.session.settings.get("materialize_ttl_after_modify") ?? change.settings?.get("materialize_ttl_after_modify");
    return {
      message: `the TTL of ${named(table)} deletes what is older already${change.kind === "modify-column" || change.kind === "add-column" ? ": the column's values go back to the default" : ""}`,
      label: value === "0" ? "at the next merges" : "at once: MODIFY TTL rewrites every part",
      why: "By default MODIFY TTL starts a mutation that writes every part anew and leaves expired rows out; there is no way back.",
      help:
        change.kind === "modify-ttl"
          ? `\`ALTER TABLE ${sqlTable(table)} MODIFY TTL ${kept} SETTINGS materialize_ttl_after_modify = 0\` changes metadata only; then MATERIALIZE TTL IN PARTITION one after the other, after a copy of what must stay`
          : "keep a copy of what must stay first (FREEZE, or a table beside it)",
    };
  },
});
