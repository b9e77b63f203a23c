import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { keyText, list, named, sqlTable } from "./words.ts";

export const mutationRefused: ClickHouseRule = refusalRule(["alter-update", "alter-delete", "lightweight-update", "lightweight-delete"], {
  id: "mutation-refused",
  summary: "an UPDATE or DELETE that the table cannot do: a key column, projections, no block numbers",
  words(change, error, statement, context) {
    const { table, kind } = change;
    const known = context.table(statement, table);
    const t = sqlTable(table);
    if (error.code === 420 && "assignments" in change) {
      const inKey = [
        ...(known?.orderBy ?? []).map(({ expression }) => expression),
        ...(known?.partitionBy == null ? [] : [known.partitionBy]),
      ];
      const columns = change.assignments
        .map(({ column }) => column)
        .filter((column) => inKey.some((part) => part.columns.includes(column)));
      return {
        message: `${list(columns.map(named))} of ${named(table)} cannot be updated: ${columns.length === 1 ? "it is" : "they are"} part of a key`,
        why: `rows lie in the order of ${known?.orderBy == null ? "the key" : keyText(known.orderBy)}: another value belongs into another place.`,
        help: "insert the row with its new key and delete the old one (ReplacingMergeTree with is_deleted, or DELETE); for many rows copy into a new table and EXCHANGE",
      };
    }
    if (kind === "lightweight-delete" && (known?.projections.length ?? 0) > 0)
      return {
        message: `DELETE FROM ${named(table)} is refused: the table has projections`,
        why: "a projection would go on showing rows that the mask hides.",
        help: `decide what happens to them first: \`ALTER TABLE ${t} MODIFY SETTING lightweight_mutation_projection_mode = 'rebuild'\` (or 'drop'); or \`ALTER TABLE ${t} DELETE WHERE …\`, which writes every part anew`,
      };
    if (kind === "lightweight-update")
      return {
        message: `UPDATE ${named(table)} is refused: the table does not number its rows`,
        why: "a lightweight update writes patches that name rows by block number and offset, and old parts have neither.",
        help: `\`ALTER TABLE ${t} MODIFY SETTING enable_block_number_column = 1, enable_block_offset_column = 1\` for rows written from then on; for old ones \`ALTER TABLE ${t} UPDATE … WHERE …\``,
      };
    return null;
  },
});
