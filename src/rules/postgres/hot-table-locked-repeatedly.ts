import type { Rule } from "../rule.ts";
import { count, counted, named } from "../words.ts";

/** Two locks are a mishap; three are a plan that can be changed. */
const MANY = 3;

export const hotTableLockedRepeatedly: Rule = {
  id: "hot-table-locked-repeatedly",
  summary: "a release locks a hot table again and again",
  database: "postgres",
  checkMigration({ migration }, context) {
    // Said once for the release, where the last of its statements stands; without a profile nothing is hot.
    if (context.environment.profiles.length === 0 || context.release.at(-1)?.migration.id !== migration.id) return [];
    const taken = new Map<string, { readonly statement: (typeof context.release)[number]; readonly transaction: string }[]>();
    for (const statement of context.release) {
      const { transaction, index } = statement.statement;
      const own =
        statement.migration.transaction === "all-pending" ? "all" : `${statement.migration.id} ${transaction ?? `alone ${index}`}`;
      for (const { relation, mode } of context.blockingLocks(statement)) {
        if (mode !== "AccessExclusive" || !context.isHot(relation)) continue;
        const known = taken.get(relation) ?? [];
        if (!known.some((one) => one.transaction === own)) taken.set(relation, [...known, { statement, transaction: own }]);
      }
    }
    return [...taken].flatMap(([table, locks]) => {
      const last = locks.at(-1)?.statement;
      if (locks.length < MANY || last === undefined) return [];
      const reads = context.traffic(table).readsPerSecond;
      return [
        {
          severity: "warning" as const,
          statement: last.migration.id === migration.id ? last.statement.index : null,
          span: last.statement.span,
          about: table,
          message: `this release locks ${named(table)} ${counted(locks.length, "time")}${reads === null ? "" : `, which is read ${count(reads)} times per second`}`,
          label: "the last of them",
          why: "each time it waits for every query that is running, and every later one waits behind it; each may time out and be tried again, and the waits of a release add up",
          help: "one ALTER TABLE with all sub-commands, or one transaction that takes the lock once; what can wait goes into another release",
          evidence: context.trafficEvidence(table),
          also: locks.slice(0, -1).map(({ statement }) => ({ span: statement.statement.span, label: "locks it as well" })),
        },
      ];
    });
  },
};
