import type { Database, Problem } from "../../model/migration.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import { decode, encodingProblem } from "../../sources/files/decode.ts";
import type { Files } from "../../sources/source.ts";
import { queriesOfText, type QueriesRead } from "./query-text.ts";
import { exportFormat } from "./export-format.ts";

export interface QueriesInput {
  readonly files: Files;
  /** A `.sql` file, a folder of them, or an export of `pg_stat_statements` or `system.query_log` (CSV, TSV, JSON, JSON lines). */
  readonly path: string;
  /** Name of the version in reports. */
  readonly name: string;
  readonly database: Database;
}

/** A live version given by its queries (`live: - { name: workers, sql: workers/queries.sql }`). */
export async function readQueries(input: QueriesInput): Promise<LiveVersion> {
  const { files, path } = input;
  const problems: Problem[] = [];
  const queries: Query[] = [];
  const paths = pathsAt(files, path);
  if (paths.length === 0)
    problems.push(
      problem(
        "unreadable",
        files.display(path),
        "does not exist, or holds no .sql, .csv or .json file",
        "Correct the path under `live`.",
        true,
      ),
    );
  else {
    const reader = await (input.database === "clickhouse" ? clickhouseReader() : postgresReader());
    for (const each of paths) {
      const file = files.display(each);
      const decoded = decode(files.read(each));
      const encoding = encodingProblem(decoded, file);
      if (encoding !== null) problems.push(encoding);
      const format = exportFormat(each, decoded.text);
      const read = format === null ? reader.text(decoded.text, file) : await reader.export(decoded.text, file, format);
      queries.push(...read.queries);
      problems.push(...read.problems);
    }
    if (queries.length === 0)
      problems.push(
        problem(
          "no-queries",
          files.display(path),
          "holds no query that could be read",
          "A version that asks nothing cannot be checked: give its queries, or leave it out.",
          true,
        ),
      );
  }
  // A query that was not understood may ask for anything.
  const dynamic = problems.flatMap(({ code, message, span }) =>
    code === "syntax" && span !== null ? [{ tables: [], reason: message, span }] : [],
  );
  return { name: input.name, database: input.database, queries, migrations: null, dynamic, problems };
}

type Read = Pick<QueriesRead, "queries" | "problems">;

/** How the queries of one engine are read. The reader of CSV comes along with exports only. */
interface Reader {
  text(text: string, file: string): Read;
  export(text: string, file: string, format: "csv" | "json" | "jsonl"): Promise<Read>;
}

async function postgresReader(): Promise<Reader> {
  const { loadGrammar } = await import("../../engines/postgres/parse/load.ts");
  const grammar = await loadGrammar();
  return {
    text: (text, file) => queriesOfText(grammar, text, file),
    export: async (text, file, format) => (await import("./statements-export.ts")).queriesOfExport(grammar, text, file, format),
  };
}

async function clickhouseReader(): Promise<Reader> {
  const { clickhouseQueriesOfText } = await import("./clickhouse-text.ts");
  return {
    text: clickhouseQueriesOfText,
    export: async (text, file, format) => (await import("./clickhouse-export.ts")).clickhouseQueriesOfExport(text, file, format),
  };
}

function pathsAt(files: Files, path: string): readonly string[] {
  const listed = files.list(path);
  // A file outside of the tree's listing (a skipped folder) can still be named.
  if (listed.length === 0) return files.exists(path) ? [path] : [];
  return listed.length === 1 ? listed : listed.filter((each) => /\.(?:sql|pgsql|csv|tsv|json|jsonl|ndjson)$/i.test(each));
}

function problem(code: string, file: string, what: string, help: string, fatal: boolean): Problem {
  return { code, message: `${file} ${what}`, help, span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 }, fatal };
}
