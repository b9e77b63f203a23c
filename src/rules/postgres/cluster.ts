import { heavyHazards } from "../heavy.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const cluster: Rule = {
  id: "cluster",
  summary: "CLUSTER writes a table anew in the order of an index while nobody can read it",
  database: "postgres",
  kinds: ["maintenance"],
  check(statement, context) {
    const commands = changesOf(statement, "maintenance").filter(({ command }) => command === "CLUSTER");
    if (commands.length === 0 || context.effects(statement).error !== null) return [];
    const tables = commands.flatMap(({ table }) => table ?? []);
    return heavyHazards(
      statement,
      context,
      commands.some(({ table }) => table === null) || commands.some(({ several }) => several === true) ? null : tables,
      {
        message: ({ table }) => `CLUSTER writes ${named(table)} anew`,
        label: "reads and writes wait until it is done",
        why: "The order is that of one moment: rows that are written afterwards go wherever there is room.",
        help: ({ table }) =>
          `\`pg_repack --table=${sqlTable(table)} --order-by=…\` sorts beside the traffic and locks for a moment at the end; often a covering index or a partition by date gives the same without rewriting anything`,
      },
    );
  },
};
