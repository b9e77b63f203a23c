import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const autovacuumDisabled: Rule = {
  id: "autovacuum-disabled",
  summary: "a table on which autovacuum is switched off",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    const end = context.release.slice(context.release.indexOf(statement) + 1);
    return changesOf(statement, "alter-table-other").flatMap(({ table, options }) => {
      const option = ["autovacuum_enabled", "toast.autovacuum_enabled"].find((name) => isOff(options?.[name]));
      if (option === undefined) return [];
      const again = end.some((other) =>
        changesOf(other, "alter-table-other").some((later) => later.table === table && later.action.includes("autovacuum_enabled")),
      );
      if (again) return [];
      return [
        {
          severity: "info" as const,
          about: table,
          message: `autovacuum is switched off for ${named(table)}, and nothing in this release switches it on again`,
          label: "dead rows and old statistics stay",
          why: "UPDATE and DELETE leave dead rows that nobody cleans up, plans go by statistics that nobody renews, and the vacuum against wraparound comes in the end all the same, all at once",
          help: `tune it instead (\`ALTER TABLE ${sqlTable(table)} SET (autovacuum_vacuum_scale_factor = 0.01);\`), or switch it on again when the load is done: \`ALTER TABLE ${sqlTable(table)} RESET (autovacuum_enabled);\``,
          evidence: [],
        },
      ];
    });
  },
};

function isOff(value: string | undefined): boolean {
  return value !== undefined && /^(?:off|false|no|0|f|n)$/i.test(value);
}
