import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { AdviseError } from "../errors.ts";

/**
 * Reads files into parts. The engine that runs the workload may not open files, so the rows come from another process, which runs nothing
 * but tread's own statements, and whose parts are handed over.
 */
export interface Loader {
  text(sql: string): Promise<string>;
  /** Ends the process; its files stay. */
  close(): Promise<void>;
}

/** The engine's process could not read the file; `code` is ClickHouse's. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

// Given on the command line: it needs no file of its own in the packed program. chDB crashes in its exit handlers: SIGKILL.
const CHILD = `
"use strict";
const [chdb, directory, ...connectionArgs] = process.argv.slice(1);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
const { Session } = require(chdb);
const session = new Session(directory, { connectionArgs });
process.on("message", async ({ id, sql }) => {
  try {
    const result = await session.queryAsync(sql, { format: "TSVRaw" });
    process.send({ id, text: result.text() });
  } catch (error) {
    process.send({ id, code: Number(error.clickhouseCode ?? 0), message: String(error.message) });
  }
});
`;

/** @param directory where the engine keeps its files; it must exist */
export function startLoader(directory: string, memory: number): Loader {
  const chdb = createRequire(import.meta.url).resolve("chdb");
  const child = spawn(process.execPath, ["-e", CHILD, chdb, directory, `--max_memory_usage=${Math.floor(memory * 0.8)}`], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    // The engine makes a folder of its own where temporary files go and leaves it when it is killed: here it goes with the rest.
    env: { ...process.env, TMPDIR: directory },
  });
  const waiting = new Map<number, { resolve: (text: string) => void; reject: (error: Error) => void }>();
  let next = 0;
  let gone: AdviseError | null = null;
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-2000);
  });
  const exited = new Promise<void>((resolve) => {
    const over = (how: string): void => {
      const last = words.trim().split("\n").at(-1) ?? "";
      gone ??= new AdviseError(
        `the embedded ClickHouse ended while it read the sample (${how}${last === "" ? "" : `: ${last}`})`,
        "run it again with fewer rows (--sample-rows) or more memory (--max-memory)",
        3,
      );
      for (const { reject } of waiting.values()) reject(gone);
      waiting.clear();
      resolve();
    };
    child.once("error", (error) => over(error.message));
    child.once("exit", (code, signal) => over(signal ?? `exit code ${code ?? "unknown"}`));
  });
  const killNow = (): void => void child.kill("SIGKILL");
  process.once("exit", killNow);
  child.on("message", (message) => {
    const reply = message as { id: number; text?: string; code?: number; message?: string };
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.text !== undefined) call?.resolve(reply.text);
    else call?.reject(errorOf(reply.code ?? 0, reply.message ?? ""));
  });
  return {
    text(sql) {
      if (gone !== null) return Promise.reject(gone);
      return new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        child.send({ id, sql });
      });
    },
    async close() {
      process.off("exit", killNow);
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function errorOf(code: number, message: string): LoadError {
  const given = code > 0 ? code : Number(/Code: (\d+)/.exec(message)?.[1] ?? 0);
  const start = message.indexOf("DB::Exception: ");
  return new LoadError(given, (start === -1 ? message : message.slice(start + 15)).trim());
}
