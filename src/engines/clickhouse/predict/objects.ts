import { tableOf } from "../changes/context.ts";
import { alterable } from "./engines.ts";
import { isBuiltIn } from "../bind/functions.ts";
import { statementSettingsProblem } from "./settings.ts";
import { problemOf } from "./create-view.ts";
import { count, find, hasRows, metadata, rebuild, refused, silent, type Predictors } from "./outcome.ts";
import { isMergeTree } from "../../../model/clickhouse/schema.ts";

export const objectPredictors: Predictors<
  | "modify-query"
  | "modify-refresh"
  | "modify-sql-security"
  | "create-database"
  | "drop-database"
  | "detach-database"
  | "attach-database"
  | "rename-database"
  | "alter-database"
  | "truncate-database"
  | "create-function"
  | "drop-function"
  | "create-named-collection"
  | "alter-named-collection"
  | "drop-named-collection"
  | "object"
  | "use"
  | "set"
  | "system"
  | "kill"
  | "backup"
  | "restore"
  | "read"
  | "opaque"
> = {
  "modify-query": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const barred =
      table.kind === "materialized-view" || table.kind === "refreshable-view"
        ? null
        : (alterable(table, "query") ?? refused(48, "MODIFY QUERY is for materialized views"));
    if (barred !== null) return barred;
    const bad = problemOf(change.select, scene);
    if (bad !== null) return bad;
    if (table.inner && change.select.outputs !== null && table.columnsKnown) {
      const missing = change.select.outputs.find((o) => !table.columns.some((c) => c.name === o.name));
      if (missing !== undefined) return refused(16, `There is no column with name ${missing.name} in the inner table of ${table.name}`);
    }
    return metadata();
  },
  "modify-refresh": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    return found.table.kind === "refreshable-view" ? metadata() : refused(36, "MODIFY REFRESH is only for refreshable materialized views");
  },
  "modify-sql-security": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    return found.table.select === null ? refused(48, "SQL SECURITY is for views") : metadata();
  },
  "create-database": (change, scene) => {
    if (scene.state.databases.has(change.database.name))
      return change.ifNotExists ? metadata() : refused(82, `Database ${change.database.name} already exists`);
    return DATABASE_ENGINES.test(change.database.engine) ? metadata() : refused(336, `Unknown database engine: ${change.database.engine}`);
  },
  "drop-database": (change, scene) => {
    if (!scene.state.databases.has(change.name))
      return change.ifExists || !scene.state.complete ? metadata() : refused(81, `Database ${change.name} does not exist`);
    const tables = [...scene.state.tables.values()].filter(
      (t) => t.database === change.name && t.kind === "table" && isMergeTree(t) && hasRows(t.name, scene),
    );
    return tables.length === 0
      ? metadata()
      : rebuild(tables.map((t) => silent("drops-values", count(t.name), `the rows of ${t.name} go with the database`, { table: t.name })));
  },
  "detach-database": (change, scene) =>
    scene.state.databases.has(change.name) || change.ifExists || !scene.state.complete
      ? metadata()
      : refused(81, `Database ${change.name} does not exist`),
  "attach-database": (change, scene) =>
    scene.state.databases.has(change.name) && !change.ifNotExists ? refused(82, `Database ${change.name} already exists`) : metadata(),
  "rename-database": (change, scene) => {
    if (!scene.state.databases.has(change.name))
      return change.ifExists || !scene.state.complete ? metadata() : refused(81, `Database ${change.name} does not exist`);
    return scene.state.databases.has(change.to) ? refused(82, `Database ${change.to} already exists`) : metadata();
  },
  "alter-database": (change, scene) =>
    scene.state.databases.has(change.name) || !scene.state.complete ? metadata() : refused(81, `Database ${change.name} does not exist`),
  "truncate-database": (change, scene) => {
    if (!scene.state.databases.has(change.name))
      return change.ifExists || !scene.state.complete ? metadata() : refused(81, `Database ${change.name} does not exist`);
    const tables = [...scene.state.tables.values()].filter(
      (t) => t.database === change.name && t.kind === "table" && isMergeTree(t) && hasRows(t.name, scene),
    );
    return rebuild(tables.map((t) => silent("drops-values", count(t.name), `the rows of ${t.name} are taken away`, { table: t.name })));
  },
  "create-function": (change, scene) =>
    (scene.state.functions.has(change.function.name) && !change.ifNotExists && !change.orReplace) || isBuiltIn(change.function.name)
      ? refused(609, `User-defined function '${change.function.name}' already exists`)
      : metadata(functionChanged(change, scene)),
  "drop-function": (change, scene) =>
    scene.state.functions.has(change.name) || change.ifExists || !scene.state.complete
      ? metadata()
      : refused(46, `The function '${change.name}' doesn't exist`),
  "create-named-collection": (change, scene) =>
    scene.state.namedCollections.has(change.collection.name) && !change.ifNotExists
      ? refused(667, `A named collection ${change.collection.name} already exists`)
      : metadata(),
  "alter-named-collection": (change, scene) =>
    scene.state.namedCollections.has(change.name) || change.ifExists || !scene.state.complete
      ? metadata()
      : refused(668, `There is no named collection ${change.name}`),
  "drop-named-collection": (change, scene) =>
    scene.state.namedCollections.has(change.name) || change.ifExists || !scene.state.complete
      ? metadata()
      : refused(668, `There is no named collection ${change.name}`),
  object: () => metadata(),
  use: (change, scene) =>
    scene.state.databases.has(change.database) || !scene.state.complete
      ? metadata()
      : refused(81, `Database ${change.database} does not exist`),
  set: (change) => statementSettingsProblem(change.set) ?? metadata(),
  system: (change, scene) => {
    if (
      change.table !== null &&
      scene.state.complete &&
      tableOf(scene.state, change.table) === undefined &&
      !change.table.startsWith("system.")
    ) {
      return refused(60, `Table ${change.table} does not exist`);
    }
    return metadata();
  },
  kill: () => metadata(),
  backup: () => metadata(),
  restore: () => rebuild(),
  read: (change, scene) => {
    if (change.select === null) return metadata();
    return problemOf(change.select, scene) ?? metadata();
  },
  opaque: () => metadata(),
};

const DATABASE_ENGINES =
  /^(?:Atomic|Ordinary|Lazy|Memory|Replicated|Shared|Dictionary|Overlay|Filesystem|S3|HDFS|SQLite|MySQL|MaterializedMySQL|PostgreSQL|MaterializedPostgreSQL|Backup|DataLakeCatalog|Iceberg|YTsaurus|URL)$/;

function functionChanged(
  change: Parameters<(typeof objectPredictors)["create-function"]>[0],
  scene: Parameters<typeof find>[1],
): ReturnType<typeof silent>[] {
  const before = scene.state.functions.get(change.function.name);
  if (before === undefined || before.body?.sql === change.function.body?.sql) return [];
  return change.orReplace
    ? [silent("semantics", null, `${before.name} gives other answers in every query and default that calls it`)]
    : [silent("semantics", null, `function ${before.name} exists with another body and stays so`)];
}
