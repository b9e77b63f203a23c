import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { tableOf } from "../changes/context.ts";
import { quoteString } from "../changes/render.ts";
import { casts } from "./casts.ts";
import { createProblem } from "./create.ts";
import { designDangers } from "./design.ts";
import {
  count,
  find,
  hasRows,
  keyColumns,
  metadata,
  rebuild,
  refused,
  silent,
  storedColumns,
  type Outcome,
  type Predictors,
  type Scene,
} from "./outcome.ts";
import { alterable } from "./engines.ts";
import { partitionCount, partitionProblem } from "./partition-value.ts";

/** What the query of a new table or view gives and its columns do not hold. */
function narrowing(change: ClickHouseChangeOf<"create-table">, scene: Scene): SilentCorruption[] {
  const { table, fill } = change;
  if (fill !== null && !change.empty && change.declared === true)
    return casts(
      fill.outputs,
      table.columns.filter(({ default: own }) => own === null || own.kind === "DEFAULT").map(({ name }) => name),
      table,
      scene,
    ).map((one) => ({ ...one, table: undefined }));
  if (table.kind !== "materialized-view" || table.target === null || table.select === null) return [];
  const { outputs } = table.select;
  return casts(outputs, outputs?.map(({ name }) => name) ?? [], tableOf(scene.state, table.target), scene);
}

export const tablePredictors: Predictors<
  | "create-table"
  | "drop-table"
  | "detach-table"
  | "attach-table"
  | "undrop-table"
  | "rename-table"
  | "exchange-tables"
  | "truncate"
  | "optimize"
  | "partition"
> = {
  "create-table": (change, scene) => {
    const { table } = change;
    const existing = tableOf(scene.state, table.name);
    const database = scene.state.databases.get(table.database);
    if (database === undefined && table.temporary !== true && scene.state.complete)
      return refused(81, `Database ${table.database} does not exist`);
    if (existing !== undefined && !change.orReplace) {
      if (!change.ifNotExists) return refused(57, `Table ${table.name} already exists`);
      return metadata(sameTable(existing, table) ? [] : [otherTable(existing, table)]);
    }
    if (change.mustExist && existing === undefined && scene.state.complete) return refused(60, `Table ${table.name} does not exist`);
    const bad = createProblem(change, scene);
    if (bad !== null) return bad;
    const detached = scene.state.detached.get(table.name);
    if (detached !== undefined && existing === undefined)
      return refused(57, `Table ${table.name} is detached and its metadata is still on disk`);
    if (existing !== undefined && existing.kind === "table" && hasRows(existing.name, scene)) {
      return rebuild(
        [silent("drops-values", count(existing.name), `the rows of ${existing.name} are gone with the table that is replaced`)],
        { table: existing.name },
      );
    }
    const filled = (change.fill !== null && !change.empty) || (change.like?.clone === true && hasRows(change.like.table, scene));
    const design = designDangers({ ...table, origin: { migration: null } });
    const narrowed = narrowing(change, scene);
    return filled || change.populate
      ? rebuild([...populating(change.populate, table), ...design, ...narrowed])
      : metadata([...design, ...narrowed]);
  },
  "drop-table": (change, scene) => {
    const found = existing(change, scene);
    if ("outcome" in found) return found.outcome;
    const { table } = found;
    const wrong = wrongObject(change.object, table);
    if (wrong !== null) return wrong;
    if (change.ifEmpty && table.kind === "table" && hasRows(table.name, scene) && isMergeTree(table))
      return refused(705, `Table ${table.name} is not empty`);
    const loader = [...(scene.state.dependents.get(table.name) ?? [])]
      .map((key) => scene.state.tables.get(key))
      .find((t) => t?.kind === "dictionary" && t.dictionary?.sourceTable === table.name);
    if (loader !== undefined) return refused(630, `Cannot drop or rename ${table.name}, because some tables depend on it: ${loader.name}`);
    const dangers: SilentCorruption[] =
      (table.kind === "table" && isMergeTree(table)) || table.inner
        ? hasRows(table.name, scene)
          ? [
              silent(
                "drops-values",
                count(table.name),
                table.inner ? "the rows of the inner table go with the view" : "the rows go with the table",
              ),
            ]
          : []
        : [];
    if (table.forwards?.kind === "distributed") {
      dangers.push(
        silent(
          "drops-values",
          `SELECT sum(data_files) FROM system.distribution_queue WHERE database = ${quoteString(table.database)} AND table = ${quoteString(table.table)}`,
          "rows queued for other shards go with the table",
        ),
      );
    }
    if (table.forwards?.kind === "buffer")
      dangers.push(silent("drops-values", count(table.name), "what is not flushed yet is written only if the flush works", {}));
    return dangers.length > 0 ? rebuild(dangers, { table: table.name }) : metadata();
  },
  "detach-table": (change, scene) => {
    const found = existing(change, scene);
    if ("outcome" in found) return found.outcome;
    return wrongObject(change.object, found.table) ?? metadata();
  },
  "attach-table": (change, scene) => {
    if (tableOf(scene.state, change.name) !== undefined)
      return change.ifNotExists ? metadata() : refused(57, `Table ${change.name} already exists`);
    if (scene.state.detached.has(change.name) || !scene.state.complete) return metadata();
    return refused(390, `Table ${change.name} doesn't exist: there is no metadata of a detached table`);
  },
  "undrop-table": (change, scene) => {
    if (tableOf(scene.state, change.name) !== undefined) return refused(57, `Table ${change.name} already exists`);
    if (scene.state.dropped.has(change.name) || !scene.state.complete) return metadata();
    return refused(60, `Table ${change.name} was not dropped, or is gone for good`);
  },
  "rename-table": (change, scene) => {
    const found = existing(change, scene);
    if ("outcome" in found) return found.outcome;
    if (tableOf(scene.state, change.to) !== undefined) return refused(57, `Table ${change.to} already exists`);
    if (!scene.state.databases.has(change.to.slice(0, change.to.indexOf("."))) && scene.state.complete)
      return refused(81, "The database to rename into does not exist");
    if ((found.table.kind === "dictionary") !== change.dictionary && change.dictionary)
      return refused(60, `${change.name} is no dictionary`);
    const loader = [...(scene.state.dependents.get(change.name) ?? [])]
      .map((key) => scene.state.tables.get(key))
      .find((t) => t?.kind === "dictionary" && t.dictionary?.sourceTable === change.name);
    if (loader !== undefined) return refused(630, `Cannot drop or rename ${change.name}, because some tables depend on it: ${loader.name}`);
    return metadata();
  },
  "exchange-tables": (change, scene) => {
    for (const name of [change.name, change.with]) {
      const found = find(name, scene);
      if (!("table" in found)) return found.outcome ?? metadata();
    }
    return metadata();
  },
  truncate: (change, scene) => {
    const found = existing(change, scene);
    if ("outcome" in found) return found.outcome;
    const { table } = found;
    if (table.kind === "view" || table.kind === "dictionary")
      return refused(48, `Truncate is not supported by storage ${table.kind === "view" ? "View" : "Dictionary"}`);
    if (table.forwards?.kind === "distributed") {
      return metadata([silent("semantics", null, "only what is queued is dropped: the rows of the local tables stay")]);
    }
    if (/^(?:Null|Merge|Buffer|URL|RabbitMQ|NATS)$|^Kafka/.test(table.engine?.name ?? ""))
      return refused(48, `Truncate is not supported by storage ${table.engine?.name ?? ""}`);
    const kept = table.engine === null || isMergeTree(table) || /Log$|^(?:Memory|Set|Join)$/.test(table.engine.name);
    return kept && hasRows(table.name, scene)
      ? rebuild([silent("drops-values", count(table.name), "every row is taken away")], { table: table.name })
      : metadata();
  },
  optimize: (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    if (
      table.kind === "view" ||
      table.kind === "dictionary" ||
      (table.kind === "table" && !isMergeTree(table) && !/^(?:Buffer|Join|Alias|EmbeddedRocksDB)$/.test(table.engine?.name ?? ""))
    ) {
      return refused(48, `OPTIMIZE is not supported by storage ${table.engine?.name ?? table.kind}`);
    }
    const by = deduplicateProblem(change, table);
    if (by !== null) return by;
    if (change.dryRun || (table.kind === "table" && !isMergeTree(table))) return metadata();
    if (change.cleanup && table.engine?.family !== "ReplacingMergeTree") return refused(36, "CLEANUP is only for ReplacingMergeTree");
    if (change.cleanup && table.settings.get("allow_experimental_replacing_merge_with_cleanup") !== "1" && scene.since("23.12"))
      return refused(344, "Experimental merges with CLEANUP are not allowed");
    const dangers =
      change.deduplicate && hasRows(table.name, scene)
        ? [silent("drops-values", null, "rows that are equal in the named columns become one")]
        : [];
    return rebuild(dangers, { table: table.name, columns: [], writes: "everything", partial: change.partition !== null || !change.final });
  },
  partition: (change, scene) => partition(change, scene),
};

/** DEDUPLICATE BY must name every column of the keys (8), and only columns that are there (16). */
function deduplicateProblem(change: ClickHouseChangeOf<"optimize">, table: ClickHouseTable): Outcome | null {
  if (change.by === undefined || !table.columnsKnown || !isMergeTree(table)) return null;
  const { by } = change;
  const missing = by.find((name) => !table.columns.some((c) => c.name === name));
  if (missing !== undefined) return refused(16, `There is no column with name ${missing} in table ${table.name}`);
  const key = [...keyColumns(table)].find((name) => !by.includes(name));
  return key === undefined
    ? null
    : refused(
        8,
        `DEDUPLICATE BY expression must include all columns used in table's ORDER BY, PRIMARY KEY, or PARTITION BY but '${key}' is missing`,
      );
}

function existing(
  change: { readonly name: string; readonly ifExists: boolean },
  scene: Scene,
): { readonly table: ClickHouseTable } | { readonly outcome: Outcome } {
  const found = find(change.name, scene);
  if ("table" in found) return found;
  return { outcome: change.ifExists || found.outcome === null ? metadata() : found.outcome };
}

/** DROP VIEW of a table is 80, DROP DICTIONARY of a table 48; DROP TABLE takes everything but dictionaries. */
function wrongObject(object: "table" | "view" | "dictionary", table: ClickHouseTable): Outcome | null {
  if (object === "view" && (table.kind === "table" || table.kind === "dictionary")) return refused(80, `Table ${table.name} is not a View`);
  if (object === "dictionary" && table.kind !== "dictionary") return refused(80, `Table ${table.name} is not a Dictionary`);
  if (object === "table" && table.kind === "dictionary")
    return refused(520, "Cannot DETACH/DROP dictionary with TABLE: use DROP DICTIONARY");
  return null;
}

function populating(populate: boolean, table: { readonly name: string }): SilentCorruption[] {
  return populate
    ? [silent("drops-values", null, `rows that arrive in the source while ${table.name} is populated are not in it`, {})]
    : [];
}

const shape = (t: Omit<ClickHouseTable, "origin">): string =>
  JSON.stringify([
    t.kind,
    t.engine?.name ?? null,
    t.engine?.familyArgs.map((a) => a.sql) ?? [],
    t.columns.map((c) => [c.name, c.type.text, c.default?.kind ?? null, c.default?.expression?.sql ?? null]),
    (t.orderBy ?? t.primaryKey ?? []).map((k) => k.expression.sql),
    t.partitionBy?.sql ?? null,
    t.select === null ? null : t.select.sql.replace(/\s+/g, " "),
    t.target,
  ]);

function sameTable(a: Omit<ClickHouseTable, "origin">, b: Omit<ClickHouseTable, "origin">): boolean {
  return shape(a) === shape(b);
}

function otherTable(a: ClickHouseTable, b: Omit<ClickHouseTable, "origin">): SilentCorruption {
  const columns = b.columns.filter((c) => !a.columns.some((d) => d.name === c.name && d.type.text === c.type.text));
  const list = b.columns.filter((c) => c.typeKnown).map((c) => `(${quoteString(c.name)}, ${quoteString(c.type.text)})`);
  const where = `database = ${quoteString(b.database)} AND table = ${quoteString(b.table)}`;
  const decided =
    list.length > 0 && columns.length > 0
      ? `SELECT ${list.length} - count() FROM system.columns WHERE ${where} AND (name, type) IN (${list.join(", ")})`
      : null;
  return silent("semantics", decided, `${a.name} exists with another definition and stays as it is`, {
    columns: columns.map((c) => c.name),
  });
}

function partition(change: Parameters<(typeof tablePredictors)["partition"]>[0], scene: Scene): Outcome {
  const found = find(change.table, scene);
  if (!("table" in found)) return found.outcome ?? metadata();
  const { table } = found;
  const barred = alterable(table, "partition") ?? partitionProblem(change.partition, table);
  if (barred !== null) return barred;
  switch (change.action) {
    case "drop":
      return rebuild(
        hasRows(table.name, scene)
          ? [silent("drops-values", partitionCount(table, change.partition), "the rows of the partition are gone, without a way back")]
          : [],
        { table: table.name, partial: true },
      );
    case "detach":
      return rebuild(
        hasRows(table.name, scene)
          ? [
              silent(
                "drops-values",
                partitionCount(table, change.partition),
                "the rows cannot be read until the partition is attached again",
              ),
            ]
          : [],
        { table: table.name, partial: true },
      );
    case "drop-detached":
      return scene.state.session.settings.get("allow_drop_detached") === "1" || change.settings?.get("allow_drop_detached") === "1"
        ? metadata()
        : refused(344, "Cannot execute query: DROP DETACHED PART is disabled (see allow_drop_detached setting)");
    case "attach-from":
    case "replace-from":
    case "move-to-table":
      return between(change, table, scene);
    case "fetch":
      return table.engine?.replicated === true
        ? metadata()
        : refused(48, `FETCH PARTITION is not supported by storage ${table.engine?.name ?? ""}`);
    case "attach":
    case "forget":
    case "freeze":
    case "unfreeze":
    case "export":
    case "move-to-disk":
    case "move-to-volume":
    case "move-to-shard":
      return metadata();
    default:
      return change.action satisfies never;
  }
}

/** REPLACE, ATTACH and MOVE PARTITION between tables ask for the same columns (122) and keys (36). Measured on 26.7. */
function between(change: Parameters<(typeof tablePredictors)["partition"]>[0], table: ClickHouseTable, scene: Scene): Outcome {
  const other = change.other === null ? undefined : tableOf(scene.state, change.other);
  if (other === undefined) return scene.state.complete ? refused(60, `Table ${change.other ?? ""} does not exist`) : metadata();
  const columns = (t: ClickHouseTable): string =>
    t.columns
      .filter((c) => storedColumns(t).includes(c.name))
      .map((c) => `${c.name} ${c.type.text}`)
      .toSorted()
      .join();
  if (table.columnsKnown && other.columnsKnown && columns(table) !== columns(other)) return refused(122, "Tables have different structure");
  if (/\btuple\(\s*\)$/.test(change.partition?.text ?? "") && table.partitionBy !== null)
    return refused(248, "Wrong number of fields in the partition expression: 0, must be: 1");
  const key = (t: ClickHouseTable): string => (t.orderBy ?? t.primaryKey ?? []).map((k) => k.expression.sql).join();
  if (key(table) !== key(other)) return refused(36, "Tables have different ordering");
  if ((table.partitionBy?.sql ?? "") !== (other.partitionBy?.sql ?? "")) return refused(36, "Tables have different partition key");
  const replaced = change.action === "replace-from" && hasRows(table.name, scene);
  if (
    change.action === "replace-from" &&
    scene.since("26.7") &&
    !hasRows(other.name, scene) &&
    scene.state.tables.has(other.name) &&
    change.settings?.get("allow_replace_partition_from_empty_source") !== "1"
  )
    return refused(
      36,
      `Source table ${other.name} has no parts in the partition: refusing REPLACE PARTITION because it would drop the rows there`,
    );
  return rebuild(
    replaced ? [silent("drops-values", partitionCount(table, change.partition), "the rows of the partition are replaced")] : [],
    { table: table.name, partial: true },
  );
}
