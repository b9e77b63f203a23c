import { keyTo, autoField } from "../made-fields.ts";
import { shortName, stringOption, truthOption } from "../fields.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import { labelOf, primaryKeyOf } from "../state.ts";
import { itemsOf, stringsOf } from "../values.ts";
import { together } from "../operation-values.ts";
import type { Catalog } from "./catalog.ts";
import { constraintStatement, inlineConstraint } from "./constraints.ts";
import { effectiveDefault } from "./defaults.ts";
import type { Default } from "./defaults.ts";
import {
  addForeignKey,
  createForeignKey,
  createIndex,
  createUnique,
  dropForeignKey,
  dropIndex,
  FK_SUFFIX,
  fkName,
  PLAIN_INDEX,
} from "./fragments.ts";
import { dbDefaultSql, generatedSql } from "./column-expressions.ts";
import { indexStatement } from "./indexes.ts";
import { literal } from "./literals.ts";
import { quoteName, splitIdentifier } from "./names.ts";
import { NotRenderable } from "./not-renderable.ts";
import { Reference, referencesColumn, referencesTable, renameTable } from "./statement.ts";
import type { Statement } from "./statement.ts";
import { collationOf, dbParams, dbType, isKey, isManyToMany, targetOf } from "./types.ts";
import type { DbParams } from "./types.ts";

/** One statement as Django would send it, with the operation that caused it. */
export interface Emitted {
  readonly sql: string;
  readonly notes: readonly string[];
  /** Position of the operation in the migration. A deferred statement keeps that of the operation that asked for it. */
  readonly origin: number;
}

export interface EditorSettings {
  /** Class of the key of join tables: `django.db.models.BigAutoField`. */
  readonly defaultAutoField: string;
  readonly defaultIndexTablespace: string;
  readonly defaultTablespace: string;
}

/**
 * Django's schema editor for Postgres (`django/db/backends/base/schema.py` and `postgresql/schema.py` of 5.2), without a connection:
 * where Django asks the server for the names of constraints, this asks the catalog that the statements so far have built.
 */
export class SchemaEditor {
  readonly catalog: Catalog;
  readonly settings: EditorSettings;
  readonly emitted: Emitted[] = [];
  deferred: { readonly statement: Statement; readonly origin: number }[] = [];
  origin = 0;

  constructor(catalog: Catalog, settings: EditorSettings) {
    this.catalog = catalog;
    this.settings = settings;
  }

  run(statement: Statement, notes: readonly string[] = []): void {
    this.emitted.push({ sql: statement.text(), notes, origin: this.origin });
    statement.effect(this.catalog);
  }

  sql(sql: string, notes: readonly string[] = []): void {
    this.emitted.push({ sql, notes, origin: this.origin });
  }

  defer(statement: Statement): void {
    this.deferred.push({ statement, origin: this.origin });
  }

  /** `__exit__`: what was deferred runs at the end of the migration. */
  finish(): void {
    for (const { statement, origin } of this.deferred) {
      this.origin = origin;
      this.run(statement);
    }
    this.deferred = [];
  }

  createModel(model: ModelState, state: ProjectState): void {
    const table = model.table;
    for (const names of together(model.options["unique_together"]) ?? []) {
      const columns = names.map((n) => this.columnOf(model, n));
      this.defer(createUnique(table, columns, null, "", ""));
    }
    const columns: string[] = [];
    const effects: (() => void)[] = [];
    const notes: string[] = [];
    let hasParams = false;
    for (const field of model.fields) {
      if (isManyToMany(field)) continue;
      const params = dbParams(field, state);
      if (params.type === null || field.column === null) continue;
      let definition = this.columnSql(model, field, state, null);
      hasParams ||= field.hasDbDefault && this.dbDefaultHasParams(field);
      if (params.check !== null) definition += ` CHECK (${params.check})`;
      if (params.suffix !== null) definition += ` ${params.suffix}`;
      if (isKey(field) && field.relation?.dbConstraint === true) {
        const target = targetOf(state, field);
        if (target.assumed) notes.push(assumption(field));
        this.defer(createForeignKey(table, field.column, target.model.table, target.column));
      }
      columns.push(`${quoteName(field.column)} ${definition}`);
      effects.push(() => this.columnEffects(model, field, params));
    }
    const constraints: string[] = [];
    const later: Statement[] = [];
    for (const constraint of itemsOf(model.options["constraints"]) ?? []) {
      if (hasParams) {
        const statement = constraintStatement(constraint, model, state);
        if (statement !== null) this.defer(statement);
        continue;
      }
      const inline = inlineConstraint(constraint, model, state);
      if (inline.kind === "inline") {
        constraints.push(inline.sql);
        effects.push(() => inline.effect(this.catalog));
      } else this.defer(inline.statement);
    }
    const key = primaryKeyOf(model);
    if (key !== null && shortName(key.className) === "CompositePrimaryKey") {
      const names = stringsOf(key.options["field_names"]) ?? [];
      const keyColumns = names.map((n) => this.columnOf(model, n));
      constraints.push(`PRIMARY KEY (${keyColumns.map(quoteName).join(", ")})`);
      effects.push(() =>
        this.catalog.add({ name: this.catalog.freshName(table, null, "pkey"), table, columns: keyColumns, kind: "primary-key" }),
      );
    }
    const tablespace = stringOption({ options: model.options } as FieldState, "db_tablespace") ?? this.settings.defaultTablespace;
    const suffix = tablespace === "" ? "" : ` TABLESPACE ${quoteName(tablespace)}`;
    this.sql(`CREATE TABLE ${quoteName(table)} (${[...columns, ...constraints].join(", ")})${suffix}`, notes);
    for (const effect of effects) effect();
    for (const statement of later) this.defer(statement);
    const comment = model.options["db_table_comment"];
    if (typeof comment === "string" && comment !== "") this.alterTableComment(table, comment);
    for (const field of model.fields) this.columnComment(model, field, state);
    for (const field of model.fields) this.deferFieldIndexes(model, field, state);
    for (const index of itemsOf(model.options["indexes"]) ?? []) this.defer(indexStatement(index, model, state, this.settings));
    for (const field of model.fields) {
      if (isManyToMany(field) && field.relation?.through === null) this.createModel(this.throughModel(model, field), state);
    }
  }

  /** The model that Django makes for a many-to-many field (`create_many_to_many_intermediary_model`). */
  throughModel(model: ModelState, field: FieldState): ModelState {
    const join = field.relation?.joinTable;
    if (field.relation?.kind !== "many-to-many" || join === null || join === undefined) {
      throw new NotRenderable(`the join table of \`${field.name}\` is not made by Django`);
    }
    const name = `${model.name}_${field.name}`;
    const around = { app: model.app, model: name, table: join.name, authUserModel: "", evaluator: null };
    const from = join.from.replace(/_id$/, "");
    const to = join.to.replace(/_id$/, "");
    const constraint = field.relation.dbConstraint;
    return {
      app: model.app,
      name,
      table: join.name,
      fields: [
        autoField("id", this.settings.defaultAutoField, field.span),
        keyTo(from, labelOf(model), constraint, around, field.span),
        keyTo(to, field.relation.to, constraint, around, field.span),
      ],
      managed: true,
      proxy: false,
      bases: [],
      options: {
        unique_together: { kind: "list", items: [{ kind: "tuple", items: [from, to] }] },
        ...(field.options["db_tablespace"] === undefined ? {} : { db_tablespace: field.options["db_tablespace"] }),
      },
      managers: [],
      swapped: null,
      span: field.span,
    };
  }

  columnOf(model: ModelState, name: string): string {
    const field = model.fields.find((f) => f.name === name || f.attname === name);
    if (field?.column === null || field === undefined) throw new NotRenderable(`\`${labelOf(model)}\` has no column for \`${name}\``);
    return field.column;
  }

  private dbDefaultHasParams(field: FieldState): boolean {
    // Every literal is a parameter; a function without arguments is none.
    const value = field.options["db_default"];
    return !(
      typeof value === "object" &&
      value !== null &&
      value.kind === "call" &&
      value.args.length === 0 &&
      Object.keys(value.kwargs).length === 0
    );
  }

  /** `column_sql`, without the type-dependent rest. `fallback`: the default that is written for existing rows. */
  columnSql(model: ModelState, field: FieldState, state: ProjectState, fallback: Default | null): string {
    const params = dbParams(field, state);
    const parts: string[] = [params.type ?? ""];
    if (params.collation !== null && params.collation !== "") parts.push(`COLLATE ${quoteName(params.collation)}`);
    if (field.hasDbDefault) parts.push(`DEFAULT ${dbDefaultSql(field, model, state)}`);
    else if (fallback !== null) parts.push(`DEFAULT ${literal(fallback.value)}`);
    if (field.generated) parts.push(generatedSql(field, model, state));
    else parts.push(field.null ? "NULL" : "NOT NULL");
    if (field.primaryKey) parts.push("PRIMARY KEY");
    else if (field.unique) parts.push("UNIQUE");
    const tablespace =
      stringOption(field, "db_tablespace") ??
      (typeof model.options["db_tablespace"] === "string" ? model.options["db_tablespace"] : this.settings.defaultIndexTablespace);
    if (tablespace !== "" && field.unique) parts.push(`USING INDEX TABLESPACE ${quoteName(tablespace)}`);
    return parts.join(" ");
  }

  /** What the inline parts of a column leave in the catalog, under the names that Postgres gives. */
  columnEffects(model: ModelState, field: FieldState, params: DbParams): void {
    const column = field.column ?? "";
    const table = model.table;
    const bare = splitIdentifier(table)[1];
    if (field.primaryKey)
      this.catalog.add({
        name: this.catalog.freshName(bare, null, "pkey"),
        table,
        columns: [column],
        kind: "primary-key",
        inline: "generated",
      });
    else if (field.unique)
      this.catalog.add({
        name: this.catalog.freshName(bare, column, "key"),
        table,
        columns: [column],
        kind: "unique",
        inline: "generated",
      });
    if (params.suffix !== null) this.catalog.addSequence(table, column);
    if (params.check !== null)
      this.catalog.add({ name: this.catalog.freshName(bare, column, "check"), table, columns: [column], kind: "check" });
  }

  deferFieldIndexes(model: ModelState, field: FieldState, state: ProjectState): void {
    if (!model.managed || model.proxy || model.swapped !== null || isManyToMany(field)) return;
    for (const statement of this.fieldIndexes(model, field, state)) this.defer(statement);
  }

  /** `_field_indexes_sql`: the index of `db_index`, and the one for LIKE on text. */
  fieldIndexes(model: ModelState, field: FieldState, state: ProjectState): readonly Statement[] {
    const found: Statement[] = [];
    if (this.isIndexed(field) && !field.unique) found.push(this.fieldIndex(model, field));
    const like = this.likeIndex(model, field, state);
    if (like !== null) found.push(like);
    return found;
  }

  isIndexed(field: FieldState): boolean {
    return truthOption(field.options["db_index"], false) && field.column !== null;
  }

  fieldIndex(model: ModelState, field: FieldState): Statement {
    return createIndex(model.table, [field.column ?? ""], { ...PLAIN_INDEX, extra: this.indexTablespace(model, [field], null) });
  }

  /** `_get_index_tablespace_sql`. */
  indexTablespace(model: ModelState, fields: readonly FieldState[], given: string | null): string {
    let tablespace = given;
    if (tablespace === null) {
      const own = fields.length === 1 && fields[0] !== undefined ? stringOption(fields[0], "db_tablespace") : null;
      const ofModel = model.options["db_tablespace"];
      if (own !== null && own !== "") tablespace = own;
      else if (this.settings.defaultIndexTablespace !== "") tablespace = this.settings.defaultIndexTablespace;
      else if (typeof ofModel === "string" && ofModel !== "") tablespace = ofModel;
    }
    return tablespace === null || tablespace === "" ? "" : ` TABLESPACE ${quoteName(tablespace)}`;
  }

  /** `_create_like_index_sql`. */
  likeIndex(model: ModelState, field: FieldState, state: ProjectState): Statement | null {
    if (field.column === null || isManyToMany(field)) return null;
    const type = dbType(field, state);
    if (type === null || !(this.isIndexed(field) || field.unique) || type.includes("[")) return null;
    const collation = collationOf(field, state);
    if (collation !== null && collation !== "" && !this.catalog.isDeterministic(collation)) return null;
    const opclass = type.startsWith("varchar") ? "varchar_pattern_ops" : type.startsWith("text") ? "text_pattern_ops" : null;
    if (opclass === null) return null;
    const extra = this.indexTablespace(model, [field], null);
    return createIndex(model.table, [field.column], { ...PLAIN_INDEX, suffix: "_like", opclasses: [opclass], extra });
  }

  deleteModel(model: ModelState): void {
    for (const field of model.fields) {
      if (isManyToMany(field) && field.relation?.through === null) this.deleteModel(this.throughModel(model, field));
    }
    this.sql(`DROP TABLE ${quoteName(model.table)} CASCADE`);
    this.catalog.dropTable(model.table);
    this.deferred = this.deferred.filter((d) => !referencesTable(d.statement, model.table));
  }

  /** `_delete_index_sql`: an index that waits for the end of the migration is not made at all. */
  dropIndex(table: string, name: string, concurrently = false): void {
    this.deferred = this.deferred.filter((d) => d.statement.indexName?.() !== name || !referencesTable(d.statement, table));
    this.run(dropIndex(name, concurrently));
  }

  alterTable(from: string, to: string): void {
    if (from === to) return;
    this.sql(`ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)}`);
    this.catalog.renameTable(from, to);
    for (const { statement } of this.deferred) renameTable(statement, from, to);
  }

  alterTableComment(table: string, comment: string | null): void {
    this.sql(`COMMENT ON TABLE ${quoteName(table)} IS ${literal({ kind: "text", value: comment ?? "" })}`);
  }

  columnComment(model: ModelState, field: FieldState, _state: ProjectState): void {
    const comment = stringOption(field, "db_comment");
    if (comment !== null && comment !== "" && field.column !== null) this.sql(commentSql(model.table, field.column, comment));
  }

  addField(model: ModelState, field: FieldState, state: ProjectState): void {
    if (isManyToMany(field)) {
      if (field.relation?.through === null) this.createModel(this.throughModel(model, field), state);
      return;
    }
    const params = dbParams(field, state);
    if (params.type === null || field.column === null) return;
    const fallback = field.hasDbDefault ? null : effectiveDefault(field, state);
    const written = fallback?.value.kind === "null" ? null : fallback;
    let definition = this.columnSql(model, field, state, written);
    const notes = written?.note === null || written === null ? [] : [written.note];
    if (params.suffix !== null) definition += ` ${params.suffix}`;
    if (params.check !== null) definition += ` CHECK (${params.check})`;
    const effects: (() => void)[] = [() => this.columnEffects(model, field, params)];
    if (isKey(field) && field.relation?.dbConstraint === true) {
      const target = targetOf(state, field);
      const [namespace] = splitIdentifier(model.table);
      const name = fkName(model.table, field.column, target.model.table, target.column, FK_SUFFIX);
      const schema = namespace === "" ? "" : `${quoteName(namespace)}.`;
      if (target.assumed) notes.push(assumption(field));
      definition +=
        ` CONSTRAINT ${quoteName(name)} REFERENCES ${quoteName(target.model.table)}(${quoteName(target.column)}) DEFERRABLE INITIALLY DEFERRED` +
        `; SET CONSTRAINTS ${schema}${quoteName(name)} IMMEDIATE`;
      const column = field.column;
      effects.push(() =>
        addForeignKey(this.catalog, name, new Reference(model.table, [column]), new Reference(target.model.table, [target.column])),
      );
    }
    this.sql(`ALTER TABLE ${quoteName(model.table)} ADD COLUMN ${quoteName(field.column)} ${definition}`, notes);
    for (const effect of effects) effect();
    if (written !== null) this.sql(`ALTER TABLE ${quoteName(model.table)} ALTER COLUMN ${quoteName(field.column)} DROP DEFAULT`);
    this.columnComment(model, field, state);
    for (const statement of this.fieldIndexes(model, field, state)) this.defer(statement);
  }

  removeField(model: ModelState, field: FieldState, state: ProjectState): void {
    if (isManyToMany(field)) {
      if (field.relation?.through === null) this.deleteModel(this.throughModel(model, field));
      return;
    }
    if (field.column === null && field.opaque !== null) throw new NotRenderable(field.opaque);
    if (field.column === null || (field.opaque === null && dbType(field, state) === null)) return;
    const column = field.column;
    if (isKey(field)) {
      for (const name of this.catalog.names(model.table, [column], { foreignKey: true })) this.run(dropForeignKey(model.table, name));
    }
    this.sql(`ALTER TABLE ${quoteName(model.table)} DROP COLUMN ${quoteName(column)} CASCADE`);
    this.catalog.dropColumn(model.table, column);
    this.deferred = this.deferred.filter((d) => !referencesColumn(d.statement, model.table, column));
  }
}

export function commentSql(table: string, column: string, comment: string): string {
  return `COMMENT ON COLUMN ${quoteName(table)}.${quoteName(column)} IS ${literal({ kind: "text", value: comment })}`;
}

function assumption(field: FieldState): string {
  return `\`${field.relation?.to ?? ""}\` is not in the repository: its table name and its bigint key are assumed`;
}
