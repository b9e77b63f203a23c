import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { staleDirectories, temporaryDirectory } from "../../embedded/temporary.ts";
import { EngineUnavailable, fileTrouble } from "../../embedded/unavailable.ts";
import { configuration } from "./configuration.ts";
import { toClickHouseError } from "./errors.ts";
import { type EngineProcess, startEngine } from "./process.ts";
import type { ClickHouseSettings, EmbeddedClickHouse, QueryOptions, QueryResult, StartClickHouseOptions } from "./types.ts";

export { ClickHouseError, EngineCrashed } from "./errors.ts";
export type { ClickHouseSettings, EmbeddedClickHouse, QueryOptions, QueryResult, StartClickHouseOptions } from "./types.ts";

const DEFAULT_MEMORY = 2 * 1024 ** 3;
const DEFAULT_TIMEOUT_MS = 300_000;

/**
 * Starts a ClickHouse (chDB, 0.5 s) in a child process with a temporary directory of its own. It may not leave that directory: no network,
 * no files, no programs. It ends with tread, however tread ends.
 *
 * @throws EngineUnavailable where chDB is not installed or cannot run, with how to get it
 */
export async function startClickHouse(options: StartClickHouseOptions = {}): Promise<EmbeddedClickHouse> {
  const chdb = locate();
  const parent = options.directory ?? tmpdir();
  await sweep(parent);
  options.onProgress?.("Starting the embedded ClickHouse");
  const directory = await temporaryDirectory("clickhouse", parent).catch((error: unknown) => {
    throw fileTrouble(error, `creating a directory for ClickHouse in ${parent}`);
  });
  let current = options;
  const start = async (): Promise<EngineProcess> => {
    await prepare(directory.path, current);
    return startEngine({ chdb, directory: directory.path, args: [`--config-file=${directory.path}/config.xml`] });
  };
  let engine = await start().catch(async (error: unknown) => {
    await directory.remove();
    throw error instanceof EngineUnavailable ? error : fileTrouble(error, "preparing the embedded ClickHouse");
  });
  directory.handOver();

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = last.then(act);
    last = mine.catch(() => {});
    return mine;
  };
  const send = async (sql: string, { format = "TabSeparated", params, timeoutMs }: QueryOptions): Promise<QueryResult> => {
    const limit = timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const answer = await engine.ask({ sql, format, params: params ?? null }, limit);
    if ("code" in answer) throw toClickHouseError(answer.code, answer.message);
    return {
      text: answer.text,
      statistics: { elapsedMs: answer.elapsed * 1000, ...readOf(answer.text) },
    };
  };
  const query = (sql: string, asked: QueryOptions = {}): Promise<QueryResult> =>
    inTurn(async () => {
      const settings = Object.entries(asked.settings ?? {});
      if (settings.length === 0) return send(sql, asked);
      const before = await send(`SELECT ${settings.map(([name]) => `toString(getSetting(${quote(name)}))`).join(", ")}`, {
        format: "JSONCompactEachRow",
      });
      const values = JSON.parse(before.text) as string[];
      await send(`SET ${settings.map(([name, value]) => `${name} = ${literal(value)}`).join(", ")}`, {});
      try {
        return await send(sql, asked);
      } finally {
        if (engine.crashed() === null)
          await send(`SET ${settings.map(([name], at) => `${name} = ${quote(values[at] ?? "")}`).join(", ")}`, {});
      }
    });
  const rows = async <T>(sql: string, asked: Omit<QueryOptions, "format"> = {}): Promise<T[]> => {
    const { text } = await query(sql, { ...asked, format: "JSONEachRow" });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(exactIntegers(line)) as T);
  };

  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= engine.stop());
  let version: string;
  try {
    version = (await query("SELECT version()")).text.trim();
    // As a server has it. Here it begins as an Overlay, in which tables have no UUID and can be neither exchanged nor undropped.
    await query("DROP DATABASE default");
    await query("CREATE DATABASE default ENGINE = Atomic");
  } catch (error) {
    await stop();
    throw new EngineUnavailable("start-failed", `The embedded ClickHouse refused its first query: ${String(error)}`, "Run again.", {
      cause: error,
    });
  }
  return {
    version,
    directory: directory.path,
    query,
    rows,
    crashed: () => engine.crashed(),
    restart: (changed) =>
      inTurn(async () => {
        await engine.end();
        current = { ...current, ...changed };
        engine = await start();
      }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function prepare(directory: string, options: StartClickHouseOptions): Promise<void> {
  for (const name of ["data", "files", "scripts", "schemas", "tmp"]) await mkdir(`${directory}/${name}`, { recursive: true });
  const { config, users } = configuration({
    directory,
    memoryLimit: options.memoryLimit ?? DEFAULT_MEMORY,
    settings: options.settings ?? {},
    macros: options.macros ?? {},
    clusters: options.clusters ?? [],
    still: options.still ?? false,
    extra: options.config ?? "",
  });
  await writeFile(`${directory}/config.xml`, config, { mode: 0o600 });
  await writeFile(`${directory}/users.xml`, users, { mode: 0o600 });
}

/** @throws EngineUnavailable */
function locate(): string {
  if (process.platform === "win32") {
    throw new EngineUnavailable(
      "unsupported-platform",
      "There is no embedded ClickHouse (chDB) for Windows.",
      "Run tread inside WSL. `tread check` works everywhere.",
    );
  }
  try {
    return createRequire(import.meta.url).resolve("chdb");
  } catch {
    throw new EngineUnavailable(
      "not-installed",
      "The embedded ClickHouse (chDB) is not installed: it is an optional dependency of 546 MB, for Linux with glibc and macOS.",
      "Install it: npm install chdb@3.4.0",
    );
  }
}

/** What the engine says at the end of `JSON` and `JSONCompact`. What chDB itself counts is the rows of the answer, not those read. */
function readOf(text: string): { rowsRead: number | null; bytesRead: number | null } {
  const found = /"rows_read":\s*(\d+),\s*"bytes_read":\s*(\d+)\s*\}\s*\}\s*$/.exec(text.slice(-200));
  return { rowsRead: found === null ? null : Number(found[1]), bytesRead: found === null ? null : Number(found[2]) };
}

/** What a killed tread and its killed guard left. */
async function sweep(parent: string): Promise<void> {
  for (const { path, uid } of await staleDirectories(parent, ["clickhouse"])) {
    if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}

/** Integers beyond 2^53 outside of strings become strings: a checksum that loses its last digits would compare equal. */
function exactIntegers(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (found) =>
    found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${found}"`,
  );
}

function literal(value: ClickHouseSettings[string]): string {
  return typeof value === "string" ? quote(value) : String(Number(value));
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
