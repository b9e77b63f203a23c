import { setFlagsFromString } from "node:v8";

/**
 * Postgres' grammar is one huge wasm module, and a check runs each part of it a few times. V8 would optimise it in a process that is
 * over before that pays, and the main thread waits for it: a third of the time (`npm run bench:example` shows both). The price is that
 * megabytes of SQL take a third longer (4.7 MB of INSERTs: 9.8 s instead of 7.5 s, Node 20.20, 2 cores).
 */
export function tuneForShortRuns(): void {
  setFlagsFromString("--liftoff-only");
}
