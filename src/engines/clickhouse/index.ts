import type { ClickHouseEngine } from "./engine.ts";

/** Loads the engine's rooms; synchronous from then on. No server is needed. */
export async function loadClickHouse(): Promise<ClickHouseEngine> {
  const [{ readClickHouse }, { readClickHouseChanges }, { predictClickHouse }, { bindClickHouse }] = await Promise.all([
    import("./read.ts"),
    import("./changes/index.ts"),
    import("./predict/index.ts"),
    import("./bind/index.ts"),
  ]);
  return { read: readClickHouse, changes: readClickHouseChanges, predict: predictClickHouse, bind: bindClickHouse };
}
