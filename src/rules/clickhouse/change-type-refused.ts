import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { isNullable } from "./types.ts";
import { keyText, named, sqlName, sqlTable } from "./words.ts";

export const changeTypeRefused: ClickHouseRule = refusalRule("modify-column", {
  id: "change-type-refused",
  summary: "a column type that cannot be changed in place: in a key or a projection, or to what its bytes cannot become",
  words({ table, column, type }, error, statement, context) {
    const before = context.column(statement, table, column);
    const known = context.table(statement, table);
    if (type === null || before === null || known === null) return null;
    if (isNullable(before.type) && !isNullable(type) && error.code === 36) return null;
    const inKey = [...(known.orderBy ?? []), ...(known.primaryKey ?? [])].some(({ expression }) => expression.columns.includes(column));
    const inPartition = known.partitionBy?.columns.includes(column) === true;
    const projection = known.projections.find(({ columns }) => columns.includes(column));
    const t = sqlTable(table);
    if (inKey || inPartition)
      return {
        message: `the type of ${named(column)} cannot be changed: it is part of the ${inKey ? "sorting" : "partition"} key of ${named(table)}`,
        why: `parts are ordered by ${known.orderBy === null ? "it" : keyText(known.orderBy)} on disk: another representation would make the order wrong. LowCardinality around it, more Enum values, or another DEFAULT and CODEC are allowed.`,
        help: `a new table with the new type, the rows copied partition by partition, what arrives meanwhile written to both, and \`EXCHANGE TABLES ${t} AND ${t}_new\` at the end`,
      };
    if (projection !== undefined)
      return {
        message: `the type of ${named(column)} cannot be changed while projection ${named(projection.name)} of ${named(table)} uses it`,
        why: "the projection keeps a copy of the column in another order.",
        help: `\`ALTER TABLE ${t} DROP PROJECTION ${sqlName(projection.name)}\`, change the type, add the projection again and \`MATERIALIZE PROJECTION\` it`,
      };
    return {
      message: `${named(column)} of ${named(table)} cannot go from ${before.type.text} to ${type.text}`,
      why: "ClickHouse has no conversion between the two, or not without losing what does not fit.",
      help: `add a column of the new type, fill it (\`ALTER TABLE ${t} UPDATE … \`, or an INSERT … SELECT into a new table), and move readers over`,
    };
  },
});
