import type { FieldState, ModelState, ProjectState, RelationState } from "../../sources/django/state.ts";
import { stringsOf } from "../../sources/django/values.ts";
import type { Span } from "../../text/span.ts";

/** A model as the running app holds it: the state after the version's migrations, reconciled with the code (`reconcile.ts`). */
export interface RunningModel {
  /** `person.person` */
  readonly label: string;
  readonly name: string;
  readonly table: string;
  /** Columns of this table, in the order in which Django writes them (`local_concrete_fields`). */
  readonly columns: readonly RunningColumn[];
  /** Multi-table parents: the label and the column of this table that points to the parent's row. */
  readonly parents: readonly { readonly label: string; readonly link: string }[];
  readonly joinTables: readonly JoinTable[];
  /** `Meta.ordering`, as far as it names columns of this table: `-created_at`. */
  readonly ordering: readonly string[];
  /** A receiver of pre_delete or post_delete listens: the collector then fetches whole rows instead of deleting blindly. */
  readonly deleteSignals: boolean;
  /** Its `GenericRelation`s, with the target's label: the collector follows them, and never deletes such a model blindly. */
  readonly genericRelations: readonly { readonly to: string; readonly objectId: string; readonly contentType: string }[];
  /** `Person (person/models.py:12)` */
  readonly origin: string;
  readonly span: Span;
}

export interface RunningColumn {
  readonly field: string;
  readonly attname: string;
  readonly column: string;
  readonly primaryKey: boolean;
  /** AutoField and its kin: the database assigns it. */
  readonly auto: boolean;
  readonly null: boolean;
  readonly generated: boolean;
  readonly dbDefault: boolean;
  /** False: the default manager defers it, so that a plain query does not name it. It is still written. */
  readonly selected: boolean;
  readonly relation: RelationState | null;
}

/** The table behind a many-to-many field without a model of its own. */
export interface JoinTable {
  readonly owner: string;
  readonly field: string;
  readonly target: string;
  readonly table: string;
  /** Column that points to the owner, and the one that points to the target. */
  readonly from: string;
  readonly to: string;
  /** Name on the other side's instances, `dashboard_set` by default; null when it is hidden (`related_name="+"`). */
  readonly reverseName: string | null;
  /** Name on the other side in lookups: `dashboard`; null when hidden. */
  readonly reverseQueryName: string | null;
  /** `Dashboard.tags (dashboards/models.py:14)` */
  readonly origin: string;
  readonly span: Span;
}

/** What is known of a relation's columns once both ends are in hand. */
export interface ForeignKey {
  readonly from: RunningModel;
  readonly column: RunningColumn;
  readonly to: RunningModel;
  readonly toColumn: RunningColumn;
  /** `CASCADE`, `SET_NULL`, … without the module; `CUSTOM` for a callable of the project. */
  readonly onDelete: string;
}

export class RunningModels {
  readonly all: readonly RunningModel[];
  readonly #byLabel: ReadonlyMap<string, RunningModel>;
  /** Proxies and swapped labels to the concrete model's label. */
  readonly #aliases: ReadonlyMap<string, string>;
  readonly foreignKeys: readonly ForeignKey[];
  readonly #pointing = new Map<string, ForeignKey[]>();

  constructor(models: readonly RunningModel[], aliases: ReadonlyMap<string, string>) {
    this.all = models;
    this.#byLabel = new Map(models.map((m) => [m.label, m]));
    this.#aliases = aliases;
    const keys: ForeignKey[] = [];
    for (const from of models) {
      for (const column of from.columns) {
        if (column.relation === null || column.relation.kind === "many-to-many") continue;
        const to = this.get(column.relation.to === "self" ? from.label : column.relation.to);
        const target = to === null ? null : this.#targetColumn(to, column.relation.toField);
        if (target === null) continue;
        keys.push({ from, column, to: target.model, toColumn: target.column, onDelete: onDeleteName(column.relation.onDelete) });
      }
    }
    this.foreignKeys = keys;
    for (const key of keys) {
      const list = this.#pointing.get(key.to.label);
      if (list === undefined) this.#pointing.set(key.to.label, [key]);
      else list.push(key);
    }
  }

  /** @param label any case; proxies answer with their concrete model */
  get(label: string): RunningModel | null {
    const lower = label.toLowerCase();
    return this.#byLabel.get(this.#aliases.get(lower) ?? lower) ?? null;
  }

  /** Foreign keys that point to this model itself (not to its parents). */
  pointingTo(model: RunningModel): readonly ForeignKey[] {
    return this.#pointing.get(model.label) ?? [];
  }

  /** The model and its multi-table ancestors, nearest last: the order in which Django lists columns (`concrete_fields`). */
  lineage(model: RunningModel, seen: ReadonlySet<string> = new Set()): readonly RunningModel[] {
    if (seen.has(model.label)) return [];
    const next = new Set([...seen, model.label]);
    const line: RunningModel[] = [];
    for (const { label } of model.parents) {
      const parent = this.get(label);
      if (parent !== null) for (const m of this.lineage(parent, next)) if (!line.includes(m)) line.push(m);
    }
    return [...line, model];
  }

  primaryKey(model: RunningModel): readonly RunningColumn[] {
    return model.columns.filter((c) => c.primaryKey);
  }

  #targetColumn(model: RunningModel, toField: string | null): { model: RunningModel; column: RunningColumn } | null {
    for (const candidate of this.lineage(model).toReversed()) {
      const column =
        toField === null
          ? this.primaryKey(candidate)[0]
          : candidate.columns.find((c) => c.field === toField || c.attname === toField || c.column === toField);
      if (column !== undefined) return { model: toField === null ? model : candidate, column };
    }
    return null;
  }
}

/** Name under which the target reaches the rows of a foreign key: `person_set`, or `related_name`; null when it is hidden. */
export function reverseAccessor(key: ForeignKey): string | null {
  const lower = key.from.name.toLowerCase();
  const written = key.column.relation?.relatedName ?? null;
  if (written === null) return key.column.relation?.kind === "one-to-one" ? lower : `${lower}_set`;
  if (written.endsWith("+")) return null;
  return written.replaceAll("%(class)s", lower).replaceAll("%(app_label)s", key.from.label.split(".")[0] ?? "");
}

/** The same in lookups: `person`, or `related_name`. */
export function reverseLookup(key: ForeignKey): string | null {
  return (key.column.relation?.relatedName ?? null) === null ? key.from.name.toLowerCase() : reverseAccessor(key);
}

function onDeleteName(path: string | null): string {
  const name = path?.slice(path.lastIndexOf(".") + 1) ?? "CASCADE";
  return ["CASCADE", "SET_NULL", "SET_DEFAULT", "PROTECT", "RESTRICT", "DO_NOTHING"].includes(name) ? name : "CUSTOM";
}

export function columnOf(field: FieldState, column: string, selected: boolean, primaryKey: boolean): RunningColumn {
  const kind = field.className.slice(field.className.lastIndexOf(".") + 1);
  return {
    field: field.name,
    attname: field.attname,
    column,
    primaryKey,
    auto: kind.endsWith("AutoField"),
    null: field.null,
    generated: field.generated,
    dbDefault: field.hasDbDefault,
    selected,
    relation: field.relation,
  };
}

/** Multi-table parents of a model, from its bases and the one-to-one columns that link them. */
export function parentsOf(model: ModelState, state: ProjectState): RunningModel["parents"] {
  const parents: { label: string; link: string }[] = [];
  for (const field of model.fields) {
    const { relation, column } = field;
    if (relation === null || column === null || relation.kind !== "one-to-one" || field.options["parent_link"] !== true) continue;
    if (state.models.has(relation.to)) parents.push({ label: relation.to, link: column });
  }
  return parents;
}

/** Columns of a `CompositePrimaryKey`, by field name; null for a model with an ordinary one. */
export function compositeKey(model: ModelState): readonly string[] | null {
  const field = model.fields.find((f) => f.className.endsWith("CompositePrimaryKey"));
  if (field === undefined) return null;
  return Object.values(field.options).flatMap((v) => (typeof v === "string" ? [v] : (stringsOf(v) ?? [])));
}
