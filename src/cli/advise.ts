import { resolve } from "node:path";
import { styleText } from "node:util";
import type { Advice } from "../advise/advice.ts";
import { type AdviseOptions, adviseTable } from "../advise/advise.ts";
import type { DataSource } from "../advise/data/source.ts";
import { AdviseError } from "../advise/errors.ts";
import { adviceText } from "../advise/render/text.ts";
import type { Schema } from "../advise/table/definition.ts";
import { schemaFromFile, schemaFromMigrations } from "../advise/table/load-schema.ts";
import { factsOf, type TableFacts } from "../advise/table/scale.ts";
import { exportQuery } from "../advise/workload/export-query.ts";
import { readWorkload } from "../advise/workload/read-workload.ts";
import type { Workload } from "../advise/workload/workload.ts";
import { clickhouseUrl } from "../config/database-url.ts";
import { selectEnvironments } from "../config/environments.ts";
import { loadConfig } from "../config/load.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import { EXIT } from "./exit-codes.ts";
import { prepareOutput, writeOutput } from "./output-file.ts";
import { createProgress } from "./progress.ts";

export interface AdviseFlags {
  readonly config?: string;
  readonly environment?: string;
  readonly workload: readonly string[];
  readonly schema?: string;
  readonly sample?: string;
  readonly clickhouseUrl?: string | true;
  readonly sampleRows: number;
  readonly sampleBy?: string;
  readonly rowsTotal?: number;
  readonly parts?: number;
  readonly candidates: number;
  readonly searchSeconds?: number;
  /** Bytes. */
  readonly maxMemory: number;
  readonly printExport: boolean;
  readonly days: number;
  readonly format: string;
  readonly output?: string;
  readonly color: boolean;
}

/**
 * `tread advise <table>`: which sorting key serves the workload.
 * @throws AdviseError, ConfigError, EngineUnavailable
 */
export async function adviseCommand(table: string | undefined, flags: AdviseFlags): Promise<number> {
  if (flags.printExport) {
    process.stdout.write(exportQuery(table === undefined ? [] : await namesOf(table, flags), flags.days));
    return EXIT.ok;
  }
  if (table === undefined) throw new AdviseError("which table?", "for example: tread advise web.hits --workload workload/hits.sql");
  if (flags.sample !== undefined && flags.clickhouseUrl !== undefined)
    throw new AdviseError("--sample and --clickhouse-url are two answers to one question", "the rows come from one of them");
  prepareOutput(flags.output);
  const cwd = process.cwd();
  const config = await loadConfig(flags.config === undefined ? { cwd } : { cwd, file: flags.config });
  const workload = loadWorkload(flags, config, cwd);

  const abort = new AbortController();
  const progress = createProgress(process.stderr);
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.incomplete);
    progress.update("stopping: ending the engine and removing its files");
    abort.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    const options = await prepare(table, flags, config, workload, abort.signal, (message) => progress.update(message));
    const { advice, incomplete } = await adviseTable(options.advise, { progress: (message) => progress.update(message) }).finally(
      options.cleanUp,
    );
    progress.end();
    print(advice, flags);
    if (incomplete === null) return EXIT.ok;
    process.stderr.write(`not complete: ${incomplete}\n`);
    return EXIT.incomplete;
  } catch (error) {
    progress.end();
    if (!abort.signal.aborted) throw error;
    process.stderr.write("stopped; nothing was left behind\n");
    return EXIT.incomplete;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

interface Prepared {
  readonly advise: AdviseOptions;
  readonly cleanUp: () => void;
}

async function prepare(
  table: string,
  flags: AdviseFlags,
  config: ParsedConfig,
  workload: Workload,
  signal: AbortSignal,
  onProgress: (message: string) => void,
): Promise<Prepared> {
  const cwd = process.cwd();
  const server = flags.clickhouseUrl === undefined ? null : await import("../advise/data/server.ts");
  const connection = server === null ? null : await server.connect(urlOf(flags, config), process.env, signal);
  const schema =
    flags.schema !== undefined
      ? await schemaFromFile(flags.schema, cwd, table)
      : connection !== null && server !== null
        ? await server.schemaFromServer(connection, table)
        : await migrationsSchema(config, cwd, table);
  const facts = profileFacts(config, flags, schema);
  let cleanUp = (): void => {};
  let data: DataSource;
  if (flags.sample !== undefined) {
    const sample = {
      path: resolve(cwd, flags.sample),
      shown: flags.sample,
      mostRows: flags.sampleRows,
      by: sampledBy(flags, schema),
      memory: flags.maxMemory,
    };
    data = { kind: "file", sample };
  } else if (connection !== null && server !== null) {
    const sampled = await server.sampleServer(connection, schema.definition, {
      rows: flags.sampleRows,
      by: sampledBy(flags, schema),
      memory: flags.maxMemory,
      onProgress,
    });
    data = sampled.data;
    cleanUp = sampled.cleanUp;
  } else data = synthetic(schema, facts, flags);
  const advise: AdviseOptions = {
    schema,
    workload,
    data,
    total: flags.rowsTotal ?? (data.kind === "server" ? null : (facts?.rows ?? null)),
    parts: flags.parts ?? facts?.partsPerPartition ?? null,
    candidates: flags.candidates,
    memory: flags.maxMemory,
    searchMs: flags.searchSeconds === undefined ? null : flags.searchSeconds * 1000,
    signal,
  };
  return { advise, cleanUp };
}

/** @throws AdviseError for a column that splits the table into few pieces: such a sample is not like the table */
function sampledBy({ sampleBy }: AdviseFlags, { definition }: Schema): string | null {
  if (sampleBy === undefined) return null;
  const column = definition.columns.find(({ name, kind }) => name === sampleBy && kind === "stored");
  if (column === undefined)
    throw new AdviseError(
      `${definition.database}.${definition.table} has no stored column ${sampleBy}`,
      "name one of its columns with --sample-by",
    );
  if (
    definition.orderBy[0] === sampleBy ||
    column.type.startsWith("LowCardinality") ||
    column.type.startsWith("Enum") ||
    column.type === "Bool"
  )
    throw new AdviseError(
      `a sample by ${sampleBy} is not like the table: it leads the key or has few values, and whole stretches of the table would be missing`,
      "sample by an entity with many values (a user, a session), or leave --sample-by out for random rows",
    );
  return sampleBy;
}

function synthetic(schema: Schema, facts: TableFacts | null, flags: AdviseFlags): DataSource {
  const rows = Math.min(flags.sampleRows, 500_000, Math.max(1000, flags.rowsTotal ?? facts?.rows ?? 500_000));
  const notes =
    facts === null || facts.columns.length === 0
      ? [
          `No sample and no statistics of ${schema.definition.database}.${schema.definition.table}: the rows are guesses. Give --sample FILE, --clickhouse-url URL, or a scale profile with columns.`,
        ]
      : [];
  return { kind: "synthetic", rows, statistics: facts?.columns ?? [], notes };
}

function profileFacts(config: ParsedConfig, flags: AdviseFlags, schema: Schema): TableFacts | null {
  const environments = selectEnvironments(config, flags.environment === undefined ? null : [flags.environment]);
  // The largest of the environments, where none was named: a key must serve where it hurts.
  const all = environments.flatMap((environment) => factsOf(environment.profiles, schema.definition) ?? []);
  return all.sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0))[0] ?? null;
}

function loadWorkload(flags: AdviseFlags, config: ParsedConfig, cwd: string): Workload {
  const files = flags.workload.length > 0 ? flags.workload : config.workload;
  if (files.length === 0)
    throw new AdviseError(
      "there is no workload: a key is judged by the queries that it serves",
      "name one with --workload FILE, or list it under `workload:` of the config; `tread advise --print-export` prints the query that exports one",
    );
  return readWorkload(files, flags.workload.length > 0 ? cwd : config.root);
}

async function migrationsSchema(config: ParsedConfig, cwd: string, table: string): Promise<Schema> {
  return schemaFromMigrations({ cwd, config, paths: [], base: null, appliedThrough: null, live: [] }, table);
}

function urlOf(flags: AdviseFlags, config: ParsedConfig): string {
  const named = selectEnvironments(config, flags.environment === undefined ? null : [flags.environment]).filter(
    (environment) => (environment.clickhouseUrlFrom ?? null) !== null,
  );
  return clickhouseUrl(flags.clickhouseUrl ?? true, named.length === 1 ? (named[0] ?? null) : null, process.env);
}

/** All names under which a table is read, where its schema is at hand. */
async function namesOf(table: string, flags: AdviseFlags): Promise<readonly string[]> {
  if (flags.schema === undefined) return [table];
  return (await schemaFromFile(flags.schema, process.cwd(), table)).definition.readAs;
}

function print(advice: Advice, flags: AdviseFlags): void {
  const colour = flags.color && flags.output === undefined && process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const text =
    flags.format === "json"
      ? `${JSON.stringify(advice, null, 2)}\n`
      : adviceText(advice, Math.min(process.stdout.columns ?? 110, 140), {
          bold: paint("bold"),
          dim: paint("dim"),
          good: paint("green"),
          warn: paint("yellow"),
        });
  if (flags.output === undefined) process.stdout.write(text);
  else {
    writeOutput(flags.output, text);
    process.stderr.write(`wrote ${flags.output}\n`);
  }
}
