import { strongest } from "../../model/effects.ts";
import type { Rule } from "../rule.ts";
import { count, named, sqlTable } from "../words.ts";

const LIMITS: Readonly<Record<string, number>> = { smallint: 32_767, integer: 2_147_483_647 };

export const integerKeyNearlyFull: Rule = {
  id: "integer-key-nearly-full",
  summary: "a table that the migration touches has used up half of its integer keys",
  database: "postgres",
  checkMigration({ statements }, context) {
    const seen = new Set<string>();
    return statements.flatMap((statement) =>
      context
        .effects(statement)
        .locks.filter(({ relation, mode }) => !seen.has(relation) && strongest(mode, "RowExclusive") === mode)
        .flatMap(({ relation }) => {
          seen.add(relation);
          const key = context.table(statement, relation)?.constraints.find(({ kind }) => kind === "primary-key");
          const column = key?.columns.length === 1 ? context.column(statement, relation, key.columns[0] ?? "") : null;
          const limit = LIMITS[column?.type.name ?? ""];
          const { rows } = context.size(relation);
          if (column === null || limit === undefined || rows === null || rows < limit / 2) return [];
          const share = Math.round((rows / limit) * 100);
          return [
            {
              severity: share >= 80 ? ("warning" as const) : ("info" as const),
              statement: statement.statement.index,
              about: relation,
              message: `at least ${share} % of the keys of ${named(relation)} are used: ${named(column.name)} is ${column.type.name} and ends at ${count(limit)}`,
              label: "rows that were deleted have used keys as well",
              why: "when the last key is given out every INSERT fails (SQLSTATE 22003, or 2200H from the sequence); the change to bigint writes the whole table again under ACCESS EXCLUSIVE, or takes weeks in steps",
              help: `look at the sequence now: \`SELECT last_value FROM pg_sequences …\` or \`SELECT max(${column.name}) FROM ${sqlTable(relation)};\`; then a bigint column beside it, written by a trigger, filled in batches and swapped in`,
              evidence: [context.sizeEvidence(relation)],
            },
          ];
        }),
    );
  },
};
