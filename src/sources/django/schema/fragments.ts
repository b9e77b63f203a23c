import type { Catalog } from "./catalog.ts";
import { createIndexName, quoteName, splitIdentifier } from "./names.ts";
import { Reference } from "./statement.ts";
import type { Statement } from "./statement.ts";

/** What `CREATE INDEX` may say besides its columns. */
export interface IndexParts {
  /** Null: made from table, columns and suffix when it runs. */
  readonly name: string | null;
  readonly suffix: string;
  /** ` USING gin`, or empty for a btree that is not spelled out. */
  readonly using: string;
  /** Per column: operator class, or empty. */
  readonly opclasses: readonly string[];
  /** Per column: `DESC`, or empty. */
  readonly orders: readonly string[];
  /** Compiled expressions instead of columns. */
  readonly expressions: string | null;
  readonly include: readonly string[];
  /** ` WITH (…)` and ` TABLESPACE …`. */
  readonly extra: string;
  readonly condition: string | null;
  readonly concurrently: boolean;
  readonly unique: boolean;
  /** ` NULLS NOT DISTINCT`, only for unique indexes. */
  readonly nullsDistinct: string;
  /** As introspection would call its type: `idx` for a plain btree. */
  readonly type: string;
}

export const PLAIN_INDEX: IndexParts = {
  name: null,
  suffix: "",
  using: "",
  opclasses: [],
  orders: [],
  expressions: null,
  include: [],
  extra: "",
  condition: null,
  concurrently: false,
  unique: false,
  nullsDistinct: "",
  type: "idx",
};

/** `_create_index_sql`, and `_create_unique_sql` where the constraint is an index. `columns` are also those inside of expressions. */
export function createIndex(table: string, columns: readonly string[], parts: IndexParts): Statement {
  const reference = new Reference(table, columns);
  const included = new Reference(table, parts.include);
  const started = [...columns];
  const name = (): string => parts.name ?? createIndexName(reference.table, reference.columns, parts.suffix);
  return {
    indexName: name,
    references: parts.include.length === 0 ? [reference] : [reference, included],
    text: () => {
      const listed =
        parts.expressions === null
          ? reference.columns
              .map((c, i) => [quoteName(c), parts.opclasses[i] ?? "", parts.orders[i] ?? ""].filter((p) => p !== "").join(" "))
              .join(", ")
          : renamedIn(parts.expressions, started, reference.columns);
      const include = included.columns.length === 0 ? "" : ` INCLUDE (${included.columns.map(quoteName).join(", ")})`;
      const where = parts.condition === null || parts.condition === "" ? "" : ` WHERE ${parts.condition}`;
      const verb = parts.unique ? "CREATE UNIQUE INDEX" : parts.concurrently ? "CREATE INDEX CONCURRENTLY" : "CREATE INDEX";
      return `${verb} ${quoteName(name())} ON ${quoteName(reference.table)}${parts.using} (${listed})${include}${parts.unique ? parts.nullsDistinct : parts.extra}${where}`;
    },
    effect: (catalog) => {
      const kept = parts.expressions === null ? [...reference.columns] : [null];
      catalog.add({
        name: name(),
        table: reference.table,
        columns: [...kept, ...included.columns],
        kind: "index",
        isUnique: parts.unique,
        type: parts.type,
      });
    },
  };
}

/** A column that was renamed after an expression was compiled: Django compiles it again. */
function renamedIn(sql: string, from: readonly string[], to: readonly string[]): string {
  let result = sql;
  from.forEach((column, i) => {
    const now = to[i];
    if (now !== undefined && now !== column) result = result.replaceAll(quoteName(column), quoteName(now));
  });
  return result;
}

export function fkName(table: string, column: string, toTable: string, toColumn: string, suffix: string): string {
  const filled = suffix.replaceAll("%(to_table)s", splitIdentifier(toTable)[1]).replaceAll("%(to_column)s", toColumn);
  return createIndexName(table, [column], filled);
}

export const FK_SUFFIX = "_fk_%(to_table)s_%(to_column)s";

/** `_create_fk_sql`. */
export function createForeignKey(table: string, column: string, toTable: string, toColumn: string, suffix: string = FK_SUFFIX): Statement {
  const from = new Reference(table, [column]);
  const to = new Reference(toTable, [toColumn]);
  const name = (): string => fkName(from.table, from.columns[0] ?? "", to.table, to.columns[0] ?? "", suffix);
  return {
    references: [from, to],
    text: () =>
      `ALTER TABLE ${quoteName(from.table)} ADD CONSTRAINT ${quoteName(name())} FOREIGN KEY (${quoteName(from.columns[0] ?? "")}) ` +
      `REFERENCES ${quoteName(to.table)} (${quoteName(to.columns[0] ?? "")}) DEFERRABLE INITIALLY DEFERRED`,
    effect: (catalog) => addForeignKey(catalog, name(), from, to),
  };
}

export function addForeignKey(catalog: Catalog, name: string, from: Reference, to: Reference): void {
  catalog.add({
    name,
    table: from.table,
    columns: [...from.columns],
    kind: "foreign-key",
    target: { table: to.table, column: to.columns[0] ?? "" },
  });
}

/** `_create_unique_sql` for a real constraint. */
export function createUnique(
  table: string,
  columns: readonly string[],
  name: string | null,
  deferrable: string,
  nullsDistinct: string,
): Statement {
  const reference = new Reference(table, columns);
  const named = (): string => name ?? createIndexName(reference.table, reference.columns, "_uniq");
  return {
    references: [reference],
    text: () =>
      `ALTER TABLE ${quoteName(reference.table)} ADD CONSTRAINT ${quoteName(named())} UNIQUE${nullsDistinct} (${reference.columns.map(quoteName).join(", ")})${deferrable}`,
    effect: (catalog) => catalog.add({ name: named(), table: reference.table, columns: [...reference.columns], kind: "unique" }),
  };
}

/** `ALTER TABLE … DROP CONSTRAINT`. */
export function dropConstraint(table: string, name: string): Statement {
  const reference = new Reference(table);
  return {
    references: [reference],
    text: () => `ALTER TABLE ${quoteName(reference.table)} DROP CONSTRAINT ${quoteName(name)}`,
    effect: (catalog) => catalog.drop(reference.table, name),
  };
}

/** `sql_delete_fk`: checks that wait are run first, so that the constraint may go in the same transaction. */
export function dropForeignKey(table: string, name: string): Statement {
  const reference = new Reference(table);
  return {
    references: [reference],
    text: () =>
      `SET CONSTRAINTS ${quoteName(name)} IMMEDIATE; ALTER TABLE ${quoteName(reference.table)} DROP CONSTRAINT ${quoteName(name)}`,
    effect: (catalog) => catalog.drop(reference.table, name),
  };
}

export function dropIndex(name: string, concurrently = false): Statement {
  return {
    references: [],
    text: () => `DROP INDEX ${concurrently ? "CONCURRENTLY " : ""}IF EXISTS ${quoteName(name)}`,
    effect: (catalog) => catalog.dropIndex(name),
  };
}
