import { ClickHouseError, type EmbeddedClickHouse, startClickHouse } from "../../engines/clickhouse/embedded/index.ts";

/** The sandboxed engine in which keys are built and the workload runs. */
export interface Lab {
  /** `26.7.2.1` */
  readonly version: string;
  /** Where the engine's files are. */
  readonly directory: string;
  /** @returns the result as tab-separated text without escapes; @throws ClickHouseError, EngineCrashed */
  text(sql: string): Promise<string>;
  /** The result as one JSON object with the engine's statistics. */
  json(sql: string): Promise<string>;
  /** Runs it and throws its result away. */
  quiet(sql: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * What would make a second run of a query look cheaper than the first, or two runs differ, is off: the query condition cache (a second run
 * read 161,701 instead of 1,200,000 rows), implicit projections, and more than one thread: with LIMIT, as much is read as threads happen
 * to have started. Rows are counted as they are inserted: nothing collapses on insert.
 */
const SETTINGS = {
  use_query_condition_cache: 0,
  optimize_use_implicit_projections: 0,
  use_query_cache: 0,
  max_partitions_per_insert_block: 0,
  optimize_on_insert: 0,
  allow_suspicious_low_cardinality_types: 1,
  allow_suspicious_codecs: 1,
  async_insert: 0,
  // One block per insert: one part per partition, whatever the sample's size.
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 0,
  max_insert_threads: 1,
} as const;

/**
 * @param memory bytes that the engine may use in all
 * @throws EngineUnavailable
 */
export async function startLab(memory: number, onProgress: (message: string) => void): Promise<Lab> {
  const engine: EmbeddedClickHouse = await startClickHouse({ memoryLimit: memory, settings: SETTINGS, onProgress });
  return {
    version: engine.version,
    directory: engine.directory,
    text: async (sql) => (await engine.query(sql, { format: "TSVRaw" })).text,
    json: async (sql) => (await engine.query(sql, { format: "JSONCompact" })).text,
    quiet: async (sql) => void (await engine.query(sql, { format: "Null" })),
    close: () => engine.stop(),
  };
}

/** Rows of tab-separated text whose values hold no line breaks. */
export function rowsOf(text: string): string[][] {
  const trimmed = text.replace(/\n$/, "");
  return trimmed === "" ? [] : trimmed.split("\n").map((line) => line.split("\t"));
}

/** Quotes a name for ClickHouse: `` a`b `` → `` `a\`b` ``. */
export function quoteName(text: string): string {
  return `\`${text.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** Quotes a string literal for ClickHouse, which reads backslashes as escapes. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Null where the engine refused the statement; everything else is thrown. */
export async function unlessRefused<T>(act: Promise<T>): Promise<T | ClickHouseError> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof ClickHouseError) return error;
    throw error;
  }
}
