import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type {
  ClickHouseColumn,
  ClickHouseConstraint,
  ClickHouseExpression,
  ClickHouseTable,
  Forwarding,
  KeyPart,
  Projection,
  SkipIndex,
  TableEngine,
  TableTtl,
} from "../../../model/clickhouse/schema.ts";
import type {
  ConstraintDeclaration,
  Engine,
  Expression,
  IndexDeclaration,
  ProjectionDeclaration,
  SortingKey,
  Storage,
  TableElements,
  TtlElement,
} from "../parse/ast.ts";
import { flattenNested, readColumn, readSettings } from "./columns.ts";
import { sourceText, type Context } from "./context.ts";
import { readExpression } from "./expression.ts";
import type { ColumnTypes } from "./expression-type.ts";
import { canonicalExpression } from "./render.ts";

export interface Elements {
  readonly columns: readonly ClickHouseColumn[];
  readonly indexes: readonly SkipIndex[];
  readonly projections: readonly Projection[];
  readonly constraints: readonly ClickHouseConstraint[];
  readonly primaryKey: readonly KeyPart[] | null;
  readonly refused: ClickHouseError | null;
}

/** What stands between the parentheses. */
export function readElements(elements: TableElements, context: Context): Elements {
  const columns: ClickHouseColumn[] = [];
  let refused: ClickHouseError | null = null;
  const known: ColumnTypes = (path) => columns.find((c) => c.name === path.join("."))?.type ?? null;
  const flatten = context.state.session.settings.get("flatten_nested") !== "0";
  const inline: KeyPart[] = [];
  for (const declared of elements.columns) {
    const read = readColumn(declared, context, known);
    refused ??= read.refused;
    columns.push(...flattenNested(read.column, flatten));
    if (declared.primaryKey) {
      inline.push({
        expression: readExpression({ kind: "identifier", parts: [declared.name], alias: null, at: declared.name.at }, context),
        descending: false,
      });
    }
  }
  return {
    columns,
    indexes: elements.indexes.map((i) => readIndex(i, context)),
    projections: elements.projections.map((p) => readProjection(p, context)),
    constraints: elements.constraints.map((c) => readConstraint(c, context)),
    primaryKey: elements.primaryKey === null ? (inline.length === 0 ? null : inline) : keyParts(elements.primaryKey, context),
    refused,
  };
}

export function readIndex(index: IndexDeclaration, context: Context): SkipIndex {
  const { type } = index;
  const typeArgs = (type?.arguments ?? []).map(canonicalExpression);
  return {
    name: index.name.text,
    expression: readExpression(index.expression, context),
    type: type === null ? "" : type.name.toLowerCase(),
    typeArgs,
    granularity: index.granularity === null ? null : Number(index.granularity),
  };
}

export function readProjection(projection: ProjectionDeclaration, context: Context): Projection {
  const { definition } = projection;
  const text = sourceText(projection.at, context).replace(/\s+/g, " ");
  const named = new Set<string>();
  const parts =
    definition.kind === "index"
      ? definition.expressions
      : [...definition.columns, ...present(definition.where), ...definition.groupBy, ...definition.orderBy.map((o) => o.expression)];
  for (const e of parts) for (const column of readExpression(e, context).columns) named.add(column);
  const star = definition.kind === "select" && definition.columns.some((c) => c.kind === "asterisk");
  if (star) named.add("*");
  return { name: projection.name.text, text, columns: [...named], tree: definition };
}

const present = (e: Expression | null): Expression[] => (e === null ? [] : [e]);

export function readConstraint(constraint: ConstraintDeclaration, context: Context): ClickHouseConstraint {
  return { name: constraint.name.text, kind: constraint.kind, expression: readExpression(constraint.expression, context) };
}

/** `(a, b)` and `tuple(a, b)` have two parts, `tuple()` none, `a` one. */
export function keyParts(e: Expression, context: Context): KeyPart[] {
  const parts = e.kind === "function" && e.name === "tuple" ? e.arguments : [e];
  return parts.map((p) => ({ expression: readExpression(p, context), descending: false }));
}

export function readSortingKey(key: SortingKey, context: Context): KeyPart[] {
  return key.elements.map((e) => ({ expression: readExpression(e.expression, context), descending: e.descending }));
}

export function readTtl(ttl: TtlElement, context: Context): TableTtl {
  const action = ((): TableTtl["action"] => {
    switch (ttl.action.kind) {
      case "delete":
        return "delete";
      case "move":
        return ttl.action.to === "disk" ? "to-disk" : "to-volume";
      case "recompress":
        return "recompress";
      case "group-by":
        return "group-by";
      default:
        return ttl.action satisfies never;
    }
  })();
  return {
    expression: readExpression(ttl.expression, context),
    action,
    where: ttl.where === null ? null : readExpression(ttl.where, context),
    ...(ttl.action.kind === "move" ? { to: ttl.action.name } : {}),
    ...(ttl.action.kind === "group-by" ? { groupBy: ttl.action.keys.map(canonicalExpression) } : {}),
    text: sourceText(ttl.at, context).replace(/\s+/g, " "),
  };
}

const REPLICATION = /^(?:Replicated|Shared)(?=\w*MergeTree$)/;

export function readEngine(engine: Engine, context: Context): TableEngine {
  const args = (engine.arguments ?? []).map((a) => readExpression(a, context));
  const replicated = REPLICATION.test(engine.name);
  // Path and replica name are the first two where the first is a string.
  const skip = replicated && args[0]?.constant?.kind === "string" ? 2 : 0;
  return { name: engine.name, args, family: engine.name.replace(REPLICATION, ""), familyArgs: args.slice(skip), replicated };
}

const named = (e: ClickHouseExpression | undefined): string | null =>
  e === undefined
    ? null
    : e.constant?.kind === "string"
      ? e.constant.text
      : /^\w+$/.test(e.sql)
        ? e.sql
        : e.functions[0] === "currentDatabase"
          ? ""
          : null;

/** Where a Distributed, Buffer, Merge or Alias table sends its rows to or takes them from. */
export function readForwarding(engine: TableEngine, context: Context): Forwarding | null {
  const { args } = engine;
  const nothing = { cluster: null, pattern: null, shardingKey: null } as const;
  const table = (database: ClickHouseExpression | undefined, name: ClickHouseExpression | undefined): string | null => {
    const d = named(database);
    const t = named(name);
    return d === null || t === null ? null : `${d === "" ? context.database : d}.${t}`;
  };
  switch (engine.name) {
    case "Distributed":
      return { ...nothing, kind: "distributed", cluster: named(args[0]), table: table(args[1], args[2]), shardingKey: args[3] ?? null };
    case "Buffer":
      return { ...nothing, kind: "buffer", table: table(args[0], args[1]) };
    case "Alias":
      return {
        ...nothing,
        kind: "alias",
        table:
          args.length === 2
            ? table(args[0], args[1])
            : args[0] === undefined
              ? null
              : named(args[0])?.includes(".") === true
                ? named(args[0])
                : `${context.database}.${named(args[0]) ?? ""}`,
      };
    case "Merge": {
      const [database, pattern] = args;
      const regexp = database?.functions[0] === "REGEXP";
      const name = database === undefined ? null : regexp ? (/'(.*)'/.exec(database.sql)?.[1] ?? null) : named(database);
      const of = named(pattern);
      return {
        ...nothing,
        kind: "merge",
        table: null,
        pattern:
          name === null || of === null ? null : { database: name === "" ? context.database : name, databaseIsRegexp: regexp, table: of },
      };
    }
    default:
      return null;
  }
}

type StorageParts = Pick<
  ClickHouseTable,
  "engine" | "orderBy" | "primaryKey" | "partitionBy" | "sampleBy" | "ttl" | "settings" | "forwards"
>;

/** Everything from ENGINE on. Without ENGINE it is a MergeTree (`default_table_engine`). */
export function readStorage(storage: Storage | null, context: Context): StorageParts {
  const engine: TableEngine =
    storage?.engine === undefined || storage.engine === null
      ? { name: "MergeTree", args: [], family: "MergeTree", familyArgs: [], replicated: false }
      : readEngine(storage.engine, context);
  return {
    engine,
    orderBy: storage?.orderBy === undefined || storage.orderBy === null ? null : readSortingKey(storage.orderBy, context),
    primaryKey: storage?.primaryKey === undefined || storage.primaryKey === null ? null : keyParts(storage.primaryKey, context),
    partitionBy: storage?.partitionBy === undefined || storage.partitionBy === null ? null : readExpression(storage.partitionBy, context),
    sampleBy: storage?.sampleBy === undefined || storage.sampleBy === null ? null : readExpression(storage.sampleBy, context),
    ttl: storage?.ttl.map((t) => readTtl(t, context)) ?? [],
    settings: readSettings(storage?.settings ?? []),
    forwards: readForwarding(engine, context),
  };
}
