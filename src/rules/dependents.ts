import type { JudgedStatement } from "../model/judged.ts";
import type { Constraint, Relation } from "../model/schema.ts";
import { bareName } from "../model/schema.ts";
import { changesOf } from "./rule.ts";
import { givesValue } from "./words.ts";

/** What hangs on something that a statement drops: without CASCADE it makes the statement fail, with CASCADE it is dropped too. */
export interface Dependent {
  readonly kind: "view" | "foreign-key" | "trigger" | "default";
  /** The view, or the table that has the key, the trigger or the default. Qualified. */
  readonly relation: string;
  /** Of the key, the trigger or the column; the view's own name again. */
  readonly name: string;
}

/** Dependents, known from the schema, of everything that the statement drops, that are not dropped by name in it. */
export function dependents(statement: JudgedStatement): readonly Dependent[] {
  const relations = [...statement.before.relations.values()];
  const schemas = new Set(changesOf(statement, "drop-schema").map((change) => `${change.name}.`));
  const dropped = new Set([
    ...changesOf(statement, "drop-relation").map((change) => change.name),
    ...relations.map((relation) => relation.name).filter((name) => [...schemas].some((schema) => name.startsWith(schema))),
  ]);
  const columns = new Set(changesOf(statement, "drop-column").map((change) => `${change.table}.${change.column}`));
  const functions = new Set(changesOf(statement, "drop-function").map((change) => change.name));
  const keys = droppedKeys(statement);

  const found: Dependent[] = [];
  const gone = new Set(dropped);
  const reads = (view: Relation): boolean =>
    view.reads?.some(({ relation, column }) => gone.has(relation) || (column !== null && columns.has(`${relation}.${column}`))) ?? false;
  // A view on a view: what is found may make more depend.
  for (let before = -1; before !== found.length;) {
    before = found.length;
    for (const relation of relations) {
      if (gone.has(relation.name) || !relation.kind.endsWith("view") || !reads(relation)) continue;
      gone.add(relation.name);
      found.push({ kind: "view", relation: relation.name, name: bareName(relation.name) });
    }
  }
  for (const relation of relations) {
    if (gone.has(relation.name)) continue;
    for (const constraint of relation.constraints) {
      if (!pointsAt(constraint, relation, dropped, columns, keys)) continue;
      found.push({ kind: "foreign-key", relation: relation.name, name: constraint.name });
    }
    for (const trigger of relation.triggers) {
      if (trigger.function === null || !functions.has(trigger.function)) continue;
      found.push({ kind: "trigger", relation: relation.name, name: trigger.name });
    }
  }
  return [...found, ...lostDefaults(statement)];
}

/** A column is numbered by the sequence that it owns: its default goes with it. */
function lostDefaults(statement: JudgedStatement): readonly Dependent[] {
  return changesOf(statement, "drop-sequence").flatMap((change): readonly Dependent[] => {
    const owner = statement.before.sequences.get(change.name)?.ownedBy;
    const column = statement.before.relations.get(owner?.relation ?? "")?.columns.find((candidate) => candidate.name === owner?.column);
    const byDefault = column?.default ?? null;
    if (owner === null || owner === undefined || !givesValue(byDefault) || byDefault.volatility !== "volatile") return [];
    return [{ kind: "default", relation: owner.relation, name: column?.name ?? "" }];
  });
}

interface Key {
  readonly table: string;
  readonly primary: boolean;
  readonly columns: readonly string[];
}

/** Unique and primary keys that the statement drops: foreign keys stand on them. */
function droppedKeys(statement: JudgedStatement): readonly Key[] {
  return changesOf(statement, "drop-constraint").flatMap((change): readonly Key[] => {
    const constraint = statement.before.relations.get(change.table)?.constraints.find((candidate) => candidate.name === change.name);
    if (constraint === undefined || (constraint.kind !== "primary-key" && constraint.kind !== "unique")) return [];
    return [{ table: change.table, primary: constraint.kind === "primary-key", columns: constraint.columns }];
  });
}

function pointsAt(
  constraint: Constraint,
  owner: Relation,
  tables: ReadonlySet<string>,
  columns: ReadonlySet<string>,
  keys: readonly Key[],
): boolean {
  const { references } = constraint;
  if (references === null) return false;
  if (tables.has(references.relation)) return true;
  // The key of a table to itself goes with the table and, as every key, with its own column.
  if (constraint.columns.some((column) => columns.has(`${owner.name}.${column}`))) return false;
  if (references.columns.some((column) => columns.has(`${references.relation}.${column}`))) return true;
  return keys.some(
    (key) =>
      key.table === references.relation &&
      (references.columns.length === 0
        ? key.primary
        : key.columns.length === references.columns.length && references.columns.every((column) => key.columns.includes(column))),
  );
}

/** `view person_names`, `foreign key pet_person_id_fkey of pet` */
export function nameDependent({ kind, relation, name }: Dependent): string {
  const owner = relation.startsWith("public.") ? bareName(relation) : relation;
  switch (kind) {
    case "view":
      return `view \`${owner}\``;
    case "foreign-key":
      return `foreign key \`${name}\` of \`${owner}\``;
    case "default":
      return `the default of \`${name}\` of \`${owner}\``;
    case "trigger":
      return `trigger \`${name}\` of \`${owner}\``;
    default:
      return kind satisfies never;
  }
}
