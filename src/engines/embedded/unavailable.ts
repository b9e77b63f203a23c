/** Why an embedded server could not be had. The CLI prints it without a stack trace and exits with 3. */
export type UnavailableReason =
  | "unsupported-platform"
  | "unsupported-major"
  | "not-installed"
  | "not-fetched"
  | "fetch-failed"
  | "cache-unusable"
  | "cannot-execute"
  | "initdb-failed"
  | "disk-full"
  | "socket-path-too-long"
  | "temporary-closed"
  | "start-failed";

/** The engine could not start: what happened in `message`, what to do in `help`. */
export class EngineUnavailable extends Error {
  override readonly name = "EngineUnavailable";
  readonly reason: UnavailableReason;
  readonly help: string;

  constructor(reason: UnavailableReason, message: string, help: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.help = help;
  }
}

/** Turns a failed file operation into the error a person can act on. */
export function fileTrouble(error: unknown, doing: string): EngineUnavailable {
  if (error instanceof EngineUnavailable) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const detail = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT" || detail.includes("No space left on device")) {
    return new EngineUnavailable(
      "disk-full",
      `No space left on the disk while ${doing}.`,
      "Free about 200 MB, or point TREAD_CACHE and TMPDIR to a disk that has it.",
      { cause: error },
    );
  }
  return new EngineUnavailable(
    "cache-unusable",
    `Failed while ${doing}: ${detail}`,
    "Set TREAD_CACHE to a directory that you can write to.",
    {
      cause: error,
    },
  );
}
