import { EXIT } from "./exit-codes.ts";
import type { Progress } from "./progress.ts";

/** Ctrl-C ends it after the step or batch that is running; a second one at once. */
export function interrupts(progress: Progress): { readonly signal: AbortSignal; readonly done: () => void } {
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) {
      process.stderr.write("stopped now; what was open is rolled back by the server. The same command goes on\n");
      process.exit(EXIT.stopped);
    }
    progress.update("stopping after this step (a backfill: after this batch); once more to stop now");
    abort.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: abort.signal,
    done: () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
