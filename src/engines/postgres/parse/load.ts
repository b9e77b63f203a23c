import { offsetOfCharacter, locateInUnits } from "./offsets.ts";
import type { Grammar, Parsed } from "./grammar.ts";

let loading: Promise<Grammar> | undefined;

/** Loads the wasm of libpg-query once (about 15 ms on 2 cores). */
export function loadGrammar(): Promise<Grammar> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Grammar> {
  const pg = await import("libpg-query");
  await pg.loadModule();
  return {
    parse(sql): Parsed {
      if (sql.trim() === "") return { ok: true, statements: [] };
      try {
        const result = pg.parseSync(sql);
        const statements = (result.stmts ?? []).flatMap((raw) => (raw.stmt === undefined ? [] : [raw.stmt]));
        locateInUnits(statements, sql);
        return { ok: true, statements };
      } catch (error) {
        // A deep tree overflows the stack of the wasm; that is no reason to end a check of other files.
        const message = error instanceof Error ? error.message : String(error);
        const position = pg.hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
        return { ok: false, message, at: offsetOfCharacter(sql, position) };
      }
    },
    parseResult: (sql) => pg.parseSync(sql),
    parsePlpgsql(sql): unknown {
      try {
        return pg.parsePlPgSQLSync(sql);
      } catch {
        return null;
      }
    },
  };
}
