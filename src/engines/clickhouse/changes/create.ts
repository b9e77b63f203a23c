import type { ClickHouseChangeBody } from "../../../model/clickhouse/change.ts";
import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseColumn, type ClickHouseSelect, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import type {
  CreateDictionary,
  CreateMaterializedView,
  CreateTable,
  CreateView,
  CreateWindowView,
  ObjectName,
  Refresh,
  Storage,
} from "../parse/ast.ts";
import { resolve, sourceText, tableOf, type Context } from "./context.ts";
import { readDictionary } from "./dictionary.ts";
import { readSelect } from "./select.ts";
import { readElements, readStorage, type Elements } from "./tables.ts";
import { UNKNOWN_TYPE } from "./types.ts";

export interface ReadChange {
  readonly change: ClickHouseChangeBody;
  readonly refused: ClickHouseError | null;
}

type Table = Omit<ClickHouseTable, "origin">;
type Created = Extract<ClickHouseChangeBody, { kind: "create-table" }>;

const NO_ELEMENTS: Elements = { columns: [], indexes: [], projections: [], constraints: [], primaryKey: null, refused: null };

function base(name: ObjectName, context: Context): Pick<Table, "name" | "database" | "table"> {
  return { name: resolve(name, context), database: name.database?.text ?? context.database, table: name.name.text };
}

const NOTHING = {
  kind: "table",
  engine: null,
  orderBy: null,
  primaryKey: null,
  partitionBy: null,
  sampleBy: null,
  ttl: [],
  settings: new Map<string, string>(),
  indexes: [],
  projections: [],
  constraints: [],
  select: null,
  target: null,
  inner: false,
  refresh: null,
  forwards: null,
  dictionary: null,
} as const;

interface CreateFlags {
  readonly attach: boolean;
  readonly orReplace: boolean;
  readonly replace: boolean;
  readonly ifNotExists: boolean;
}

function created(table: Table, s: CreateFlags, more: Partial<Created> = {}): Created {
  return {
    kind: "create-table",
    table,
    ifNotExists: s.ifNotExists,
    orReplace: s.orReplace || s.replace,
    mustExist: s.replace && !s.orReplace,
    populate: false,
    empty: false,
    like: null,
    fill: null,
    attach: s.attach,
    ...more,
  };
}

export function readCreateTable(s: CreateTable, context: Context): ReadChange {
  const elements = s.elements === null ? NO_ELEMENTS : readElements(s.elements, context);
  const storage = readStorage(s.storage, context);
  const like = s.as?.kind === "table" ? resolve(s.as.name, context) : null;
  const model = like === null ? undefined : tableOf(context.state, like);
  const fill = s.as?.kind === "select" ? readSelect(s.as.query, context) : null;
  let { columns } = elements;
  let known = true;
  if (columns.length === 0) {
    if (like !== null) {
      columns = model?.columns.map((c) => ({ ...c, since: null })) ?? [];
      known = model?.columnsKnown ?? false;
    } else if (fill !== null) {
      columns = columnsOf(fill);
      known = fill.outputs !== null;
    } else {
      known = s.as === null && !(s.attach && s.elements === null) && !takesColumnsFromElsewhere(storage.engine?.name ?? "");
      if (storage.forwards?.kind === "distributed" || storage.forwards?.kind === "buffer" || storage.forwards?.kind === "alias") {
        const behind = storage.forwards.table === null ? undefined : tableOf(context.state, storage.forwards.table);
        columns = behind?.columns.map((c) => ({ ...c, since: null })) ?? [];
        known = behind?.columnsKnown ?? false;
      }
    }
  }
  // AS t takes everything of t that the statement does not give: engine, keys, indexes, projections.
  const noEngine = s.storage === null || s.storage.engine === null;
  const inherited = model !== undefined && model.kind === "table" && noEngine ? model : null;
  // Measured: an engine of its own that merges takes the keys that are not given, and neither TTL nor settings.
  const keys =
    inherited ?? (model !== undefined && isMergeTree(model) && storage.engine?.name.endsWith("MergeTree") === true ? model : null);
  const table: Table = {
    ...NOTHING,
    ...base(s.name, context),
    ...(s.temporary ? { database: "", name: s.name.name.text } : {}),
    engine:
      inherited?.engine ??
      (s.temporary && noEngine ? { name: "Memory", args: [], family: "Memory", familyArgs: [], replicated: false } : storage.engine),
    columns,
    columnsKnown: known,
    orderBy: storage.orderBy ?? keys?.orderBy ?? null,
    primaryKey: storage.primaryKey ?? elements.primaryKey ?? keys?.primaryKey ?? null,
    partitionBy: storage.partitionBy ?? keys?.partitionBy ?? null,
    sampleBy: storage.sampleBy ?? keys?.sampleBy ?? null,
    ttl: storage.ttl.length > 0 ? storage.ttl : (inherited?.ttl ?? []),
    settings: inherited === null ? storage.settings : new Map([...inherited.settings, ...storage.settings]),
    forwards: inherited?.forwards ?? storage.forwards,
    indexes: s.elements === null && model !== undefined ? model.indexes : elements.indexes,
    projections: s.elements === null && model !== undefined ? model.projections : elements.projections,
    constraints: s.elements === null && model !== undefined ? model.constraints : elements.constraints,
    cluster: s.onCluster?.name ?? null,
    comment: s.comment?.value ?? null,
    ...(s.temporary ? { temporary: true } : {}),
  };
  return {
    change: created(table, s, {
      like: like === null ? null : { table: like, clone: s.as?.kind === "table" && s.as.clone },
      fill,
      declared: elements.columns.length > 0,
      empty: s.as?.kind === "select" && s.as.empty,
    }),
    refused: elements.refused,
  };
}

/** Engines whose columns may be read from what is behind them. */
function takesColumnsFromElsewhere(engine: string): boolean {
  return /^(?:S3|URL|File|HDFS|AzureBlobStorage|Iceberg|DeltaLake|Hudi|MySQL|PostgreSQL|MongoDB|Merge$|Dictionary|Redis|SQLite|S3Queue|AzureQueue|Paimon|TimeSeries)/.test(
    engine,
  );
}

/** Columns as a query gives them. */
function columnsOf(select: ClickHouseSelect): ClickHouseColumn[] {
  return (select.outputs ?? []).map((o) => ({
    name: o.name,
    type: o.type ?? UNKNOWN_TYPE,
    typeKnown: o.type !== null,
    default: null,
    codec: null,
    ttl: null,
    comment: null,
    statistics: [],
    since: null,
  }));
}

export function readCreateView(s: CreateView, context: Context): ReadChange {
  const elements = s.elements === null ? NO_ELEMENTS : readElements(s.elements, context);
  const select = s.query === null ? null : readSelect(s.query, context);
  const fromQuery = select === null ? [] : columnsOf(select);
  const renamed = s.aliases.length === 0 ? fromQuery : fromQuery.map((c, i) => ({ ...c, name: s.aliases[i]?.text ?? c.name }));
  const columns = elements.columns.length > 0 ? elements.columns : renamed;
  const table: Table = {
    ...NOTHING,
    ...base(s.name, context),
    kind: "view",
    columns,
    columnsKnown: elements.columns.length > 0 || (select?.outputs ?? null) !== null,
    select,
    cluster: s.onCluster?.name ?? null,
    comment: s.comment?.value ?? null,
    ...(s.temporary ? { temporary: true } : {}),
  };
  return { change: created(table, s), refused: elements.refused };
}

export function readCreateMaterializedView(s: CreateMaterializedView, context: Context): ReadChange {
  return materialized(s, "materialized-view", { to: s.to, storage: s.storage, refresh: s.refresh, elements: s.elements }, context, {
    populate: s.populate,
    empty: s.empty,
  });
}

export function readCreateWindowView(s: CreateWindowView, context: Context): ReadChange {
  return materialized(s, "window-view", { to: s.to, storage: s.storage, refresh: null, elements: null }, context, {
    populate: s.populate,
    empty: false,
  });
}

function materialized(
  s: CreateMaterializedView | CreateWindowView,
  kind: "materialized-view" | "window-view",
  own: { to: ObjectName | null; storage: Storage | null; refresh: Refresh | null; elements: CreateMaterializedView["elements"] },
  context: Context,
  more: { populate: boolean; empty: boolean },
): ReadChange {
  const elements = own.elements === null ? NO_ELEMENTS : readElements(own.elements, context);
  const select = s.query === null ? null : readSelect(s.query, context);
  const target = own.to === null ? null : resolve(own.to, context);
  const storage = readStorage(own.storage, context);
  const columns = elements.columns.length > 0 ? elements.columns : select === null ? [] : columnsOf(select);
  const table: Table = {
    ...NOTHING,
    ...base(s.name, context),
    ...(target === null ? storage : {}),
    forwards: null,
    kind: own.refresh === null ? kind : "refreshable-view",
    columns,
    columnsKnown: elements.columns.length > 0 || (select?.outputs ?? null) !== null,
    indexes: elements.indexes,
    projections: elements.projections,
    constraints: elements.constraints,
    primaryKey: target === null ? (storage.primaryKey ?? elements.primaryKey) : null,
    select,
    target,
    inner: target === null,
    refresh: own.refresh === null ? null : readRefresh(own.refresh, context),
    cluster: s.onCluster?.name ?? null,
    comment: s.comment?.value ?? null,
  };
  return { change: created(table, s, more), refused: elements.refused };
}

export function readRefresh(refresh: Refresh, context: Context): NonNullable<ClickHouseTable["refresh"]> {
  return {
    text: sourceText(refresh.at, context).replace(/\s+/g, " "),
    append: refresh.append,
    dependsOn: refresh.dependsOn.map((d) => resolve(d, context)),
  };
}

export function readCreateDictionary(s: CreateDictionary, context: Context): ReadChange {
  const read = readDictionary(s, context);
  const table: Table = {
    ...NOTHING,
    ...base(s.name, context),
    kind: "dictionary",
    columns: read.columns,
    columnsKnown: true,
    dictionary: read.dictionary,
    cluster: s.onCluster?.name ?? null,
    comment: s.comment?.value ?? null,
  };
  return { change: created(table, s), refused: read.refused };
}
