import { PlanTrouble } from "../trouble.ts";

const WALK =
  "write it as a migration and let `tread plan --cluster <migration> --clickhouse-url <url>` order it, on one server as on many: it finds the views, Distributed and Kafka tables that carry the column (docs/cluster-walk.md)";
const ANEW =
  "the table is made anew, and `tread plan --cluster sorting-key …` (or partition-key) with --clickhouse-url plans and walks that, on one server as on many: every insert goes into both tables, what was there is copied partition by partition and compared, EXCHANGE on every host, the old table stays until you end the undo window (docs/cluster-walk.md)";

/** What to do by hand, step by step, per change: a plan of phases is made for Postgres alone. */
const CHANGES: ReadonlyMap<string, string> = new Map([
  [
    "sorting-key",
    `columns that are appended, and are added in the same ALTER, go with MODIFY ORDER BY; for every other key ${ANEW}. Which key is worth it: tread advise <table>`,
  ],
  ["partition-key", `it cannot be altered: ${ANEW}`],
  [
    "ttl",
    "ALTER TABLE … MODIFY TTL … SETTINGS materialize_ttl_after_modify = 0, which rewrites nothing; look first at what it takes (SELECT count() … WHERE <expression> < now()); then ALTER TABLE … MATERIALIZE TTL IN PARTITION … one after the other, and wait in system.mutations for each",
  ],
  [
    "projection",
    "ALTER TABLE … ADD PROJECTION … (new parts have it at once), then ALTER TABLE … MATERIALIZE PROJECTION … IN PARTITION … one after the other, and wait in system.mutations for each; done when system.projection_parts has every active part",
  ],
  [
    "skipping-index",
    "ALTER TABLE … ADD INDEX … TYPE … GRANULARITY … (new parts have it at once), then ALTER TABLE … MATERIALIZE INDEX … IN PARTITION … one after the other, and wait in system.mutations for each",
  ],
  [
    "materialize",
    "name one partition at a time: ALTER TABLE … MATERIALIZE COLUMN (INDEX, PROJECTION, TTL) … IN PARTITION …, and wait in system.mutations until it is done before the next",
  ],
  ["add-column", `ADD COLUMN touches no part; the table with the rows first, then Distributed tables and views. ${WALK}`],
  [
    "drop-column",
    `release a version that does not name it, take it out of views and Distributed tables, then DROP COLUMN on the table with the rows: its values are gone for good. ${WALK}`,
  ],
  ["rename-column", `who asks by the old name fails at once: add a column under the new name, write both, and drop the old one. ${WALK}`],
  [
    "change-type",
    "add a column of the new type (DEFAULT made from the old one), ALTER TABLE … MATERIALIZE COLUMN … IN PARTITION … one after the other, release a version that reads and writes it, then drop the old one; a key column needs the table anew (sorting-key)",
  ],
  [
    "add-enum-value",
    "MODIFY COLUMN … with the value added and no number changed touches no part: run it before the code that writes the value",
  ],
  [
    "rename-enum-value",
    "the name alone, with its number kept, touches no part, and who writes the old name fails at once: add the new name under a number of its own, write it, move the rows (ALTER TABLE … UPDATE … IN PARTITION …), then take the old one out",
  ],
  [
    "remove-enum-value",
    "make sure that no row has it (SELECT count() … WHERE column = 'value'), release a version that does not write it, then MODIFY COLUMN without it and with every other number kept: rows that had it would become unreadable",
  ],
  [
    "drop-table",
    "release a version without it, drop the views into and out of it first, then the Distributed table, then the table with the rows",
  ],
  [
    "rename-table",
    "views and Distributed tables name it: make them anew under the new name in the same maintenance, or EXCHANGE TABLES with one that is ready",
  ],
]);

/** The words that are for ClickHouse alone. */
export const CLICKHOUSE_VERBS: readonly string[] = ["sorting-key", "partition-key", "ttl", "projection", "skipping-index", "materialize"];

/** Said by name: there is no plan of phases for it, and what to do instead. */
export function withoutPlan(verb: string): PlanTrouble {
  return new PlanTrouble(
    `${verb}: a change of ClickHouse; plans of phases are made for Postgres`,
    CHANGES.get(verb) ??
      (CLICKHOUSE_VERBS.includes(verb)
        ? "tread check says what the change does"
        : `ClickHouse has no ${verb}; tread check says what a migration of yours does`),
  );
}
