import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Lab, quoteName, quoteText, rowsOf } from "../engine/lab.ts";
import { AdviseError } from "../errors.ts";
import { nearest } from "../../text/nearest.ts";
import type { TableDefinition } from "../table/definition.ts";
import { startLoader, type Loader, LoadError } from "./loader.ts";
import { type Loaded, ROWS, rowsTable } from "./rows.ts";

const FORMATS: Readonly<Record<string, string>> = {
  csv: "CSV",
  tsv: "TSV",
  tab: "TSV",
  parquet: "Parquet",
  pq: "Parquet",
  native: "Native",
  jsonl: "JSONEachRow",
  ndjson: "JSONEachRow",
  json: "JSONEachRow",
  jsoneachrow: "JSONEachRow",
  orc: "ORC",
  arrow: "Arrow",
  arrows: "ArrowStream",
  avro: "Avro",
};
const COMPRESSIONS: ReadonlySet<string> = new Set(["gz", "zst", "xz", "lz4", "bz2", "br"]);

export interface FileSample {
  /** Absolute. */
  readonly path: string;
  /** As the user named it. */
  readonly shown: string;
  /** Rows kept at most. */
  readonly mostRows: number;
  /** Column by whose hash rows are kept; null: random rows. */
  readonly by: string | null;
  readonly memory: number;
}

/**
 * Loads a data file into the lab, thinned where it has more rows than are wanted. The file is streamed: it may be larger than memory.
 * @throws AdviseError when it is not a file of this table
 */
export async function loadFile(
  lab: Lab,
  definition: TableDefinition,
  file: FileSample,
  signal: AbortSignal | null,
  onProgress: (message: string) => void,
): Promise<Loaded> {
  const stat = statSync(file.path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile())
    throw new AdviseError(`${file.shown}: there is no such file`, "name a data file with --sample, or leave it out for synthetic rows");
  if (stat.size === 0) throw new AdviseError(`${file.shown}: the sample is empty`, "export some rows first", 3);
  const folder = mkdtempSync(join(tmpdir(), "tread-sample-"));
  const loader = startLoader(folder, file.memory);
  const stop = (): void => void loader.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const format = await formatOf(loader, definition, file);
    onProgress(`counting the rows of ${basename(file.shown)}`);
    const source = `file(${quoteText(file.path)}, ${quoteText(format.name)}, ${quoteText(format.structure)})`;
    const inFile = Number((await loader.text(`SELECT count() FROM ${source}${SETTINGS}`)).trim());
    if (inFile === 0) throw new AdviseError(`${file.shown}: the sample is empty`, "export some rows first", 3);
    const wanted = Math.min(1, file.mostRows / inFile);
    onProgress(`loading ${Math.round(inFile * wanted)} of ${inFile} rows of ${basename(file.shown)}`);
    const columns = format.columns.map(quoteName).join(", ");
    const per = 1_000_000;
    const thin =
      wanted >= 1
        ? ""
        : ` WHERE cityHash64(${file.by === null ? "rowNumberInAllBlocks()" : quoteName(file.by)}, 20) % ${per} < ${Math.round(wanted * per)}`;
    await loader.text(`CREATE DATABASE tread_sample`);
    await loader.text(rowsTable(definition));
    // Blocks are squashed to at most this many bytes before they are written.
    await loader.text(
      `INSERT INTO ${ROWS} (${columns}, _tread_row) SELECT ${columns}, rowNumberInAllBlocks() FROM ${source}${thin}${SETTINGS}, max_threads = 1, min_insert_block_size_bytes = ${Math.max(16_000_000, Math.floor(file.memory / 12))}`,
    );
    const path = await dataPath((sql) => loader.text(sql));
    await loader.close();
    await handOver(lab, definition, path);
    const loaded = Number((await lab.text(`SELECT count() FROM ${ROWS}`)).trim());
    if (loaded === 0) throw new AdviseError(`${file.shown}: no row was kept`, "ask for more rows with --sample-rows", 3);
    return { rows: loaded, inFile, missing: format.missing };
  } catch (error) {
    if (error instanceof LoadError)
      throw new AdviseError(
        `${file.shown}: does not fit ${definition.database}.${definition.table}: ${shorten(error.message)}`,
        "the file must hold columns of the table: with a header line (CSV, TSV), or with names (JSON lines, Parquet, Native), or all columns in the table's order",
      );
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await loader.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const SETTINGS =
  " SETTINGS input_format_skip_unknown_fields = 1, input_format_null_as_default = 1, date_time_input_format = 'best_effort', input_format_with_names_use_header = 1, input_format_parquet_allow_missing_columns = 1, input_format_allow_errors_num = 0, input_format_csv_detect_header = 0, input_format_tsv_detect_header = 0";

/** Parts of the loader's table become parts of the same table in the lab: the files are moved, nothing is read again. */
async function handOver(lab: Lab, definition: TableDefinition, from: string): Promise<void> {
  await lab.text(`CREATE DATABASE IF NOT EXISTS tread_sample`);
  await lab.text(rowsTable(definition));
  const to = await dataPath((sql) => lab.text(sql));
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory() && /_\d+_\d+_\d+$/.test(entry.name)) renameSync(join(from, entry.name), join(to, "detached", entry.name));
  }
  await lab.text(`ALTER TABLE ${ROWS} ATTACH PARTITION tuple()`);
}

async function dataPath(text: (sql: string) => Promise<string>): Promise<string> {
  return (await text(`SELECT data_paths[1] FROM system.tables WHERE database = 'tread_sample' AND name = 'rows'`)).trim();
}

interface FileFormat {
  readonly name: string;
  readonly structure: string;
  /** Columns that the file has, as the table names them. */
  readonly columns: readonly string[];
  /** Stored columns that it lacks. */
  readonly missing: readonly string[];
}

/** @throws AdviseError for an extension that says nothing, or a file without a column of the table */
async function formatOf(loader: Loader, definition: TableDefinition, file: FileSample): Promise<FileFormat> {
  const words = basename(file.path).toLowerCase().split(".");
  const compressed = COMPRESSIONS.has(words.at(-1) ?? "");
  const extension = words.at(compressed ? -2 : -1) ?? "";
  const known = FORMATS[extension];
  if (known === undefined) {
    const meant = nearest(extension, Object.keys(FORMATS));
    throw new AdviseError(
      `${file.shown}: the extension .${extension} does not say what it holds`,
      `known are ${Object.keys(FORMATS).join(", ")}, also compressed (.gz, .zst, …)${meant === null ? "" : `; did you mean .${meant}?`}`,
    );
  }
  const stored = definition.columns.filter((column) => column.kind === "stored");
  const types = new Map(stored.map((column) => [column.name, column.type]));
  const own = known === "CSV" || known === "TSV" ? await header(loader, file.path, known, types) : await named(loader, file.path, known);
  const columns = own.filter((name) => types.has(name));
  if (columns.length === 0)
    throw new AdviseError(
      `${file.shown}: has no column of ${definition.database}.${definition.table}`,
      `it holds ${own.slice(0, 8).join(", ")}; the table has ${[...types.keys()].slice(0, 8).join(", ")}`,
    );
  const isText = known === "CSV" || known === "TSV";
  // Text with a header may hold columns that the table lacks: they are read as text and thrown away.
  const structure = (isText ? own : columns).map((name) => `${quoteName(name)} ${types.get(name) ?? "String"}`).join(", ");
  const withHeader = isText && (await hasHeader(loader, file.path, known, types));
  return {
    name: withHeader ? `${known}WithNames` : known,
    structure,
    columns,
    missing: stored.map((column) => column.name).filter((name) => !columns.includes(name)),
  };
}

async function firstLine(loader: Loader, path: string, format: string): Promise<string[]> {
  const structure = "line String";
  const line = (await loader.text(`SELECT line FROM file(${quoteText(path)}, 'LineAsString', ${quoteText(structure)}) LIMIT 1`)).replace(
    /\n$/,
    "",
  );
  const separator = format === "CSV" ? "," : "\t";
  return line
    .replace(/^\ufeff/, "")
    .split(separator)
    .map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
}

async function hasHeader(loader: Loader, path: string, format: string, types: ReadonlyMap<string, string>): Promise<boolean> {
  const fields = await firstLine(loader, path, format);
  return fields.filter((field) => types.has(field)).length * 2 >= fields.length && fields.some((field) => types.has(field));
}

async function header(loader: Loader, path: string, format: string, types: ReadonlyMap<string, string>): Promise<string[]> {
  return (await hasHeader(loader, path, format, types)) ? firstLine(loader, path, format) : [...types.keys()];
}

async function named(loader: Loader, path: string, format: string): Promise<string[]> {
  return rowsOf(await loader.text(`DESCRIBE TABLE file(${quoteText(path)}, ${quoteText(format)})`)).map(([column]) => column ?? "");
}

function shorten(message: string): string {
  const line = message.replace(/\s+/g, " ");
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
