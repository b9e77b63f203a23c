import type { Rule } from "../rule.ts";
import { list, named } from "../words.ts";

/** Extensions that make something else of ALTER TABLE and CREATE INDEX on their tables. */
const CHANGES_DDL: Readonly<Record<string, string>> = {
  timescaledb: "a hypertable hands the statement on to each of its chunks, and refuses some on compressed ones",
  citus: "a distributed table hands the statement on to every shard of every worker, in a transaction over all of them",
};

export const extensionTables: Rule = {
  id: "extension-tables",
  summary: "an extension may do something else with the statement than Postgres would",
  database: "postgres",
  // Once per migration: which tables are the extension's no migration shows.
  checkMigration({ statements }, context) {
    for (const statement of statements) {
      const extensions = Object.keys(CHANGES_DDL).filter((name) => statement.before.extensions.has(name));
      const [lock] = context.blockingLocks(statement);
      if (extensions.length === 0 || lock === undefined) continue;
      return [
        {
          severity: "info",
          statement: statement.statement.index,
          message: `${named(lock.relation)} may be a table of ${list(extensions)}: what is predicted here is what Postgres does with a plain one`,
          label: "locks and work may be others",
          why: `${list(extensions.map((name) => CHANGES_DDL[name] ?? ""))}; create_hypertable() and create_distributed_table() are calls at run time, so that no migration tells which tables they were made for`,
          help: "for a table of the extension follow its own manual, and rehearse on a copy that has it",
          evidence: [],
        },
      ];
    }
    return [];
  },
};
