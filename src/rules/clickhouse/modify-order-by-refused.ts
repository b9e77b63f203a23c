import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { keyText, named, sqlTable } from "./words.ts";

export const modifyOrderByRefused: ClickHouseRule = refusalRule(["modify-order-by", "modify-sample-by"], {
  id: "modify-order-by-refused",
  summary: "a change of the sorting key that old parts do not have: refused, but for columns added in the same statement",
  words(change, error, statement, context) {
    const known = context.table(statement, change.table);
    const t = sqlTable(change.table);
    return {
      message: `the ${change.kind === "modify-order-by" ? "sorting key" : "sampling key"} of ${named(change.table)} cannot be changed like this: ${error.message}`,
      why: `parts on disk are in the order of ${known?.orderBy == null ? "the old key" : keyText(known.orderBy)}. Only columns added by the same ALTER, without a DEFAULT, may be appended: of them every old row has the same value.`,
      help: `append in one statement: \`ALTER TABLE ${t} ADD COLUMN c …, MODIFY ORDER BY (…, c)\`. For another order: a new table with the key, the rows copied partition by partition, what arrives meanwhile written to both, \`EXCHANGE TABLES\`. \`tread advise\` measures which key is worth it`,
    };
  },
});
