import { EXIT } from "./exit-codes.ts";

/** An error that says by itself what to do and which exit code it is: config errors, an engine that cannot start, a missing ref. */
interface Told {
  readonly message: string;
  readonly help?: string;
  readonly exitCode?: number;
}

/** Prints why a command could not do its work. @returns its exit code */
export function reportFailure(error: unknown): number {
  if (isTold(error)) {
    process.stderr.write(`${error.message.startsWith("error:") ? "" : "error: "}${error.message}\n`);
    if (error.help !== undefined && error.help !== "") process.stderr.write(`  help: ${error.help}\n`);
    return error.exitCode ?? EXIT.incomplete;
  }
  // What nobody foresaw keeps its stack: it is a defect of tread's own, and the reader can report it.
  process.stderr.write(
    `error: tread itself failed; this is a defect in tread, not in your project\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.incomplete;
}

function isTold(error: unknown): error is Told {
  return error instanceof Error && ("exitCode" in error || "help" in error);
}
