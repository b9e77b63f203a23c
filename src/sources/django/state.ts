import type { Span } from "../../text/span.ts";

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
  /** Where the model was created. */
  readonly span: Span;
}

export interface ModelOptions {
  readonly [option: string]: unknown;
}

export interface FieldState {
  readonly name: string;
  /** Name of the column in Python: `team_id` for a foreign key `team`. */
  readonly attname: string;
  /** The database column, or null for a many-to-many field (it is a table of its own) and other fields without a column. */
  readonly column: string | null;
  /** Dotted class: `django.db.models.CharField`. */
  readonly className: string;
  /** Options as evaluated, Python values as in `evaluate.ts`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly null: boolean;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  /** A Python-side default (constant or callable). It is no database default. */
  readonly hasDefault: boolean;
  readonly hasDbDefault: boolean;
  readonly generated: boolean;
  readonly relation: RelationState | null;
  readonly span: Span;
}

export interface RelationState {
  readonly kind: "foreign-key" | "one-to-one" | "many-to-many";
  /** Lower-case label of the target. */
  readonly to: string;
  readonly toField: string | null;
  readonly onDelete: string | null;
  readonly dbConstraint: boolean;
  readonly relatedName: string | null;
  /** For many-to-many: the table and its columns, and the label of an explicit through model. */
  readonly through: string | null;
  readonly joinTable: { readonly name: string; readonly from: string; readonly to: string } | null;
}
