import type { Span } from "../../text/span.ts";
import type { PyCall, PyValue } from "./values.ts";

/**
 * Django's project state after some migrations: what `Migration.mutate_state` builds, in the part that decides SQL.
 * Keys are lower-case labels, `person.person`.
 */
export interface ProjectState {
  readonly models: ReadonlyMap<string, ModelState>;
}

export interface ModelState {
  readonly app: string;
  /** As written: `PersonDistinctId`. */
  readonly name: string;
  /** `db_table`, or Django's default `app_model`. */
  readonly table: string;
  /** In the order in which Django emits columns: inherited first, as `local_fields` orders them. */
  readonly fields: readonly FieldState[];
  readonly managed: boolean;
  readonly proxy: boolean;
  /** Bases as labels or class paths; multi-table parents are found here. */
  readonly bases: readonly string[];
  readonly options: ModelOptions;
  /** Managers as the migrations record them (`use_in_migrations`), by name. */
  readonly managers: readonly (readonly [string, PyValue])[];
  /** `AUTH_USER_MODEL` when this model may be swapped and the settings name another one: it then has no table. */
  readonly swapped: string | null;
  /** Where the model was created. */
  readonly span: Span;
}

/** `Meta` options as evaluated. `indexes` and `constraints` hold calls with their names filled in. */
export interface ModelOptions {
  readonly [option: string]: PyValue;
}

export interface FieldState {
  readonly name: string;
  /** Name of the column in Python: `team_id` for a foreign key `team`. */
  readonly attname: string;
  /** The database column, or null for a many-to-many field (it is a table of its own) and other fields without a column. */
  readonly column: string | null;
  /** Dotted class: `django.db.models.CharField`. For a class of the repository or of a known package, Django's class behind it. */
  readonly className: string;
  /** The class as written when it is not Django's own: `app.fields.MoneyField`. */
  readonly customClass: string | null;
  /** Why the column type cannot be told (a field class that is not in the repository), or null. */
  readonly opaque: string | null;
  /** Column type that a class of the repository gives with `db_type`, or null. */
  readonly ownType: string | null;
  /** Options as evaluated, positional arguments under their names. Python values as in `values.ts`. */
  readonly options: Readonly<Record<string, PyValue>>;
  readonly null: boolean;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  /** A Python-side default (constant or callable). It is no database default. */
  readonly hasDefault: boolean;
  readonly hasDbDefault: boolean;
  readonly generated: boolean;
  readonly relation: RelationState | null;
  /** The call that defines the field. */
  readonly call: PyCall | null;
  readonly span: Span;
}

export interface RelationState {
  readonly kind: "foreign-key" | "one-to-one" | "many-to-many";
  /** Lower-case label of the target. */
  readonly to: string;
  /** The target as written: `Person`, `person.Person`, `self`. */
  readonly toName: string;
  readonly toField: string | null;
  readonly onDelete: string | null;
  readonly dbConstraint: boolean;
  readonly relatedName: string | null;
  /** For many-to-many: the table and its columns, and the label of an explicit through model. */
  readonly through: string | null;
  /** Null for an explicit `through`: that model has the table and its two keys. */
  readonly joinTable: { readonly name: string; readonly from: string; readonly to: string } | null;
}

/** Label of a model: `person.persondistinctid`. */
export function labelOf(model: ModelState): string {
  return `${model.app}.${model.name}`.toLowerCase();
}

export function findField(model: ModelState, name: string): FieldState | null {
  return model.fields.find((f) => f.name === name) ?? null;
}

/** The model's primary key: a field, never null for a state that Django accepts. `CompositePrimaryKey` has no column of its own. */
export function primaryKeyOf(model: ModelState): FieldState | null {
  return model.fields.find((f) => f.primaryKey) ?? null;
}
