import { applyClickHouse, emptyClickHouseState, withFreshSession } from "../../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { HostCatalogue } from "../../../model/clickhouse/topology.ts";
import { wholeSpan } from "../../../text/span.ts";
import type { ClickHouseEngine } from "../engine.ts";
import { inOrderOfUse } from "../introspect/statements.ts";

/** What a host holds as a schema, and what of it could not be read. */
export interface HostState {
  readonly state: ClickHouseState;
  /** `database.table` with the reason. */
  readonly unread: readonly { readonly object: string; readonly reason: string }[];
}

/**
 * The catalogue of each host as a schema, so that who feeds and reads whom can be asked of it (`engines/clickhouse/graph`). Hosts that
 * define the same objects share one.
 */
export function statesOf(engine: ClickHouseEngine, catalogues: ReadonlyMap<string, HostCatalogue>): ReadonlyMap<string, HostState> {
  const byText = new Map<string, HostState>();
  const states = new Map<string, HostState>();
  for (const [host, catalogue] of catalogues) {
    const statements = inOrderOfUse(catalogue.tables.filter(({ create }) => create.trim() !== "").map(({ create }) => create));
    const databases = catalogue.databases.filter(({ name }) => name !== "default").map(({ name }) => `CREATE DATABASE \`${name}\``);
    const functions = catalogue.functions.map(({ create }) => create);
    const sql = [...databases, ...functions, ...statements].map((statement) => `${statement};\n`).join("\n");
    const known = byText.get(sql) ?? read(engine, sql, host);
    byText.set(sql, known);
    states.set(host, known);
  }
  return states;
}

function read(engine: ClickHouseEngine, sql: string, host: string): HostState {
  let state = emptyClickHouseState();
  const unread: { object: string; reason: string }[] = [];
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan(host, sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) {
    const reason = raw.syntaxError?.message ?? raw.opaque;
    if (reason === null) {
      for (const change of engine.changes(raw, state, { database: "default" })) state = applyClickHouse(change, state, { migration: null });
    } else {
      const object =
        /^\s*(?:CREATE|ATTACH)\s+(?:OR REPLACE\s+)?(?:[A-Z]+\s+)*?(?:IF NOT EXISTS\s+)?((?:`[^`]+`|\w+)(?:\.(?:`[^`]+`|\w+))?)/.exec(
          raw.sql,
        )?.[1];
      unread.push({ object: (object ?? raw.sql.slice(0, 60)).replaceAll("`", ""), reason });
    }
  }
  return { state: withFreshSession(state), unread };
}
