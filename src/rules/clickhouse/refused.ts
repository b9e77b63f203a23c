import type { ClickHouseRule } from "./rule.ts";

export const refused: ClickHouseRule = {
  id: "refused",
  summary: "the server refuses the statement",
  check(statement, context) {
    const { error } = context.effects(statement);
    if (error === null || statement.statement.syntaxError !== null) return [];
    const before = statement.statement.index;
    return [
      {
        severity: "error",
        message: `ClickHouse refuses this: ${error.message}`,
        label: `code ${error.code}`,
        why:
          before === 0
            ? "nothing of the statement takes effect, and what follows in the migration does not run"
            : `nothing of the statement takes effect; a migration is no transaction, so the ${before === 1 ? "statement" : `${before} statements`} before it ${before === 1 ? "has" : "have"} run, and what follows does not`,
        help: "correct the statement; where the table is not what this check takes it to be, show tread the schema (`--schema FILE`, `SHOW CREATE` of the server)",
        evidence: context.evidence(statement),
      },
    ];
  },
};
