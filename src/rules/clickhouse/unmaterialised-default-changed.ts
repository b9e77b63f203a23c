import { silentRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const unmaterialisedDefaultChanged: ClickHouseRule = silentRule(["modify-column", "remove-column-property"], {
  id: "unmaterialised-default-changed",
  summary: "another default for a column that old parts do not hold: their rows change value",
  silent: ["semantics", "drops-values", "wraps"],
  words(change, _silent, statement, context) {
    const column = context.column(statement, change.table, change.column);
    const touches = change.kind === "modify-column" ? change.default !== null && change.type === null : change.property === "DEFAULT";
    const sameType = change.kind === "modify-column" && change.default !== null && change.type?.text === column?.type.text;
    if (column === null || column.since === null || (!touches && !sameType)) return null;
    const [t, c] = [sqlTable(change.table), sqlName(change.column)];
    return {
      message: `a new default of ${named(change.column)} changes rows of ${named(change.table)} that were written before the column existed`,
      label: "old rows have no value of their own",
      why: "Parts from before the column was added compute its default at every read, so they flip to the new one, while rows written since keep the old one.",
      help: `first \`ALTER TABLE ${t} MATERIALIZE COLUMN ${c}\`, wait until it is done (system.mutations), then change the default`,
    };
  },
});
