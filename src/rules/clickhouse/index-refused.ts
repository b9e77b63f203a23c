import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const indexRefused: ClickHouseRule = refusalRule(["add-index", "materialize-index", "create-table"], {
  id: "index-refused",
  summary: "a skip index that does not fit its column, or that the version does not know",
  codes: [36, 43, 44, 47, 80],
  words(change, error) {
    if (!/index|ngrambf|tokenbf|bloom|minmax|text\(/i.test(error.message)) return null;
    const table = change.kind === "create-table" ? change.table.name : change.table;
    return {
      message: `a skip index of ${named(table)} is refused: ${error.message}`,
      why: "each type of index knows some types of columns: n-grams and tokens need text, bloom filters need values that can be hashed.",
      help: "`minmax` for what grows with the sorting key, `set(N)` for few values, `bloom_filter` for equality, `ngrambf_v1`/`tokenbf_v1` or `text` for search in text",
    };
  },
});
