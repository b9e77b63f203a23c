import type { CreateStmt, CreateTableAsStmt, PartitionSpec, ViewStmt } from "libpg-query";
import { schemaOf } from "../../../model/apply/index.ts";
import { bareName, type Column, type Constraint, type Index, type PartitionKey, type Relation } from "../../../model/schema.ts";
import type { Change } from "../../../model/change.ts";
import type { EngineError } from "../../../model/effects.ts";
import { all, as, type Node } from "../parse/grammar.ts";
import { readColumn } from "./columns.ts";
import { readConstraint } from "./constraints.ts";
import { mergeDoubleKeys, writtenNames } from "./double-keys.ts";
import type { Context } from "./context.ts";
import { columnsIn } from "./expression.ts";
import { Names } from "./names.ts";
import { indexBehind } from "../../../model/apply/index.ts";
import { fullReadsIn } from "./filter.ts";
import { analyseQuery } from "./query.ts";
import { addLike, likeSource } from "./like.ts";
import { refusedQuery, refusedTable } from "./refused.ts";
import { readType } from "./types.ts";

type NewRelation = Omit<Relation, "origin">;

function emptyRelation(name: string, kind: Relation["kind"]): NewRelation {
  return {
    name,
    kind,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    partitionOf: null,
    partitionBound: null,
    inherits: [],
    unlogged: false,
    rowSecurity: false,
    reads: null,
    definition: null,
  };
}

/** CREATE TABLE, with the sequences of its serial columns. */
export function createTable(node: CreateStmt, context: Context, kind: Relation["kind"] = "table"): Change[] {
  const name = context.newRelation(node.relation);
  const names = new Names(context.state, name);
  const parents = all(node.inhRelations, "RangeVar").map((r) => context.relation(r));
  const isPartition = node.partbound !== undefined;
  const columns = new Map<string, Column>();
  const constraints: Constraint[] = [];
  const indexes: Index[] = [];
  const sequences: { readonly name: string; readonly column: string }[] = [];
  for (const parent of parents) {
    const relation = context.state.relations.get(parent);
    for (const column of relation?.columns ?? []) columns.set(column.name, { ...column, identity: null });
    for (const constraint of relation?.constraints ?? []) {
      if (constraint.noInherit === true) continue;
      // What is empty satisfies every CHECK: one that is not valid above is valid here.
      if (constraint.kind === "check") constraints.push({ ...constraint, validated: constraint.enforced });
      else if (constraint.kind === "not-null" || (isPartition && constraint.kind === "foreign-key")) constraints.push(constraint);
      else if (isPartition) constraints.push(copyKey(constraint, name, names, indexes));
    }
    if (isPartition)
      for (const index of relation?.indexes ?? []) if (index.constraint === null) indexes.push(copyIndex(index, name, names));
  }
  const ofType = node.ofTypename === undefined ? undefined : context.state.types.get(readType(node.ofTypename, context.state).type.name);
  if (ofType?.kind === "composite") for (const column of ofType.columns) columns.set(column.name, column);
  // Constraint names that are written out are known before any is generated.
  for (const constraint of all(node.tableElts, "Constraint")) if (constraint.conname !== undefined) names.take(constraint.conname);
  for (const element of node.tableElts ?? []) {
    const definition = as(element, "ColumnDef");
    const like = as(element, "TableLikeClause");
    if (definition !== undefined) {
      const read = readColumn(definition, name, context, names);
      const inherited = columns.get(read.column.name);
      columns.set(
        read.column.name,
        inherited === undefined || definition.typeName !== undefined ? read.column : { ...inherited, ...overrides(read.column, inherited) },
      );
      constraints.push(...read.constraints);
      if (read.serial && read.sequence !== null) sequences.push({ name: read.sequence, column: read.column.name });
    } else if (like !== undefined) addLike(like, { context, columns, constraints, indexes, table: name, names });
    else {
      const constraint = as(element, "Constraint");
      if (constraint !== undefined) constraints.push(readConstraint(constraint, name, context, names, null));
    }
  }
  // A foreign key to the table itself that names no columns means its own primary key.
  const primary = constraints.find((c) => c.kind === "primary-key");
  const resolved = constraints.map((c) =>
    c.references !== null && c.references.relation === name && c.references.columns.length === 0
      ? { ...c, references: { ...c.references, columns: primary?.columns ?? [] } }
      : c,
  );
  const unique = mergeDoubleKeys(resolved, writtenNames(node));
  const keyed = new Set(unique.flatMap((c) => (c.kind === "primary-key" || c.kind === "not-null" ? c.columns : [])));
  const relation: NewRelation = {
    ...emptyRelation(name, node.partspec === undefined ? kind : "partitioned-table"),
    columns: [...columns.values()].map((c) => (keyed.has(c.name) ? { ...c, notNull: true } : c)),
    constraints: unique,
    indexes: [...indexes, ...unique.flatMap((c) => (indexes.some((i) => i.name === c.index) ? [] : (indexBehind({ name }, c) ?? [])))],
    partitionOf: isPartition ? (parents[0] ?? null) : null,
    partitionBound: isPartition ? boundText(context, node.partbound?.is_default === true) : null,
    ...(node.partspec === undefined ? {} : { partitionKey: partitionKey(node.partspec) }),
    inherits: isPartition ? [] : parents,
    unlogged: node.relation?.relpersistence === "u",
    ...(ofType === undefined ? {} : { ofType: ofType.name }),
    triggers: isPartition ? rowTriggers(context.state.relations.get(parents[0] ?? "")) : [],
  };
  const references = [...new Set([...parents, ...resolved.flatMap((c) => (c.references === null ? [] : [c.references.relation]))])].filter(
    (r) => r !== name,
  );
  const sources = all(node.tableElts, "TableLikeClause").flatMap((like) => {
    const source = likeSource(like, context);
    return source.kind === "type" ? [] : [source.name];
  });
  const refused = refusedTable(node, context);
  return [
    ...(sources.length === 0 ? [] : [context.change({ kind: "read", tables: sources, fullReads: [], shallow: true })]),
    {
      ...context.change({
        kind: "create-relation",
        relation,
        ifNotExists: node.if_not_exists === true,
        references,
        orReplace: false,
        ...(node.relation?.schemaname === undefined && node.relation?.relpersistence !== "t" ? { unqualified: true } : {}),
      }),
      ...(refused === null ? {} : { refused }),
    },
    ...sequences.map((s) =>
      context.change({ kind: "create-sequence", sequence: { name: s.name, ownedBy: { relation: name, column: s.column } } }),
    ),
  ];
}

function partitionKey(spec: PartitionSpec): PartitionKey {
  const strategies = { PARTITION_STRATEGY_LIST: "list", PARTITION_STRATEGY_RANGE: "range", PARTITION_STRATEGY_HASH: "hash" } as const;
  const elements = all(spec.partParams, "PartitionElem");
  return {
    strategy: strategies[spec.strategy ?? "PARTITION_STRATEGY_RANGE"],
    columns: elements.map((e) => e.name ?? null),
    mentions: [...new Set(elements.flatMap((e) => (e.name === undefined ? columnsIn(e.expr) : [e.name])))],
  };
}

function overrides(column: Column, inherited: Column): Partial<Column> {
  return { type: inherited.type, notNull: column.notNull || inherited.notNull, default: column.default ?? inherited.default };
}

/** The bound as written: `FOR VALUES …` or `DEFAULT`. */
export function boundText(context: Context, isDefault: boolean): string {
  if (isDefault) return "DEFAULT";
  const from = context.wordAt("for");
  const token = context.tokens[from];
  if (token === undefined) return "";
  const stop = ["partition", "with", "using", "tablespace"].map((w) => context.wordAt(w, from + 2)).filter((i) => i >= from + 6);
  const text = context.sql.slice(token.start, context.tokens[Math.min(...stop, context.tokens.length)]?.start ?? context.sql.length);
  return text.trim();
}

function copyKey(constraint: Constraint, table: string, names: Names, indexes: Index[]): Constraint {
  const label = constraint.kind === "primary-key" ? "pkey" : constraint.kind === "unique" ? "key" : "excl";
  const name = names.relation(constraint.kind === "primary-key" ? null : constraint.columns, label);
  const copy: Constraint = { ...constraint, name, index: `${schemaOf(table)}.${name}` };
  const index = indexBehind({ name: table }, copy);
  if (index !== null) indexes.push(constraint.index === null ? index : { ...index, partOf: constraint.index });
  return copy;
}

function copyIndex(index: Index, table: string, names: Names): Index {
  const name = names.relation(index.labels ?? index.columns.map((c) => c ?? "expr"), "idx");
  return { ...index, name: `${schemaOf(table)}.${name}`, partOf: index.name };
}

/** CREATE TABLE AS, SELECT INTO, CREATE MATERIALIZED VIEW. */
export function createAs(node: CreateTableAsStmt, context: Context): Change[] {
  const name = context.newRelation(node.into?.rel);
  const kind: Relation["kind"] = node.objtype === "OBJECT_MATVIEW" ? "materialized-view" : "table";
  return fromQuery(
    prepared(node.query, context),
    name,
    kind,
    all(node.into?.colNames, "String").map((s) => s.sval ?? ""),
    context,
    { ifNotExists: node.if_not_exists === true, orReplace: false, fills: node.into?.skipData !== true },
  );
}

export function createView(node: ViewStmt, context: Context): Change[] {
  const name = context.newRelation(node.view);
  const aliases = all(node.aliases, "String").map((s) => s.sval ?? "");
  return fromQuery(node.query, name, "view", aliases, context, { ifNotExists: false, orReplace: node.replace === true, fills: false });
}

function fromQuery(
  query: Node | undefined,
  name: string,
  kind: Relation["kind"],
  aliases: readonly string[],
  context: Context,
  { ifNotExists, orReplace, fills }: { readonly ifNotExists: boolean; readonly orReplace: boolean; readonly fills: boolean },
): Change[] {
  const facts = analyseQuery(query, context);
  const refused = refusedQuery(query, context) ?? refusedNames(facts.columns, aliases, kind);
  const columns = (facts.columns ?? aliases.map((a) => ({ ...unknownColumn(a) }))).map((c, i) => ({ ...c, name: aliases[i] ?? c.name }));
  const as = context.wordAt("as");
  const isView = kind !== "table";
  const relation: NewRelation = {
    ...emptyRelation(name, kind),
    columns,
    reads: isView ? facts.reads : null,
    ...(kind === "materialized-view" && !fills ? { unpopulated: true } : {}),
    definition: isView && as !== -1 ? context.sql.slice(context.tokens[as]?.end ?? 0).trim() : null,
  };
  const create = context.change({ kind: "create-relation", relation, ifNotExists, references: isView ? facts.tables : [], orReplace });
  const changes =
    kind === "view"
      ? []
      : [
          context.change({
            kind: "read",
            tables: facts.tables,
            fullReads: fills ? fullReadsIn(query, context) : [],
            ...(fills ? {} : { shallow: true }),
          }),
        ];
  const [first] = changes;
  if (refused !== null && first !== undefined) changes[0] = { ...first, refused };
  changes.push(refused === null || first !== undefined ? create : { ...create, refused });
  if (facts.columns === null && aliases.length === 0) {
    changes.push(context.opaque(`the columns of ${bareName(name)} come from a query on something that the migrations do not show`, [name]));
  }
  return changes;
}

/** CREATE TABLE AS EXECUTE takes its query from what was prepared. */
function prepared(query: Node | undefined, context: Context): Node | undefined {
  const execute = as(query, "ExecuteStmt");
  const sql = execute === undefined ? undefined : context.state.session.prepared?.get(execute.name ?? "");
  if (sql === undefined) return query;
  const parsed = context.grammar.parse(sql);
  return parsed.ok ? parsed.statements[0] : query;
}

function refusedNames(columns: readonly Column[] | null, aliases: readonly string[], kind: Relation["kind"]): EngineError | null {
  if (columns === null) return null;
  const what = kind === "view" ? "CREATE VIEW specifies more column names than columns" : "too many column names were specified";
  if (aliases.length > columns.length) return { sqlstate: "42601", message: what };
  const names = columns.map((column, at) => aliases[at] ?? column.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? null : { sqlstate: "42701", message: `column "${twice}" specified more than once` };
}

/** A new partition gets the row triggers of its parent. */
function rowTriggers(parent: Relation | undefined): Relation["triggers"] {
  return (parent?.triggers ?? []).filter((trigger) => trigger.row === true).map((trigger) => ({ ...trigger, inherited: true }));
}

function unknownColumn(name: string): Column {
  return {
    name,
    type: { name: "unknown", modifiers: [], dimensions: 0 },
    notNull: false,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    comment: null,
  };
}
