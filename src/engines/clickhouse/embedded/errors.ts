/** An error that the engine answered with. The statement changed nothing, unless it says so itself. */
export class ClickHouseError extends Error {
  override readonly name = "ClickHouseError";
  /** As `system.errors` numbers it: 36 is BAD_ARGUMENTS. 0 where the engine gave none. */
  readonly code: number;
  /** `BAD_ARGUMENTS`, or empty. */
  readonly codeName: string;

  constructor(code: number, codeName: string, message: string) {
    super(message);
    this.code = code;
    this.codeName = codeName;
  }
}

/** Why the engine's process is no more. */
export type CrashReason =
  /** It ended by a signal or an exit code of its own: a defect of the engine, or the machine's out-of-memory killer (SIGKILL). */
  | { readonly kind: "died"; readonly signal: string | null; readonly exitCode: number | null }
  /** It did not answer in time and was killed: what it was doing cannot be interrupted otherwise. */
  | { readonly kind: "timeout"; readonly afterMs: number };

/** The engine is gone. What ran before it is in the caller's hands; `restart()` starts another one on the same data. Exit code 3. */
export class EngineCrashed extends Error {
  override readonly name = "EngineCrashed";
  readonly exitCode = 3;
  readonly reason: CrashReason;
  /** The statement that it was running, or null when it died between two. */
  readonly running: string | null;
  /** The last lines that it wrote. */
  readonly lastWords: readonly string[];
  readonly help: string;

  constructor(reason: CrashReason, running: string | null, lastWords: readonly string[]) {
    super(`The embedded ClickHouse ${happened(reason)}${running === null ? "" : ` while it ran: ${oneLine(running)}`}`);
    this.reason = reason;
    this.running = running;
    this.lastWords = lastWords;
    this.help =
      reason.kind === "timeout"
        ? "Run again with fewer rows (--rows), or leave this statement out and judge it by hand."
        : reason.signal === "SIGKILL"
          ? "The machine may be out of memory: run again with fewer rows (--rows)."
          : "This is a crash inside ClickHouse itself. Try the statement on a server of your version before you rely on it.";
  }
}

function happened(reason: CrashReason): string {
  if (reason.kind === "timeout") return `did not answer within ${reason.afterMs / 1000} s and was ended`;
  return reason.signal === null ? `ended with exit code ${reason.exitCode ?? "unknown"}` : `crashed (${reason.signal})`;
}

function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** `Code: 36. DB::Exception: No such column. (BAD_ARGUMENTS)` → its code, its name, and the sentence between them. */
export function toClickHouseError(code: number, raw: string): ClickHouseError {
  const named = /\(([A-Z][A-Z0-9_]+)\)\s*$/.exec(raw);
  const number = code === 0 ? Number(/^Code: (\d+)\./.exec(raw)?.[1] ?? 0) : code;
  const message = raw
    .replace(/^(?:Code: \d+\. )?(?:DB::Exception: )?/, "")
    .replace(/\s*\([A-Z][A-Z0-9_]+\)\s*$/, "")
    // Paths of a temporary directory tell the reader nothing.
    .replace(/\s*\(while reading from part [^)]*\)/g, "")
    .trim();
  return new ClickHouseError(number, named?.[1] ?? "", message === "" ? "The engine gave no reason." : message);
}
