import type {
  AlterExtensionContentsStmt,
  AlterObjectDependsStmt,
  ClusterStmt,
  CommentStmt,
  CreateStatsStmt,
  ReindexStmt,
  SecLabelStmt,
  VacuumStmt,
} from "libpg-query";
import { indexOwner, schemaOf } from "../../../model/apply/index.ts";
import type { Change, ObjectChange } from "../../../model/change.ts";
import { bareName } from "../../../model/schema.ts";
import { all, as, strings, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** Options such as `(FULL, ANALYZE off)`: on unless they say otherwise. */
export function isOn(value: Node | undefined): boolean {
  if (value === undefined) return true;
  const text = as(value, "String")?.sval ?? as(value, "Boolean")?.boolval ?? as(value, "Integer")?.ival;
  return text !== "off" && text !== "false" && text !== false && text !== 0;
}

export function readVacuum(n: VacuumStmt, c: Context): Change[] {
  const on = new Set(all(n.options, "DefElem").flatMap((o) => (isOn(o.arg) ? [o.defname ?? ""] : [])));
  const command = n.is_vacuumcmd !== true ? "ANALYZE" : on.has("full") ? "VACUUM FULL" : "VACUUM";
  const rels = all(n.rels, "VacuumRelation");
  if (rels.length === 0) return [c.change({ kind: "maintenance", command, table: null })];
  return rels.map((r) => {
    const columns = strings(r.va_cols);
    const change = c.change({
      kind: "maintenance",
      command,
      table: c.relation(r.relation),
      ...(columns.length === 0 ? {} : { columns }),
      ...(rels.length > 1 ? { several: true } : {}),
    });
    return r.relation?.inh === true ? change : { ...change, only: true };
  });
}

export function readCluster(n: ClusterStmt, c: Context): Change[] {
  if (n.relation === undefined) return [c.change({ kind: "maintenance", command: "CLUSTER", table: null })];
  const table = c.relation(n.relation);
  const index = n.indexname === undefined ? {} : { index: `${schemaOf(table)}.${n.indexname}` };
  return [c.change({ kind: "maintenance", command: "CLUSTER", table, ...index })];
}

export function readReindex(n: ReindexStmt, c: Context): Change[] {
  const concurrently = all(n.params, "DefElem").some((p) => p.defname === "concurrently" && isOn(p.arg));
  const base = { kind: "reindex", concurrently } as const;
  const range = n.relation;
  if (n.kind === "REINDEX_OBJECT_INDEX") {
    const name = c.lookup(range?.schemaname, range?.relname ?? "", (q) => indexOwner(c.state, q) !== undefined || c.state.relations.has(q));
    return [c.change({ ...base, target: "index", name })];
  }
  if (n.kind === "REINDEX_OBJECT_TABLE") return [c.change({ ...base, target: "table", name: c.relation(range) })];
  // The system catalogues hold nothing of the app's.
  if (n.kind === "REINDEX_OBJECT_SYSTEM") return [c.change({ ...base, target: "schema", name: "pg_catalog" })];
  return [c.change({ ...base, target: n.kind === "REINDEX_OBJECT_SCHEMA" ? "schema" : "database", name: n.name ?? "" })];
}

const OF_RELATION = new Set(["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"]);
/** Parts of a table: commenting on one opens the table under ACCESS SHARE only (measured 13–18). */
const OF_PART = new Set(["OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"]);

export function readComment(n: CommentStmt | SecLabelStmt, command: "COMMENT" | "SECURITY LABEL", c: Context): Change[] {
  const parts = strings(as(n.object, "List")?.items);
  const find = (of: readonly string[]): string => c.named(of, (q) => c.state.relations.has(q));
  const type = n.objtype ?? "";
  if (OF_RELATION.has(type)) return [c.change({ kind: "maintenance", command, table: find(parts) })];
  if (type === "OBJECT_COLUMN") {
    const owner = parts.slice(0, -1);
    const composite = c.named(owner, (q) => c.state.types.has(q));
    if (c.state.types.has(composite)) return [c.change({ kind: "maintenance", command, table: null })];
    return [c.change({ kind: "maintenance", command, table: find(owner), columns: parts.slice(-1) })];
  }
  if (OF_PART.has(type)) {
    const change = c.change({ kind: "maintenance", command: "COMMENT ON PART", table: find(parts.slice(0, -1)) });
    return [refuseMissingPart(change, type, parts, c)];
  }
  const object = OBJECT_CLASSES[type];
  if (object !== undefined && command === "COMMENT")
    return [
      c.change({
        kind: "maintenance",
        command,
        table: null,
        object: { class: object, name: objectName(object, parts, n.object, c), action: "alter" },
      }),
    ];
  return [c.change({ kind: "maintenance", command, table: null })];
}

function refuseMissingPart(change: Change, type: string, parts: readonly string[], c: Context): Change {
  const name = parts.at(-1) ?? "";
  const relation = change.kind === "maintenance" && change.table !== null ? c.state.relations.get(change.table) : undefined;
  if (relation === undefined || !c.state.complete) return change;
  // NOT NULL constraints have names from 18 on that no migration may show.
  const there =
    type === "OBJECT_TABCONSTRAINT"
      ? relation.constraints.some((k) => k.name === name) || name.endsWith("_not_null")
      : type === "OBJECT_TRIGGER"
        ? relation.triggers.some((t) => t.name === name)
        : (type === "OBJECT_POLICY" ? relation.policies : relation.rules)?.includes(name) === true;
  const what = type.replace("OBJECT_", "").replace("TAB", "").toLowerCase();
  if (there) return change;
  return { ...change, refused: { sqlstate: "42704", message: `${what} "${name}" for table "${bareName(relation.name)}" does not exist` } };
}

/** Classes of objects that are remembered by name. */
export const OBJECT_CLASSES: Readonly<Record<string, string>> = {
  OBJECT_PUBLICATION: "publication",
  OBJECT_SUBSCRIPTION: "subscription",
  OBJECT_STATISTIC_EXT: "statistics",
  OBJECT_EVENT_TRIGGER: "event trigger",
  OBJECT_FDW: "foreign data wrapper",
  OBJECT_FOREIGN_SERVER: "server",
};

/** Statistics have a schema, the others do not. */
export function objectName(objectClass: string, parts: readonly string[], object: Node | undefined, c: Context): string {
  const names = parts.length > 0 ? parts : strings(object === undefined ? [] : [object]);
  if (objectClass !== "statistics") return names.at(-1) ?? "";
  return c.named(names, (q) => c.state.objects?.has(`statistics ${q}`) === true);
}

export function readStatistics(n: CreateStatsStmt, c: Context): Change[] {
  const range = all(n.relations, "RangeVar")[0];
  if (range === undefined) return [c.opaque("CREATE STATISTICS on something that is no table", [])];
  const table = c.relation(range);
  const elements = all(n.exprs, "StatsElem");
  const columns = elements.flatMap((e) => e.name ?? []);
  const names = strings(n.defnames);
  const object: ObjectChange = {
    class: "statistics",
    name:
      names.length === 0
        ? `${schemaOf(table)}.${bareName(table)}_${columns.join("_")}_stat`
        : names.length > 1
          ? names.slice(-2).join(".")
          : `${c.creationSchema}.${names[0] ?? ""}`,
    action: "create",
    ...(n.if_not_exists === true ? { lenient: true } : {}),
  };
  const change = c.change({ kind: "maintenance", command: "CREATE STATISTICS", table, columns, object });
  if (names.length === 0) return [{ ...change, since: { major: 16, what: "CREATE STATISTICS without a name", sqlstate: "42601" } }];
  if (elements.every((e) => e.name !== undefined)) return [change];
  return [{ ...change, since: { major: 14, what: "CREATE STATISTICS on expressions", sqlstate: "0A000" } }];
}

export function readDepends(n: AlterObjectDependsStmt, c: Context): Change[] {
  const command = "DEPENDS ON EXTENSION";
  if (n.objectType === "OBJECT_TRIGGER" && n.relation !== undefined)
    return [c.change({ kind: "maintenance", command, table: c.relation(n.relation) })];
  return [c.change({ kind: "maintenance", command, table: null })];
}

export function readExtensionContents(n: AlterExtensionContentsStmt, c: Context): Change[] {
  const parts = strings(as(n.object, "List")?.items);
  const table = OF_RELATION.has(n.objtype ?? "") ? c.named(parts, (q) => c.state.relations.has(q)) : null;
  return [c.change({ kind: "maintenance", command: table === null ? "ALTER EXTENSION" : "ALTER EXTENSION ADD", table })];
}
