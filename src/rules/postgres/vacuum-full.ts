import { heavyHazards } from "../heavy.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const vacuumFull: Rule = {
  id: "vacuum-full",
  summary: "VACUUM FULL writes a table anew while nobody can read it",
  database: "postgres",
  kinds: ["maintenance"],
  check(statement, context) {
    const commands = changesOf(statement, "maintenance").filter(({ command }) => command === "VACUUM FULL");
    if (commands.length === 0 || context.effects(statement).error !== null) return [];
    const everything = commands.some(({ table }) => table === null);
    const hazards = heavyHazards(statement, context, null, {
      message: ({ table }) => `VACUUM FULL writes ${named(table)} anew${everything ? ", as every other table of the database" : ""}`,
      label: "reads and writes wait until it is done",
      why: "It needs free disk space for a second copy meanwhile. A plain VACUUM gives the space back to the table itself and blocks nobody.",
      help: ({ table }) =>
        `\`VACUUM (ANALYZE) ${sqlTable(table)};\` where the space may stay with the table; \`pg_repack --table=${sqlTable(table)}\` (from Postgres 19 \`REPACK (CONCURRENTLY)\`) where the disk must get it back: it copies beside the traffic and locks for a moment at the end`,
    });
    // Without a table all of the database is meant, also what no migration shows.
    if (hazards.length > 0 || !everything || [...statement.before.relations.values()].some(({ kind }) => kind === "table")) return hazards;
    return [
      {
        severity: context.environment.assume === "small" ? "info" : "error",
        message: "VACUUM FULL writes every table of the database anew",
        label: "reads and writes wait, table after table",
        why: "ACCESS EXCLUSIVE on one table after the other, each for as long as it takes to write it and its indexes again",
        help: "a plain VACUUM blocks nobody; `pg_repack` gives the disk its space back beside the traffic",
        evidence: [],
        supersedes: ["hot-table-alter"],
      },
    ];
  },
};
