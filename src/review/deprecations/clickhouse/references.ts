import type { ClickHouseEngine } from "../../../engines/clickhouse/engine.ts";
import type { ClickHouseSelect, ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { LiveVersion, Query } from "../../../model/query.ts";
import { columnKey, type UseKind } from "../../drops/use-key.ts";
import { names, type ObjectUse, type VersionUses } from "../../drops/uses.ts";
import { sqlStep } from "../../sql-step.ts";

interface Read {
  readonly uses: ReadonlyMap<string, ReadonlySet<UseKind>>;
  readonly unread: string | null;
}

const memory = new WeakMap<ClickHouseState, Map<string, Read>>();

/** What every query of one version asks of tables and columns of ClickHouse. A star stands for every column of its table. */
export function clickHouseUses(engine: ClickHouseEngine, version: LiveVersion, state: ClickHouseState, database: string): VersionUses {
  let known = memory.get(state);
  if (known === undefined) {
    known = new Map();
    memory.set(state, known);
  }
  const byKey = new Map<string, ObjectUse[]>();
  const unread: { query: Query; reason: string }[] = [];
  for (const query of version.queries) {
    let read = known.get(query.sql);
    if (read === undefined) {
      read = referencesOf(engine, query.sql, state, database);
      known.set(query.sql, read);
    }
    if (read.unread !== null) unread.push({ query, reason: read.unread });
    for (const [key, kinds] of read.uses) {
      const list = byKey.get(key) ?? [];
      for (const kind of kinds) list.push({ version: version.name, kind, query });
      byKey.set(key, list);
    }
  }
  return {
    version,
    of: (table, column) => byKey.get(column === null ? table : columnKey(table, column)) ?? [],
    unread: (table, column) => {
      const bare = table.slice(table.indexOf(".") + 1);
      return unread.filter(
        ({ query }) => names(query.sql, bare) && (column === null || names(query.sql, column) || query.sql.includes("*")),
      );
    },
  };
}

function referencesOf(engine: ClickHouseEngine, sql: string, state: ClickHouseState, database: string): Read {
  const uses = new Map<string, Set<UseKind>>();
  let unread: string | null = null;
  const note = (key: string, kind: UseKind): void => void (uses.get(key)?.add(kind) ?? uses.set(key, new Set([kind])));
  const every = (table: string, kind: UseKind): void => {
    for (const { name } of state.tables.get(table)?.columns ?? []) note(columnKey(table, name), kind);
  };
  const select = (query: ClickHouseSelect): void => {
    unread ??= query.unclear;
    for (const { table, columns, star } of query.reads) {
      note(table, "read");
      if (star) every(table, "read");
      // `n.a` of a Nested column, `t.x` of a tuple: the column is the part before the dot as well.
      for (const column of columns)
        for (const name of new Set([column, column.split(".")[0] ?? column])) note(columnKey(table, name), "read");
    }
  };
  const isSelect = /^\s*(?:\(|with\b|select\b)/i.test(sql);
  const text = isSelect ? `CREATE VIEW tread_reads_this_query AS ${sql.replace(/;\s*$/, "")}` : sql;
  for (const raw of engine.read(sqlStep(text, "query"))) {
    if (raw.syntaxError !== null || raw.opaque !== null) {
      unread ??= raw.syntaxError?.message ?? raw.opaque;
      continue;
    }
    for (const change of engine.changes(raw, state, { database })) {
      switch (change.kind) {
        case "create-table":
          if (change.table.select === null) unread ??= "its query could not be read";
          else select(change.table.select);
          break;
        case "insert":
          note(change.table, "write");
          if (change.columns === null) every(change.table, "write");
          else for (const column of change.columns) note(columnKey(change.table, column), "write");
          if (change.select !== null) select(change.select);
          break;
        case "alter-update":
        case "lightweight-update":
          note(change.table, "write");
          for (const { column, expression } of change.assignments) {
            note(columnKey(change.table, column), "write");
            for (const name of expression.columns) note(columnKey(change.table, name), "read");
          }
          for (const name of change.where.columns) note(columnKey(change.table, name), "read");
          break;
        case "alter-delete":
        case "lightweight-delete":
          note(change.table, "delete");
          for (const name of change.where.columns) note(columnKey(change.table, name), "delete");
          break;
        case "truncate":
          note(change.name, "delete");
          break;
        default:
          unread ??= `${change.kind} is no query that is followed`;
      }
    }
  }
  if (uses.size === 0 && unread === null && /\b(?:from|into|join)\b/i.test(sql)) unread = "no table of it could be told";
  return { uses, unread };
}
