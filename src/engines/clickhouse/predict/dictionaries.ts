import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { refused, type Outcome } from "./outcome.ts";

const LAYOUTS = new Set(
  `DIRECT COMPLEX_KEY_DIRECT POLYGON POLYGON_SIMPLE POLYGON_INDEX_EACH POLYGON_INDEX_CELL NAIVE_BAYES CACHE COMPLEX_KEY_CACHE SSD_CACHE
COMPLEX_KEY_SSD_CACHE HASHED SPARSE_HASHED COMPLEX_KEY_HASHED COMPLEX_KEY_SPARSE_HASHED HASHED_ARRAY COMPLEX_KEY_HASHED_ARRAY REGEXP_TREE
RANGE_HASHED COMPLEX_KEY_RANGE_HASHED FLAT IP_TRIE`.split(/\s+/),
);
const SOURCES = new Set(
  `CLICKHOUSE MYSQL POSTGRESQL MONGODB REDIS CASSANDRA HTTP HTTPS FILE EXECUTABLE EXECUTABLE_POOL LIBRARY ODBC JDBC NULL YAMLREGEXPTREE YTSAURUS`.split(
    " ",
  ),
);

/** What the server refuses in the definition of a dictionary. Measured on 26.7. */
export function dictionaryProblem(table: ClickHouseTable): Outcome | null {
  const { dictionary } = table;
  if (dictionary === null) return null;
  const { sourceKind, layout, lifetime, primaryKey } = dictionary;
  if (sourceKind === "") return refused(489, "Cannot create dictionary with empty source");
  if (layout === null) return refused(489, "Cannot create dictionary with empty layout");
  if (lifetime === null && !layout.endsWith("DIRECT")) return refused(489, "Cannot create dictionary with empty lifetime");
  const unknown = primaryKey.find((key) => !table.columns.some((c) => c.name === key));
  if (unknown !== undefined) return refused(489, `Unknown key attribute '${unknown}'`);
  if (!LAYOUTS.has(layout)) return refused(137, `Unknown dictionary layout type: ${layout.toLowerCase()}`);
  return SOURCES.has(sourceKind) ? null : refused(137, `unknown dictionary source type: ${sourceKind.toLowerCase()}`);
}
