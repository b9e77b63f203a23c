import { quoteText } from "../engine/lab.ts";

/**
 * The read-only query that exports a workload from `system.query_log`, with what leaves the server said in it.
 * @param tables `database.table`, all names under which the table is read; empty: every table
 */
export function exportQuery(tables: readonly string[], days: number): string {
  const only = tables.length === 0 ? "" : `\n  AND hasAny(tables, [${tables.map(quoteText).join(", ")}])`;
  return `-- Exports the queries of the last ${days} days for \`tread advise --workload workload.jsonl\`. It only reads.
-- What leaves the server: the text of each kind of query with every literal replaced by \`?\`, how often it ran, its database,
-- and how many rows it read on average. No literals, no results, no users. Names of tables, columns and aliases stay.
-- Run it with: clickhouse-client --readonly 1 --queries-file export.sql > workload.jsonl
-- On a cluster, run it on every host that serves queries and give tread all the files.
SELECT
  normalizeQueryKeepNames(any(query)) AS query,
  count() AS count,
  any(current_database) AS database,
  round(avg(read_rows)) AS readRows
FROM system.query_log
WHERE event_date >= today() - ${days}
  AND type = 'QueryFinish'
  AND query_kind = 'Select'
  AND is_initial_query${only}
GROUP BY normalized_query_hash
ORDER BY count * readRows DESC
LIMIT 200
SETTINGS max_execution_time = 60, max_threads = 2
FORMAT JSONEachRow
`;
}
