import { bareName, type Constraint, type Index, type Relation, type SchemaState } from "../../model/schema.ts";
import { listed } from "../../text/listed.ts";
import { functions, triggers } from "./routines.ts";
import { names } from "./uses.ts";

/** A table, or a column of one. */
export interface Thing {
  readonly table: string;
  readonly column: string | null;
}

/** An object of the database that hangs on a column or table. */
export interface Dependent {
  /** `view public.active_person`, `foreign key public.note.note_author_fk`. */
  readonly text: string;
  /**
   * - `goes-along`: Postgres drops it together with the thing (an index, the thing's own constraints).
   * - `in-the-way`: the drop fails while it is there, or it fails itself afterwards. `step` says what to do first.
   * - `unread`: nobody can tell whether it uses the thing. `step` says why.
   */
  readonly effect: "goes-along" | "in-the-way" | "unread";
  readonly step: string | null;
  /** DROP … CASCADE takes it along: Postgres knows that it hangs on it. */
  readonly cascades?: boolean;
}

/** What is asked for again and again, of a schema that may hold thousands of tables. */
interface Known {
  readonly views: readonly Relation[];
  readonly pointing: ReadonlyMap<string, readonly { readonly from: Relation; readonly constraint: Constraint }[]>;
}

const indexes = new WeakMap<SchemaState, Known>();

function indexOf(state: SchemaState): Known {
  let index = indexes.get(state);
  if (index === undefined) {
    const all = [...state.relations.values()];
    const pointing = new Map<string, { from: Relation; constraint: Constraint }[]>();
    for (const from of all) {
      for (const constraint of from.constraints) {
        if (constraint.references === null) continue;
        const list = pointing.get(constraint.references.relation);
        if (list === undefined) pointing.set(constraint.references.relation, [{ from, constraint }]);
        else list.push({ from, constraint });
      }
    }
    index = { views: all.filter(({ kind }) => kind === "view" || kind === "materialized-view"), pointing };
    indexes.set(state, index);
  }
  return index;
}

/** Everything in the schema that hangs on a column or a table, sorted by what it is. */
export function dependentsOf(state: SchemaState, thing: Thing): readonly Dependent[] {
  const relation = state.relations.get(thing.table);
  if (relation === undefined) return [];
  return [
    ...views(state, thing),
    ...(thing.column === null ? ofTable(state, relation) : ofColumn(relation, thing.column)),
    ...keysPointingAt(state, thing),
    ...triggers(state, relation, thing.column),
    ...functions(state, relation, thing.column),
    ...catalogue(state, thing),
  ];
}

function views(state: SchemaState, { table, column }: Thing): Dependent[] {
  const found: Dependent[] = [];
  const bare = bareName(table);
  for (const view of indexOf(state).views) {
    const text = `${view.kind === "view" ? "view" : "materialized view"} ${view.name}`;
    if (view.reads === null) {
      const mayRead =
        view.definition === null ||
        (names(view.definition, bare) && (column === null || names(view.definition, column) || view.definition.includes("*")));
      if (mayRead) found.push({ text, effect: "unread", step: `look at ${text}: its query could not be read` });
      continue;
    }
    if (view.reads.some((read) => read.relation === table && (column === null || read.column === column))) {
      const step = column === null ? `drop ${text} first` : `drop ${text}, or replace it by one without ${column}`;
      found.push({ text, effect: "in-the-way", step, cascades: true });
    }
  }
  return found;
}

function ofColumn(relation: Relation, column: string): Dependent[] {
  const found: Dependent[] = [];
  const constraintIndexes = new Set(relation.constraints.flatMap(({ index }) => index ?? []));
  for (const index of relation.indexes) {
    if (!index.mentions.includes(column) || constraintIndexes.has(index.name)) continue;
    found.push({ text: `index ${index.name}`, ...withIndex(relation, index, column) });
  }
  for (const constraint of relation.constraints) {
    if (constraint.kind === "not-null") continue;
    const mentions = constraint.columns.includes(column) || constraint.expression?.columns.includes(column) === true;
    if (!mentions) continue;
    const text = `${constraint.kind.replace("-", " ")} ${relation.name}.${constraint.name}`;
    const others = constraint.columns.filter((one) => one !== column);
    const keeps = constraint.kind === "unique" || constraint.kind === "primary-key" || constraint.kind === "exclusion";
    found.push({ text, ...(keeps && others.length > 0 ? keptApart(text, others, column) : GOES_ALONG) });
  }
  for (const other of relation.columns) {
    if (other.generated === null || other.name === column || other.default?.columns.includes(column) !== true) continue;
    found.push({
      text: `generated column ${relation.name}.${other.name}`,
      effect: "in-the-way",
      step: `drop the generated column ${other.name} of ${relation.name} first: it is computed from ${column}`,
      cascades: true,
    });
  }
  for (const { class: kind, name, columns } of relation.named ?? []) {
    if (!columns.includes(column)) continue;
    found.push({
      text: `${kind} ${relation.name}.${name}`,
      effect: "in-the-way",
      step: `drop or change the ${kind} ${name} of ${relation.name} first: it names ${column}`,
      cascades: true,
    });
  }
  if (relation.partitionKey?.mentions.includes(column) === true) {
    found.push({
      text: `partition key of ${relation.name}`,
      effect: "in-the-way",
      step: `${column} is in the partition key of ${relation.name}: it goes with the table only`,
    });
  }
  return found;
}

const GOES_ALONG = { effect: "goes-along", step: null } as const;

/** What keeps rows apart by other columns as well would go without a word. */
function keptApart(text: string, others: readonly string[], column: string): Pick<Dependent, "effect" | "step"> {
  return {
    effect: "in-the-way",
    step: `drop or replace the ${text} first: Postgres takes it along with ${column}, and nothing keeps ${listed(others)} unique then`,
  };
}

/** Postgres takes an index along, though queries by its other columns go on needing it. */
function withIndex(relation: Relation, index: Index, column: string): Pick<Dependent, "effect" | "step"> {
  const others = index.columns.filter((one) => one !== column);
  if (others.length === 0) return GOES_ALONG;
  const shown = others.map((one) => one ?? "an expression");
  if (index.unique) return keptApart(`unique index ${index.name}`, shown, column);
  const [leading] = index.columns;
  // By its first column it is asked for; one that the column leads, or whose rows the column chooses, serves only who names it.
  const serves = leading !== column && leading !== undefined && (index.predicate === null || !names(index.predicate, column));
  const replaced = relation.indexes.some(
    (one) => one.name !== index.name && one.columns[0] === leading && one.predicate === null && !one.mentions.includes(column),
  );
  if (!serves || replaced) return GOES_ALONG;
  return {
    effect: "in-the-way",
    step: `make an index on ${listed(shown)} of ${relation.name} first, or drop ${index.name} if no query needs it: Postgres takes it along with ${column}`,
  };
}

function ofTable(state: SchemaState, relation: Relation): Dependent[] {
  const found: Dependent[] = relation.indexes.map(({ name }) => ({ text: `index ${name}`, effect: "goes-along", step: null }));
  for (const constraint of relation.constraints) {
    if (constraint.kind !== "foreign-key" || constraint.references === null) continue;
    found.push({
      text: `foreign key ${relation.name}.${constraint.name} → ${constraint.references.relation}`,
      effect: "goes-along",
      step: null,
    });
  }
  for (const other of state.relations.values()) {
    if (other.inherits.includes(relation.name))
      found.push({
        text: `table ${other.name}`,
        effect: "in-the-way",
        step: `drop ${other.name} first, or take it out (NO INHERIT): it inherits from ${relation.name}`,
        cascades: true,
      });
    else if (other.partitionOf === relation.name) found.push({ text: `partition ${other.name}`, effect: "goes-along", step: null });
    for (const column of other.name === relation.name ? [] : other.columns) {
      if (column.type.name === relation.name)
        found.push({
          text: `column ${other.name}.${column.name}`,
          effect: "in-the-way",
          step: `drop ${other.name}.${column.name} first: its type is the row type of ${relation.name}`,
        });
    }
  }
  return found;
}

function keysPointingAt(state: SchemaState, { table, column }: Thing): Dependent[] {
  const found: Dependent[] = [];
  for (const { from: other, constraint } of indexOf(state).pointing.get(table) ?? []) {
    const { kind, name, references } = constraint;
    if (kind !== "foreign-key" || references === null || other.name === table) continue;
    if (column !== null && !pointsAt(state, table, references.columns, column)) continue;
    found.push({
      text: `foreign key ${other.name}.${name}`,
      effect: "in-the-way",
      step: `drop the foreign key ${name} of ${other.name} first`,
      cascades: true,
    });
  }
  return found;
}

/** A key that names no columns points at the primary key. */
function pointsAt(state: SchemaState, table: string, columns: readonly string[], column: string): boolean {
  if (columns.length > 0) return columns.includes(column);
  return state.relations.get(table)?.constraints.some((c) => c.kind === "primary-key" && c.columns.includes(column)) === true;
}

function catalogue(state: SchemaState, { table, column }: Thing): Dependent[] {
  const found: Dependent[] = [];
  for (const object of state.objects?.values() ?? []) {
    if (!object.tables.includes(table)) continue;
    const text = `${object.class} ${object.name}`;
    if (object.class !== "publication") found.push({ text, effect: "goes-along", step: null });
    else {
      const what = column === null ? table : `${table}.${column}`;
      found.push({
        text,
        effect: "in-the-way",
        step: `take ${table} out of the publication ${object.name}, or make sure that no subscriber needs ${what}`,
      });
    }
  }
  return found;
}
