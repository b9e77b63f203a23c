import type { Param, Query } from "../../model/query.ts";
import type { Span } from "../../text/span.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { NOTHING_OMITTED } from "./omit.ts";
import type { Omitted } from "./omit.ts";
import { EVERY_RELATION, type UsedRelations } from "./used-relations.ts";
import type { PrismaEnum, PrismaField, PrismaModel, PrismaSchema } from "./psl.ts";

/**
 * What Prisma Client sends for the models of a schema, in the form in which its query engine writes it: every scalar column by name,
 * in SELECT, in INSERT and in RETURNING (prisma-engines, query-compiler and quaint's Postgres visitor).
 * @param omitted what the client's global `omit` leaves out
 * @param relations what the code does with many-to-many relations: their tables are queried only where one is named
 */
export function queriesOf(
  schema: PrismaSchema,
  omitted: Omitted = NOTHING_OMITTED,
  relations: Pick<UsedRelations, "names"> = EVERY_RELATION,
): Query[] {
  const models = schema.models.filter((model) => !model.ignored);
  const byName = new Map(models.map((model) => [model.name, model]));
  const context: Context = { schema, byName, omitted, relations };
  return [...models.flatMap((model) => queriesOfModel(context, model)), ...joinTables(context)];
}

interface Context {
  readonly schema: PrismaSchema;
  readonly byName: ReadonlyMap<string, PrismaModel>;
  readonly omitted: Omitted;
  readonly relations: Pick<UsedRelations, "names">;
}

function queriesOfModel(context: Context, model: PrismaModel): Query[] {
  const table = new Table(context.schema, model);
  const columns = scalars(context, model);
  if (columns.length === 0) return [];
  const unread = context.omitted.fields.get(model.name.charAt(0).toLowerCase() + model.name.slice(1));
  const read = columns.filter((field) => unread?.has(field.name) !== true);
  const selection = (read.length > 0 ? read : columns).map((field) => table.read(field)).join(", ");
  const from = { origin: `${model.name} (${model.span.file}:${model.span.line})`, span: model.span };
  const key = model.key.flatMap((name) => columns.find((field) => field.name === name) ?? []);
  const queries = [query(`SELECT ${selection} FROM ${table.sql} WHERE 1=1 OFFSET $1`, [OTHER], from)];
  if (key.length > 0) {
    const { text, params, next } = where(table, key, 1);
    queries.push(
      query(`SELECT ${selection} FROM ${table.sql} WHERE ${text} LIMIT $${next} OFFSET $${next + 1}`, [...params, OTHER, OTHER], from),
    );
  }
  for (const relation of model.fields) {
    const keys = (relation.relation?.fields ?? []).flatMap((name) => columns.find((field) => field.name === name) ?? []);
    if (keys.length === 0) continue;
    const list = keys.map((field, i) => `${table.column(field)} IN ($${i + 1})`).join(" AND ");
    queries.push(
      query(
        `SELECT ${selection} FROM ${table.sql} WHERE ${list} OFFSET $${keys.length + 1}`,
        [...keys.map((field) => table.param(field)), OTHER],
        from,
      ),
    );
  }
  if (model.kind === "view") return queries;
  // What the client never reads, no code mentions, and no row needs, is written only if somebody does it by hand.
  const written = columns.filter(
    (field) =>
      read.includes(field) ||
      context.omitted.mentioned.has(field.name) ||
      (!field.optional && !field.list && field.filledBy !== "database"),
  );
  queries.push(...writes(table, model, written, key, selection, from));
  if (written.length < columns.length) {
    const latent = writes(table, model, columns, key, selection, from).filter(({ sql }) => !queries.some((known) => known.sql === sql));
    queries.push(...latent.map((each): Query => ({ ...each, use: "latent" })));
  }
  return queries;
}

function writes(
  table: Table,
  model: PrismaModel,
  columns: readonly PrismaField[],
  key: readonly PrismaField[],
  selection: string,
  from: From,
): Query[] {
  const queries: Query[] = [];
  // A column that the client cannot fill (ignored or Unsupported) and that nothing else fills takes `create` away from the client.
  const canCreate = model.fields.every(
    (field) =>
      !(field.ignored || field.type === "Unsupported") ||
      field.optional ||
      field.list ||
      field.filledBy === "database" ||
      field.filledBy === "client",
  );
  if (canCreate) {
    const least = columns.filter(
      (field) => field.filledBy !== "database" && !field.list && (!field.optional || field.filledBy === "client"),
    );
    const most = columns.filter((field) => field.filledBy !== "database");
    queries.push(insert(table, least, selection, from));
    if (most.length > least.length) queries.push(insert(table, most, selection, from));
  }
  if (key.length === 0) return queries;
  const changed = columns.filter((field) => !key.includes(field));
  if (changed.length > 0) {
    const { text, params } = where(table, key, changed.length + 1);
    const set = changed.map((field, i) => `${quoteIdentifier(field.column)} = ${table.write(field, i + 1)}`).join(", ");
    queries.push(
      query(
        `UPDATE ${table.sql} SET ${set} WHERE ${text} RETURNING ${selection}`,
        [...changed.map((field) => table.param(field)), ...params],
        from,
      ),
    );
  }
  const { text, params } = where(table, key, 1);
  queries.push(query(`DELETE FROM ${table.sql} WHERE ${text} RETURNING ${selection}`, params, from));
  return queries;
}

function insert(table: Table, fields: readonly PrismaField[], selection: string, from: From): Query {
  if (fields.length === 0) return query(`INSERT INTO ${table.sql} DEFAULT VALUES RETURNING ${selection}`, [], from);
  const names = fields.map((field) => quoteIdentifier(field.column)).join(",");
  const values = fields.map((field, i) => table.write(field, i + 1)).join(",");
  return query(
    `INSERT INTO ${table.sql} (${names}) VALUES (${values}) RETURNING ${selection}`,
    fields.map((field) => table.param(field)),
    from,
  );
}

function where(table: Table, key: readonly PrismaField[], first: number): { text: string; params: Param[]; next: number } {
  const parts = key.map((field, i) => `${table.column(field)} = ${table.write(field, first + i)}`);
  return {
    text: `(${[...parts, "1=1"].join(" AND ")})`,
    params: key.map((field) => ({ ...table.param(field), null: false })),
    next: first + key.length,
  };
}

/** The columns of a model that the client has: no relations, nothing ignored or Unsupported. */
function scalars(context: Context, model: PrismaModel): PrismaField[] {
  return model.fields.filter(
    (field) => !field.ignored && field.type !== "Unsupported" && !context.schema.models.some(({ name }) => name === field.type),
  );
}

/**
 * Implicit many-to-many relations: a table `_AToB`, or `_Name` where the relation has one, with the columns A and B. A is the model whose
 * name comes first.
 */
function joinTables({ schema, byName, relations }: Context): Query[] {
  return implicitTables(schema, byName).flatMap(({ schema: own, table, field, back, model }) => {
    const used = relations.names(model.name, field.name) || relations.names(field.type, back.name);
    const queries = joinQueries(own, table, field.span, `${model.name}.${field.name}`);
    return used ? queries : queries.map((each): Query => ({ ...each, use: "latent" }));
  });
}

/** The field that comes first in the file stands for both sides. */
interface ImplicitTable {
  readonly schema: string;
  readonly table: string;
  readonly model: PrismaModel;
  readonly field: PrismaField;
  readonly back: PrismaField;
}

export function implicitTables(schema: PrismaSchema, byName: ReadonlyMap<string, PrismaModel>): readonly ImplicitTable[] {
  const done = new Set<string>();
  const tables: ImplicitTable[] = [];
  for (const model of byName.values()) {
    for (const field of model.fields) {
      const other = byName.get(field.type);
      if (other === undefined || !field.list || field.ignored || (field.relation?.fields.length ?? 0) > 0) continue;
      const name = field.relation?.name ?? null;
      const back = other.fields.find((each) => each !== field && each.type === model.name && (each.relation?.name ?? null) === name);
      if (back === undefined || !back.list) continue;
      const [first, second] = model.name < other.name ? [model, other] : [other, model];
      const table = `_${name ?? `${first.name}To${second.name}`}`;
      if (done.has(table)) continue;
      done.add(table);
      tables.push({ schema: first.schema ?? schema.defaultSchema, table, model, field, back });
    }
  }
  return tables;
}

function joinQueries(schema: string, table: string, span: Span, of: string): Query[] {
  const sql = `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
  const from = { origin: `${of} (${span.file}:${span.line})`, span };
  const a = { column: `${schema}.${table}.A`, null: false };
  const b = { column: `${schema}.${table}.B`, null: false };
  return [
    query(`SELECT ${sql}."A", ${sql}."B" FROM ${sql} WHERE ${sql}."A" IN ($1)`, [a], from),
    query(`SELECT ${sql}."B", ${sql}."A" FROM ${sql} WHERE ${sql}."B" IN ($1)`, [b], from),
    query(`INSERT INTO ${sql} ("A","B") VALUES ($1,$2) ON CONFLICT DO NOTHING`, [a, b], from),
    query(`DELETE FROM ${sql} WHERE (${sql}."A" = ($1) AND ${sql}."B" IN ($2))`, [a, b], from),
  ];
}

/** How one model's table and columns are written. */
class Table {
  readonly sql: string;
  readonly #name: string;
  readonly #schema: PrismaSchema;

  constructor(schema: PrismaSchema, model: PrismaModel) {
    const own = model.schema ?? schema.defaultSchema;
    this.sql = `${quoteIdentifier(own)}.${quoteIdentifier(model.table)}`;
    this.#name = `${own}.${model.table}`;
    this.#schema = schema;
  }

  column(field: PrismaField): string {
    return `${this.sql}.${quoteIdentifier(field.column)}`;
  }

  /** Enums come back as text. */
  read(field: PrismaField): string {
    return this.#enumOf(field) === undefined ? this.column(field) : `${this.column(field)}::text${field.list ? "[]" : ""}`;
  }

  /** Enums are sent as text and cast by name. */
  write(field: PrismaField, number: number): string {
    const type = this.#enumOf(field);
    if (type === undefined) return `$${number}`;
    const name = `${quoteIdentifier(type.schema ?? this.#schema.defaultSchema)}.${quoteIdentifier(type.type)}`;
    return field.list ? `CAST($${number}::text[] AS ${name}[])` : `CAST($${number}::text AS ${name})`;
  }

  param(field: PrismaField): Param {
    return { column: `${this.#name}.${field.column}`, null: field.optional };
  }

  #enumOf(field: PrismaField): PrismaEnum | undefined {
    return this.#schema.enums.get(field.type);
  }
}

type From = Pick<Query, "origin" | "span">;
const OTHER: Param = { column: null, null: false };

function query(sql: string, params: readonly Param[], from: From): Query {
  const verb = sql.startsWith("SELECT") ? "select" : sql.startsWith("INSERT") ? "insert" : sql.startsWith("UPDATE") ? "update" : "delete";
  return { sql, verb, ...from, params, use: "certain", usedAt: null, callsPerSecond: null };
}
