import type { PostgresEngine } from "./engine.ts";
import { loadGrammar } from "./parse/load.ts";

/** Loads the grammar (about 15 ms for its wasm, once per process); the engine is synchronous from then on. */
export async function loadPostgres(): Promise<PostgresEngine> {
  const [grammar, { read }, { readChanges }, { predict }, { bindQuery }, { readBatch }] = await Promise.all([
    loadGrammar(),
    import("./parse/read.ts"),
    import("./changes/index.ts"),
    import("./predict/index.ts"),
    import("./bind/index.ts"),
    import("./batch/index.ts"),
  ]);
  return {
    read: (step) => read(step, grammar),
    changes: (statement, before) => readChanges(statement, before, grammar),
    predict,
    bind: (query, state) => bindQuery((sql) => grammar.parseResult(sql), query, state),
    batch: (sql, state) => readBatch(grammar, sql, state),
  };
}
