import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { apply, emptyState } from "../model/apply/index.ts";
import type { Problem } from "../model/migration.ts";
import type { SchemaState } from "../model/schema.ts";
import { diskFiles } from "../sources/files/disk.ts";
import { wholeSpan } from "../text/span.ts";
import type { LoadedSource } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";

/** The schema that the migrations start from: empty, or what the sources' `base:` dumps create. */
export function loadBaseSchema(
  engine: PostgresEngine,
  options: CheckOptions,
  sources: readonly LoadedSource[],
): { readonly state: SchemaState; readonly dumps: readonly string[]; readonly problems: readonly Problem[] } {
  let state: SchemaState = emptyState({ complete: true });
  const problems: Problem[] = [];
  const dumps: string[] = [];
  const fresh = state.session;
  for (const { config } of sources) {
    if (config.base === null) continue;
    const shown = diskFiles(options.config.root, options.cwd).display(config.base);
    const sql = readFileSync(resolve(options.config.root, config.base), "utf8");
    const step = {
      kind: "sql",
      sql,
      span: wholeSpan(shown, sql),
      verbatim: true,
      operation: null,
      reverse: "unknown",
      suppressions: [],
    } as const;
    for (const raw of engine.read(step)) {
      if (raw.syntaxError !== null) {
        problems.push({
          code: "syntax",
          message: raw.syntaxError.message,
          help: "`base` is the output of pg_dump --schema-only",
          span: raw.syntaxError.span,
          fatal: true,
        });
        continue;
      }
      if (raw.tree === null) continue;
      for (const change of engine.changes(raw, state)) state = apply(change, state, { migration: null });
    }
  }
  // pg_dump empties search_path for its own session; the migrations have theirs.
  return { state: { ...state, session: fresh }, dumps, problems };
}
