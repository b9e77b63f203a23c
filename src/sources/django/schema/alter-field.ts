import { itemsOf } from "../values.ts";
import { nameOf } from "../model-changes.ts";
import { stringOption } from "../fields.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import { dbDefaultSql, generatedSql } from "./column-expressions.ts";
import { isArray, sameDbDefault, sameValue, shouldBeAltered } from "./compare.ts";
import { effectiveDefault } from "./defaults.ts";
import type { Default } from "./defaults.ts";
import type { SchemaEditor } from "./editor.ts";
import { commentSql } from "./editor.ts";
import { createForeignKey, createUnique, dropConstraint, dropForeignKey } from "./fragments.ts";
import { literal } from "./literals.ts";
import { createIndexName, quoteName } from "./names.ts";
import { NotRenderable } from "./not-renderable.ts";
import { followingKeys } from "./related.ts";
import { renameColumn } from "./statement.ts";
import { arrayBaseType, dbCheck, dbParams, fieldDataType, internalType, isAutoType, isKey, isManyToMany, targetOf } from "./types.ts";
import type { DbParams } from "./types.ts";

/** A field, its model and the state around it, before or after. */
export interface FieldSide {
  readonly field: FieldState;
  readonly model: ModelState;
  readonly state: ProjectState;
}

/**
 * Django's `alter_field`. `model` is the one that Django is given: its table and its named indexes and constraints count.
 */
export function alterField(editor: SchemaEditor, model: ModelState, old: FieldSide, now: FieldSide): void {
  const concrete = (f: FieldState): boolean => f.column !== null;
  if (!concrete(old.field) && !concrete(now.field) && !isManyToMany(old.field) && !isManyToMany(now.field)) return;
  if (isManyToMany(old.field) && isManyToMany(now.field)) {
    if (!shouldBeAlteredM2m(old, now)) return;
    const explicit = [old.field.relation?.through ?? null, now.field.relation?.through ?? null];
    if (explicit[0] !== null && explicit[1] !== null) return;
    if (explicit[0] !== null || explicit[1] !== null)
      throw new NotRenderable("Django refuses to add or remove `through` on a many-to-many field");
    alterManyToMany(editor, old, now);
    return;
  }
  if (!shouldBeAltered(old, now)) return;
  const oldParams = dbParams(old.field, old.state);
  const newParams = dbParams(now.field, now.state);
  if (oldParams.type === null || newParams.type === null)
    throw new NotRenderable("Django refuses to alter a field to or from one without a column");
  if (old.field.generated || now.field.generated) {
    const persist = (f: FieldState): boolean => f.options["db_persist"] !== false;
    const modified =
      old.field.generated !== now.field.generated ||
      persist(old.field) !== persist(now.field) ||
      generatedSql(old.field, old.model, old.state) !== generatedSql(now.field, now.model, now.state);
    if (modified) throw new NotRenderable("Django refuses to modify a generated field: it must be removed and added again");
  }
  new FieldAlteration(editor, model, old, now, oldParams, newParams).run();
}

function shouldBeAlteredM2m(old: FieldSide, now: FieldSide): boolean {
  return shouldBeAltered(old, now) || old.field.name !== now.field.name || !sameJoin(old, now);
}

function sameJoin(old: FieldSide, now: FieldSide): boolean {
  const a = old.field.relation?.joinTable;
  const b = now.field.relation?.joinTable;
  return a?.name === b?.name && a?.from === b?.from && a?.to === b?.to;
}

/** `_alter_many_to_many`: the join table renamed, then its two keys repointed, the far one first. */
export function alterManyToMany(editor: SchemaEditor, old: FieldSide, now: FieldSide): void {
  const oldThrough = editor.throughModel(old.model, old.field);
  const newThrough = editor.throughModel(now.model, now.field);
  editor.alterTable(oldThrough.table, newThrough.table);
  for (const position of [2, 1]) {
    const before = oldThrough.fields[position];
    const after = newThrough.fields[position];
    if (before === undefined || after === undefined) continue;
    alterField(
      editor,
      newThrough,
      { field: before, model: oldThrough, state: old.state },
      { field: after, model: newThrough, state: now.state },
    );
  }
}

interface Action {
  readonly sql: string;
  readonly notes: readonly string[];
}

class FieldAlteration {
  readonly editor: SchemaEditor;
  readonly model: ModelState;
  readonly table: string;
  readonly old: FieldSide;
  readonly now: FieldSide;
  readonly oldParams: DbParams;
  readonly newParams: DbParams;
  readonly oldColumn: string;
  readonly newColumn: string;

  constructor(editor: SchemaEditor, model: ModelState, old: FieldSide, now: FieldSide, oldParams: DbParams, newParams: DbParams) {
    this.editor = editor;
    this.model = model;
    this.table = model.table;
    this.old = old;
    this.now = now;
    this.oldParams = oldParams;
    this.newParams = newParams;
    this.oldColumn = old.field.column ?? "";
    this.newColumn = now.field.column ?? "";
  }

  run(): void {
    const { editor, table, old, now } = this;
    const [a, b] = [old.field, now.field];
    const catalog = editor.catalog;
    const constraintNames = new Set((itemsOf(this.model.options["constraints"]) ?? []).flatMap((c) => nameOf(c) ?? []));
    const indexNames = new Set((itemsOf(this.model.options["indexes"]) ?? []).flatMap((i) => nameOf(i) ?? []));
    let dropped = false;
    if (isKey(a) && a.relation?.dbConstraint === true && shouldBeAltered(old, now, ["db_comment"])) {
      for (const name of catalog.names(table, [this.oldColumn], { foreignKey: true })) {
        dropped = true;
        editor.run(dropForeignKey(table, name));
      }
    }
    const becameKey = !a.primaryKey && b.primaryKey;
    if (a.unique && (!b.unique || becameKey)) {
      for (const name of catalog.names(table, [this.oldColumn], { unique: true, primaryKey: false, exclude: constraintNames }))
        editor.run(dropConstraint(table, name));
    }
    const dropIncoming =
      ((a.primaryKey && b.primaryKey) || (a.unique && b.unique)) &&
      (this.oldParams.type !== this.newParams.type || (this.oldParams.collation ?? null) !== (this.newParams.collation ?? null));
    const following = dropIncoming || becameKey ? followingKeys(editor, old, now) : [];
    if (dropIncoming) {
      for (const { now: key } of following) {
        for (const name of catalog.names(key.model.table, [key.field.column ?? ""], { foreignKey: true }))
          editor.run(dropForeignKey(key.model.table, name));
      }
    }
    const [oldIndexed, newIndexed] = [editor.isIndexed(a), editor.isIndexed(b)];
    if (oldIndexed && !a.unique && (!newIndexed || b.unique)) {
      for (const name of catalog.names(table, [this.oldColumn], { index: true, type: "idx", exclude: indexNames })) this.#dropIndex(name);
    }
    const oldCheck = dbCheck(a, "__column_name__");
    const newCheck = dbCheck(b, "__column_name__");
    if (oldCheck !== newCheck && oldCheck !== null) {
      for (const name of catalog.names(table, [this.oldColumn], { check: true, exclude: constraintNames }))
        editor.run(dropConstraint(table, name));
    }
    if (this.oldColumn !== this.newColumn) {
      editor.sql(`ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(this.oldColumn)} TO ${quoteName(this.newColumn)}`);
      catalog.renameColumn(table, this.oldColumn, this.newColumn);
      for (const { statement } of editor.deferred) renameColumn(statement, table, this.oldColumn, this.newColumn);
    }
    const temporary = this.#alterColumn();
    if (a.primaryKey && !b.primaryKey) {
      for (const name of catalog.names(table, null, { primaryKey: true })) editor.run(dropConstraint(table, name));
    }
    if (!b.primaryKey && b.unique && (!a.unique || a.primaryKey)) editor.run(createUnique(table, [this.newColumn], null, "", ""));
    if ((!oldIndexed || a.unique) && newIndexed && !b.unique) editor.run(editor.fieldIndex(this.model, b));
    if (becameKey) {
      const name = createIndexName(table, [this.newColumn], "_pk");
      editor.sql(`ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} PRIMARY KEY (${quoteName(this.newColumn)})`);
      catalog.add({ name, table, columns: [this.newColumn], kind: "primary-key" });
    }
    for (const { old: before, now: after } of following) {
      const type = alterType(
        editor,
        after.model,
        { field: before.field, model: before.model, state: old.state },
        { field: after.field, model: after.model, state: now.state },
      );
      editor.sql(`ALTER TABLE ${quoteName(after.model.table)} ${type.action}`);
      for (const sql of type.after) editor.sql(sql);
    }
    if (isKey(b) && (dropped || !isKey(a) || a.relation?.dbConstraint !== true) && b.relation?.dbConstraint === true) {
      const target = targetOf(now.state, b);
      editor.run(createForeignKey(table, this.newColumn, target.model.table, target.column));
    }
    if (dropIncoming) {
      for (const { now: key } of following) {
        if (key.field.relation?.dbConstraint !== true) continue;
        const target = targetOf(now.state, key.field);
        editor.run(createForeignKey(key.model.table, key.field.column ?? "", target.model.table, target.column, "_fk"));
      }
    }
    if (oldCheck !== newCheck && newCheck !== null) {
      const name = createIndexName(table, [this.newColumn], "_check");
      editor.sql(`ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} CHECK (${this.newParams.check ?? ""})`);
      catalog.add({ name, table, columns: [this.newColumn], kind: "check" });
    }
    if (temporary) editor.sql(`ALTER TABLE ${quoteName(table)} ALTER COLUMN ${quoteName(this.newColumn)} DROP DEFAULT`);
    this.#likeIndexes(oldIndexed, newIndexed);
  }

  /** Type, default and nullability. @returns true when a default was set that must go again. */
  #alterColumn(): boolean {
    const { editor, table, old, now } = this;
    const [a, b] = [old.field, now.field];
    const column = quoteName(this.newColumn);
    const actions: Action[] = [];
    const after: string[] = [];
    const comments = [stringOption(a, "db_comment"), stringOption(b, "db_comment")];
    if (
      this.oldParams.type !== this.newParams.type ||
      this.oldParams.suffix !== this.newParams.suffix ||
      (this.oldParams.collation ?? null) !== (this.newParams.collation ?? null) ||
      comments[0] !== comments[1]
    ) {
      const type = alterType(editor, this.model, old, now);
      actions.push({ sql: type.action, notes: [] });
      after.push(...type.after);
    }
    if (b.hasDbDefault) {
      if (!a.hasDbDefault || !sameValue(a.options["db_default"], b.options["db_default"])) {
        if (!a.hasDbDefault || !sameDbDefault(old, now) || !sameValue(a.options["db_default"], b.options["db_default"])) {
          actions.push({ sql: `ALTER COLUMN ${column} SET DEFAULT ${dbDefaultSql(b, now.model, now.state)}`, notes: [] });
        }
      }
    } else if (a.hasDbDefault) actions.push({ sql: `ALTER COLUMN ${column} DROP DEFAULT`, notes: [] });
    let needsDefault = false;
    const fallback: Default | null = effectiveDefault(b, now.state);
    const isSet = fallback !== null && fallback.value.kind !== "null";
    if (a.null && !b.null && !b.hasDbDefault) {
      const before = effectiveDefault(a, old.state);
      if (isSet && !sameDefault(before, fallback)) {
        needsDefault = true;
        actions.push({ sql: `ALTER COLUMN ${column} SET DEFAULT ${literal(fallback.value)}`, notes: notesOf(fallback) });
      }
    }
    const nullAction = a.null === b.null ? null : `ALTER COLUMN ${column} ${b.null ? "DROP NOT NULL" : "SET NOT NULL"}`;
    const fourWay = (b.hasDefault || b.hasDbDefault) && a.null && !b.null;
    if (nullAction !== null && !fourWay) actions.push({ sql: nullAction, notes: [] });
    if (actions.length > 0) {
      editor.sql(
        `ALTER TABLE ${quoteName(table)} ${actions.map((x) => x.sql).join(", ")}`,
        actions.flatMap((x) => x.notes),
      );
    }
    if (fourWay) {
      const value = b.hasDbDefault ? dbDefaultSql(b, now.model, now.state) : fallback === null ? "NULL" : literal(fallback.value);
      editor.sql(
        `UPDATE ${quoteName(table)} SET ${column} = ${value} WHERE ${column} IS NULL; SET CONSTRAINTS ALL IMMEDIATE`,
        fallback === null || b.hasDbDefault ? [] : notesOf(fallback),
      );
      if (nullAction !== null) editor.sql(`ALTER TABLE ${quoteName(table)} ${nullAction}`);
    }
    for (const sql of after) editor.sql(sql);
    return needsDefault;
  }

  #likeIndexes(oldIndexed: boolean, newIndexed: boolean): void {
    const { editor, now } = this;
    const [a, b] = [this.old.field, now.field];
    const created =
      (!(oldIndexed || a.unique) && newIndexed) ||
      (!a.unique && b.unique) ||
      leavesText(oldIndexed || a.unique, this.oldParams.type ?? "", this.newParams.type ?? "");
    if (created) {
      const like = editor.likeIndex(this.model, b, now.state);
      if (like !== null) editor.run(like);
    }
    if (a.unique && !(newIndexed || b.unique)) this.#dropIndex(createIndexName(this.table, [this.oldColumn], "_like"));
  }

  #dropIndex(name: string): void {
    this.editor.dropIndex(this.table, name);
  }
}

function notesOf(value: Default): readonly string[] {
  return value.note === null ? [] : [value.note];
}

function sameDefault(a: Default | null, b: Default | null): boolean {
  if (a === null || b === null) return a === b;
  // A callable may return another value each time, and psycopg's wrappers of JSON and bytes are never equal to another one.
  if (b.value.kind === "bytes" || (b.value.kind === "typed" && b.value.type === "jsonb")) return false;
  return literal(a.value) === literal(b.value) && a.note === null && b.note === null;
}

/** `_is_changing_type_of_indexed_text_column`. */
function leavesText(indexed: boolean, from: string, to: string): boolean {
  return indexed && ["varchar", "text", "citext"].some((t) => from.startsWith(t) && !to.startsWith(t));
}

/** `_alter_column_type_sql`: the action inside of ALTER TABLE, and what follows it. */
export function alterType(
  editor: SchemaEditor,
  model: ModelState,
  old: FieldSide,
  now: FieldSide,
): { readonly action: string; readonly after: readonly string[] } {
  const oldParams = dbParams(old.field, old.state);
  const newParams = dbParams(now.field, now.state);
  const oldIndexed = editor.isIndexed(old.field) || old.field.unique;
  if (leavesText(oldIndexed, oldParams.type ?? "", newParams.type ?? ""))
    editor.dropIndex(model.table, createIndexName(model.table, [old.field.column ?? ""], "_like"));
  const column = quoteName(now.field.column ?? "");
  const table = quoteName(model.table);
  const type = newParams.type ?? "";
  const using = usingSql(old, now) ? ` USING ${column}::${type}` : "";
  const collation = newParams.collation === null || newParams.collation === "" ? "" : ` COLLATE ${quoteName(newParams.collation)}`;
  const [oldAuto, newAuto] = [isAuto(old.field), isAuto(now.field)];
  if (newAuto && !oldAuto) {
    editor.catalog.addSequence(model.table, now.field.column ?? "");
    return {
      action: `ALTER COLUMN ${column} TYPE ${type}${using}`,
      after: [`ALTER TABLE ${table} ALTER COLUMN ${column} ADD GENERATED BY DEFAULT AS IDENTITY`],
    };
  }
  const action = `ALTER COLUMN ${column} TYPE ${type}${collation}${using}`;
  if (oldAuto && !newAuto) {
    editor.sql(`ALTER TABLE ${table} ALTER COLUMN ${column} DROP IDENTITY IF EXISTS`);
    editor.catalog.dropSequence(model.table, now.field.column ?? "");
    return { action, after: [] };
  }
  if (oldAuto && newAuto && internalType(old.field) !== internalType(now.field)) {
    const sequence = editor.catalog.sequence(model.table, now.field.column ?? "");
    return { action, after: sequence === null ? [] : [`ALTER SEQUENCE IF EXISTS ${quoteName(sequence)} AS ${type}`] };
  }
  const comment = stringOption(now.field, "db_comment");
  const after = stringOption(old.field, "db_comment") === comment ? [] : [commentSql(model.table, now.field.column ?? "", comment ?? "")];
  return { action, after };
}

function isAuto(field: FieldState): boolean {
  return !isKey(field) && field.className !== "" && isAutoType(internalType(field));
}

/** `_using_sql`: whether the type needs a cast. */
function usingSql(old: FieldSide, now: FieldSide): boolean {
  if (now.field.generated) return false;
  if (isArray(old.field) && isArray(now.field)) return arrayBaseType(old.field, old.state) !== arrayBaseType(now.field, now.state);
  return fieldDataType(old.field, old.state) !== fieldDataType(now.field, now.state);
}
