import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType } from "./types.ts";
import { named } from "./words.ts";

/** Functions whose values are more than some hundred over a year. */
const FINE = new Set([
  "tostartofsecond",
  "tostartofminute",
  "tostartoffiveminutes",
  "tostartoffiveminute",
  "tostartoftenminutes",
  "tostartoffifteenminutes",
  "tostartofhour",
  "tounixtimestamp",
  "cityhash64",
  "siphash64",
  "xxhash64",
  "md5",
]);

export const partitionTooFine: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "partition-too-fine",
  summary: "a partition key with very many values: inserts fail, and parts never merge",
  check({ table }, statement, context) {
    const { partitionBy } = table;
    if (partitionBy === null || context.effects(statement).error !== null) return null;
    const bounded =
      partitionBy.functions.some((name) =>
        /^(?:modulo|intDiv|positiveModulo|toYYYYMM|toStartOfMonth|toMonday|toYear|toStartOfYear|toStartOfQuarter|toStartOfWeek)$/i.test(
          name,
        ),
      ) || partitionBy.sql.includes("%");
    const fine = partitionBy.functions.find((name) => FINE.has(name.toLowerCase()));
    const raw = table.columns.find(
      ({ name, type }) =>
        name === partitionBy.sql &&
        /^(?:UUID|String|FixedString|U?Int(?:32|64|128|256)|DateTime|DateTime64|IPv4|IPv6)$/.test(bareType(type).name),
    );
    if (bounded || (fine === undefined && raw === undefined)) return null;
    return {
      severity: "warning",
      about: table.name,
      message: `${named(table.name)} is partitioned by ${partitionBy.sql}, which may have very many values`,
      label:
        raw === undefined
          ? `${fine ?? ""} has a value for every ${/hour/i.test(fine ?? "") ? "hour" : "few rows"}`
          : `every ${bareType(raw.type).name} is a partition of its own`,
      why: "Parts of different partitions never merge, so there are as many parts as values; an INSERT that touches more than 100 partitions fails with code 252, and 300 parts in one partition slow inserts down.",
      help: "partition by month, or by day where days are dropped as a whole (`toYYYYMM(at)`); tenants and ids belong into the sorting key",
      evidence: [],
    };
  },
});
