import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, named, sqlTable } from "../words.ts";

export const rowSecurityWithoutPolicy: Rule = {
  id: "row-security-without-policy",
  summary: "row-level security without a policy: whoever is held to it sees no row",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    const end = (context.release.at(-1) ?? statement).after;
    return changesOf(statement, "alter-table-other").flatMap(({ table, action }) => {
      const forced = action === "FORCE ROW LEVEL SECURITY";
      if ((!forced && action !== "ENABLE ROW LEVEL SECURITY") || !context.existedBefore(statement, table)) return [];
      const left = end.relations.get(table);
      if (left !== undefined && !left.rowSecurity) return [];
      const policies = left?.policies ?? [];
      const created = context.release.some((other) =>
        changesOf(other, "alter-table-other").some((change) => change.table === table && change.action === "CREATE POLICY"),
      );
      if (policies.length > 0 || created) return [];
      const versions = context.liveVersions;
      return [
        {
          severity: forced ? ("error" as const) : ("info" as const),
          about: table,
          message: `row-level security on ${named(table)} has no policy: ${forced ? "nobody but a superuser sees a row" : "only its owner sees rows"}`,
          label: "without a policy nothing is allowed",
          why: `no error tells it: SELECT finds no row, UPDATE and DELETE change none, INSERT fails with SQLSTATE 42501, for every role but a superuser${forced ? "" : ", the owner"} and those with BYPASSRLS${versions.length === 0 ? "" : `; which role ${list(versions)} ${versions.length === 1 ? "uses" : "use"} no query tells`}`,
          help: `the policies first, then in the same transaction: \`CREATE POLICY … ON ${sqlTable(table)} USING (…);\` and after it \`ALTER TABLE ${sqlTable(table)} ${action};\``,
          evidence: context.evidence(statement, [table]),
        },
      ];
    });
  },
};
