import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";

interface Bound {
  /** The value is a danger. */
  readonly bad: (value: number) => boolean;
  readonly why: string;
}

const BOUNDS: Readonly<Record<string, Bound>> = {
  parts_to_throw_insert: {
    bad: (value) => value > 0 && value < 100,
    why: "an INSERT fails with code 252 as soon as one partition has that many parts",
  },
  parts_to_delay_insert: {
    bad: (value) => value > 0 && value < 10,
    why: "every INSERT is slowed down as soon as one partition has that many parts",
  },
  max_parts_in_total: { bad: (value) => value > 0 && value < 1000, why: "INSERTs fail as soon as the table has that many parts" },
  max_partitions_to_read: { bad: (value) => value > 0 && value < 10, why: "a SELECT over more partitions fails" },
  old_parts_lifetime: {
    bad: (value) => value === 0,
    why: "a part is removed the moment it is merged: after a crash of the server what is not on disk yet is lost",
  },
  fsync_after_insert: { bad: () => false, why: "" },
  allow_nullable_key: {
    bad: (value) => value === 1,
    why: "every read of the key has to look at NULLs apart, and a key cannot be made plain again",
  },
  replicated_deduplication_window: {
    bad: (value) => value === 0,
    why: "a client that repeats an INSERT after a lost answer doubles its rows",
  },
  number_of_free_entries_in_pool_to_execute_mutation: {
    bad: (value) => value === 0,
    why: "mutations may take every thread of the pool, and merges wait",
  },
};

export const dangerousTableSetting: ClickHouseRule = clickHouseRuleFor("modify-setting", {
  id: "dangerous-table-setting",
  summary: "a table setting that takes effect at once and stops inserts, or risks rows",
  check({ table, set }, statement, context) {
    if (context.effects(statement).error !== null) return null;
    return [...set].flatMap(([name, text]) => {
      const bound = BOUNDS[name];
      const value = Number(text.replaceAll("'", ""));
      if (bound === undefined || !Number.isFinite(value) || !bound.bad(value)) return [];
      const parts = name.startsWith("parts_to") || name === "max_parts_in_total" ? context.size(table).parts : null;
      return [
        {
          severity: name === "allow_nullable_key" ? ("warning" as const) : ("error" as const),
          about: `${table} ${name}`,
          message: `${name} = ${text} on ${named(table)}: ${bound.why}`,
          label: "it takes effect at once",
          why: `MODIFY SETTING is not checked against the table${parts === null ? "" : `, which has ${parts} parts now`}: what the next INSERT meets is the first sign.`,
          help: `leave the default (\`ALTER TABLE … RESET SETTING ${name}\`), or a value far from what the table has: \`SELECT max(c) FROM (SELECT count() AS c FROM system.parts WHERE active GROUP BY database, table, partition)\``,
          evidence: parts === null ? [] : [context.sizeEvidence(table)],
        },
      ];
    });
  },
});
