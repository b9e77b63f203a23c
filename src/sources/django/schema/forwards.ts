import { buildField } from "../fields.ts";
import { fieldContext, nameOf } from "../model-changes.ts";
import type { State, StateContext } from "../model-changes.ts";
import type { Operation } from "../operation.ts";
import { together } from "../operation-values.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import { findField, labelOf } from "../state.ts";
import type { PyValue } from "../values.ts";
import { isKind, itemsOf } from "../values.ts";
import { alterField, alterManyToMany } from "./alter-field.ts";
import { constraintStatement, removeConstraintSql } from "./constraints.ts";
import type { SchemaEditor } from "./editor.ts";
import { createIndex, createUnique, dropConstraint, dropIndex, PLAIN_INDEX } from "./fragments.ts";
import { indexStatement } from "./indexes.ts";
import { createIndexName, quoteName } from "./names.ts";
import { NotRenderable } from "./not-renderable.ts";
import { incomingKeys } from "./related.ts";
import { isManyToMany } from "./types.ts";

/** Operations whose statements the schema editor makes; the others are rendered by their own means. */
export type SchemaOperation = Exclude<Operation, { readonly kind: "run-sql" | "run-python" | "separate" | "opaque" }>;

/**
 * `operation.database_forwards`. @throws NotRenderable with the reason why the SQL cannot be told.
 */
export function databaseForwards(
  editor: SchemaEditor,
  operation: SchemaOperation,
  before: State,
  after: State,
  context: StateContext,
): void {
  const find = (state: ProjectState, name: string): ModelState => {
    const model = state.models.get(`${context.app}.${name}`.toLowerCase());
    if (model === undefined) throw new NotRenderable(`there is no model \`${context.app}.${name}\` at this point`);
    return model;
  };
  switch (operation.kind) {
    case "create-model": {
      const model = find(after, operation.name);
      if (canMigrate(model)) editor.createModel(model, after);
      return;
    }
    case "delete-model": {
      const model = find(before, operation.name);
      if (canMigrate(model)) editor.deleteModel(model);
      return;
    }
    case "rename-model": {
      const [old, now] = [find(before, operation.name), find(after, operation.to)];
      if (canMigrate(now)) renameModel(editor, old, now, before, after);
      return;
    }
    case "alter-model-table": {
      const [old, now] = [find(before, operation.name), find(after, operation.name)];
      if (!canMigrate(now)) return;
      editor.alterTable(old.table, now.table);
      for (const [a, b] of manyToMany(old, now)) {
        if (b.relation?.through === null && a.relation?.joinTable != null && b.relation.joinTable !== null) {
          editor.alterTable(a.relation.joinTable.name, b.relation.joinTable.name);
        }
      }
      return;
    }
    case "alter-model-table-comment": {
      const now = find(after, operation.name);
      if (canMigrate(now)) editor.alterTableComment(now.table, operation.comment);
      return;
    }
    case "alter-model-options":
    case "alter-model-managers":
      return;
    case "alter-together": {
      const [old, now] = [find(before, operation.name), find(after, operation.name)];
      if (canMigrate(now)) alterTogether(editor, operation.option, old, now);
      return;
    }
    case "alter-order-with-respect-to": {
      const [old, now] = [find(before, operation.name), find(after, operation.name)];
      if (!canMigrate(now)) return;
      const [had, has] = [old.options["order_with_respect_to"], now.options["order_with_respect_to"]];
      const field = findField(had ? old : now, "_order");
      if (field === null) return;
      if (typeof had === "string" && typeof has !== "string") editor.removeField(old, field, before);
      else if (typeof has === "string" && typeof had !== "string")
        editor.addField(old, { ...field, options: { ...field.options, default: 0 }, hasDefault: true }, after);
      return;
    }
    case "add-field": {
      const now = find(after, operation.model);
      if (!canMigrate(now)) return;
      editor.addField(find(before, operation.model), written(now, operation, context), after);
      return;
    }
    case "alter-field": {
      const [old, now] = [find(before, operation.model), find(after, operation.model)];
      if (!canMigrate(now)) return;
      const field = findField(old, operation.name);
      if (field === null) throw new NotRenderable(`\`${labelOf(old)}\` has no field \`${operation.name}\``);
      alterField(editor, old, { field, model: old, state: before }, { field: written(now, operation, context), model: now, state: after });
      return;
    }
    case "remove-field": {
      const old = find(before, operation.model);
      if (!canMigrate(old)) return;
      const field = findField(old, operation.name);
      if (field === null) throw new NotRenderable(`\`${labelOf(old)}\` has no field \`${operation.name}\``);
      editor.removeField(old, field, before);
      return;
    }
    case "rename-field": {
      const [old, now] = [find(before, operation.model), find(after, operation.model)];
      if (!canMigrate(now)) return;
      const [a, b] = [findField(old, operation.name), findField(now, operation.to)];
      if (a === null || b === null) throw new NotRenderable(`\`${labelOf(old)}\` has no field \`${operation.name}\``);
      alterField(editor, old, { field: a, model: old, state: before }, { field: b, model: now, state: after });
      return;
    }
    case "add-index": {
      const now = find(after, operation.model);
      if (canMigrate(now)) editor.run(indexStatement(operation.index, now, after, editor.settings, operation.concurrently));
      return;
    }
    case "remove-index": {
      const old = find(before, operation.model);
      if (!canMigrate(old)) return;
      editor.dropIndex(old.table, operation.name, operation.concurrently);
      return;
    }
    case "rename-index": {
      const now = find(after, operation.model);
      if (!canMigrate(now)) return;
      let from = operation.name;
      if (from === null) {
        const old = find(before, operation.model);
        const columns = (operation.fields ?? []).map((n) => editor.columnOf(old, n));
        const names = editor.catalog.names(old.table, columns, { index: true });
        from = names.length === 1 ? (names[0] ?? null) : createIndexName(old.table, columns, "_idx");
      }
      if (from === operation.to || from === null) return;
      editor.sql(`ALTER INDEX ${quoteName(from)} RENAME TO ${quoteName(operation.to)}`);
      editor.catalog.rename(from, operation.to);
      return;
    }
    case "add-constraint": {
      const now = find(operation.notValid ? before : after, operation.model);
      if (!canMigrate(now)) return;
      const statement = constraintStatement(operation.constraint, now, after);
      editor.run(operation.notValid ? { ...statement, text: () => `${statement.text()} NOT VALID` } : statement);
      return;
    }
    case "remove-constraint": {
      const old = find(after, operation.model);
      if (!canMigrate(old)) return;
      const removed = itemsOf(find(before, operation.model).options["constraints"])?.find((c) => nameOf(c) === operation.name) ?? null;
      removeConstraint(editor, removed, old.table, operation.name);
      return;
    }
    case "alter-constraint":
      // Only what messages say may change: state only.
      return;
    case "validate-constraint": {
      const model = find(before, operation.model);
      if (canMigrate(model)) editor.sql(`ALTER TABLE ${quoteName(model.table)} VALIDATE CONSTRAINT ${quoteName(operation.name)}`);
      return;
    }
    case "create-extension":
      if (editor.catalog.extensions.has(operation.name)) return;
      editor.catalog.extensions.add(operation.name);
      editor.sql(`CREATE EXTENSION IF NOT EXISTS ${quoteName(operation.name)}`);
      return;
    case "create-collation": {
      const options = [`locale=${quoteName(operation.locale)}`];
      if (operation.provider !== "libc") options.push(`provider=${quoteName(operation.provider)}`);
      if (!operation.deterministic) options.push("deterministic=false");
      editor.sql(`CREATE COLLATION ${quoteName(operation.name)} (${options.join(", ")})`);
      editor.catalog.addCollation(operation.name, operation.deterministic);
      return;
    }
    case "remove-collation":
      editor.sql(`DROP COLLATION ${quoteName(operation.name)}`);
      editor.catalog.removeCollation(operation.name);
      return;
    default:
      return operation satisfies never;
  }
}

/** `can_migrate`: proxies, unmanaged and swapped models have no table of their own to change. */
function canMigrate(model: ModelState): boolean {
  return model.managed && !model.proxy && model.swapped === null;
}

/** The field with the default that the operation gives, also where `preserve_default=False` keeps it out of the state. */
function written(
  model: ModelState,
  operation: { readonly name: string; readonly field: PyValue; readonly preserveDefault: boolean },
  context: StateContext,
): FieldState {
  const field = findField(model, operation.name);
  if (field === null) throw new NotRenderable(`\`${labelOf(model)}\` has no field \`${operation.name}\``);
  if (operation.preserveDefault) return field;
  return buildField(operation.name, operation.field, fieldContext(model, context), field.span);
}

function manyToMany(old: ModelState, now: ModelState): readonly (readonly [FieldState, FieldState])[] {
  const a = old.fields.filter(isManyToMany);
  const b = now.fields.filter(isManyToMany);
  return a.flatMap((field, i) => {
    const other = b[i];
    return other === undefined ? [] : [[field, other] as const];
  });
}

function renameModel(editor: SchemaEditor, old: ModelState, now: ModelState, before: State, after: State): void {
  editor.alterTable(old.table, now.table);
  const [oldLabel, newLabel] = [labelOf(old), labelOf(now)];
  for (const { model, field, hidden } of relatedObjects(editor, before, old)) {
    if (hidden && !isManyToMany(field)) continue;
    const label = labelOf(model) === oldLabel ? newLabel : labelOf(model);
    const target = after.models.get(label);
    const now = target === undefined ? null : findField(target, field.name);
    if (target === undefined || now === null) continue;
    alterField(editor, target, { field, model, state: before }, { field: now, model: target, state: after });
  }
  for (const [a, b] of manyToMany(old, now)) {
    if (b.relation === null || b.relation.through !== null || b.relation.to === newLabel) continue;
    alterManyToMany(editor, { field: a, model: old, state: before }, { field: b, model: now, state: after });
  }
}

/** `_meta.related_objects`: keys and many-to-many fields of any model that point to this one. */
function relatedObjects(
  editor: SchemaEditor,
  state: State,
  model: ModelState,
): readonly { model: ModelState; field: FieldState; hidden: boolean }[] {
  const keys = incomingKeys(editor, state, model).filter((i) => state.models.has(labelOf(i.model)));
  const label = labelOf(model);
  const found: { model: ModelState; field: FieldState; hidden: boolean }[] = [];
  // Django's order depends on Python's hash seed where models of one app were loaded again; apps come in the order in which they
  // first appeared.
  const apps = [...new Set([...state.models.values()].map((m) => m.app))];
  for (const app of apps) {
    for (const other of state.models.values()) {
      if (other.app !== app) continue;
      for (const field of other.fields) {
        if (isManyToMany(field) && field.relation?.to === label) found.push({ model: other, field, hidden: false });
        const key = keys.find((k) => k.field === field);
        if (key !== undefined) found.push(key);
      }
    }
  }
  return found;
}

function alterTogether(editor: SchemaEditor, option: "unique_together" | "index_together", old: ModelState, now: ModelState): void {
  const olds = together(old.options[option]) ?? [];
  const news = together(now.options[option]) ?? [];
  const has = (list: readonly (readonly string[])[], names: readonly string[]): boolean =>
    list.some((n) => n.join("\0") === names.join("\0"));
  const meta = new Set(
    [...(itemsOf(now.options["constraints"]) ?? []), ...(itemsOf(now.options["indexes"]) ?? [])].flatMap((c) => nameOf(c) ?? []),
  );
  for (const names of olds.filter((n) => !has(news, n))) {
    const columns = names.map((n) => editor.columnOf(now, n));
    if (option === "unique_together") {
      const found = editor.catalog.names(now.table, columns, { unique: true, primaryKey: false, exclude: meta });
      const own = createIndexName(now.table, columns, "_uniq");
      const name = found.includes(own) ? own : (found[0] ?? own);
      // A constraint that waits for the end of the same migration is not on the server yet: Django fails here too.
      editor.run(dropConstraint(now.table, name));
    } else {
      const found = editor.catalog.names(now.table, columns, { index: true, unique: false, exclude: meta });
      editor.run(dropIndex(found[0] ?? createIndexName(now.table, columns, "_idx")));
    }
  }
  for (const names of news.filter((n) => !has(olds, n))) {
    const columns = names.map((n) => editor.columnOf(now, n));
    if (option === "unique_together") editor.run(createUnique(now.table, columns, null, "", ""));
    else editor.run(createIndex(now.table, columns, { ...PLAIN_INDEX, suffix: "_idx" }));
  }
}

function removeConstraint(editor: SchemaEditor, constraint: PyValue | null, table: string, name: string): void {
  if (constraint !== null && !isKind(constraint, "call")) throw new NotRenderable("the constraint is not written as a call");
  const { sql, index } = removeConstraintSql(constraint, table, name);
  editor.sql(sql);
  if (index) editor.catalog.dropIndex(name);
  else editor.catalog.drop(table, name);
}
