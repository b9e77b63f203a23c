import type { Copy } from "../../../model/change.ts";
import type { CodeAccess } from "../../../model/migration.ts";
import type { Span } from "../../../text/span.ts";
import type { FieldState, ModelState } from "../state.ts";
import type { Extent, QuerySource } from "./abstract-values.ts";
import type { RunPythonInput } from "./input.ts";

/**
 * A loop around the place that is read.
 * - `rows`: one turn per row of `source`.
 * - `batches`: one turn per slice, page or key range of `source`.
 * - `other`: a constant or unknown number of turns that does not come from a query.
 */
export interface Loop {
  readonly kind: "rows" | "batches" | "other";
  readonly source: QuerySource | null;
}

/** Collects what the code does, with what the loops and transactions around it make of each statement. */
export class Recorder {
  readonly #input: RunPythonInput;
  readonly accesses: Map<string, CodeAccess> = new Map();
  /** By place, so that a loop body that is read twice sends it once. */
  readonly sql: Map<string, string> = new Map();
  /** By table, then by column: what its values were taken from. */
  readonly #copies = new Map<string, Map<string, Copy["from"]>>();
  readonly loops: Loop[] = [];
  /** Depth of `atomic` blocks that were entered before the first loop: then all batches commit together. */
  outerAtomic = 0;
  opaque: string | null = null;
  #pointing: Map<string, { label: string; onDelete: string; column: string }[]> | null = null;

  constructor(input: RunPythonInput) {
    this.#input = input;
  }

  /** The first reason is kept: later ones often follow from it. */
  giveUp(reason: string, at: Span): void {
    this.opaque ??= `${reason} (${at.file}:${at.line})`;
  }

  model(label: string): ModelState | null {
    return this.#input.stateBefore.models.get(label) ?? null;
  }

  field(label: string, name: string): FieldState | null {
    const model = this.model(label);
    const own = model?.fields.find((f) => f.name === name || f.attname === name) ?? null;
    if (own !== null || model === null) return own;
    for (const base of model.bases) {
      const lower = base.toLowerCase();
      const inherited = lower === label ? null : this.field(lower, name);
      if (inherited !== null) return inherited;
    }
    return null;
  }

  columns(label: string, names: Iterable<string>): readonly string[] {
    const columns: string[] = [];
    for (const name of names) {
      const column = this.field(label, name)?.column ?? null;
      if (column !== null && !columns.includes(column)) columns.push(column);
    }
    return columns;
  }

  allColumns(label: string, withKey: boolean): readonly string[] {
    const fields = this.model(label)?.fields ?? [];
    return fields.filter((f) => !f.generated && (withKey || !f.primaryKey)).flatMap((f) => (f.column === null ? [] : [f.column]));
  }

  /** The column behind a field of a model; nothing where the state does not know it. */
  source(label: string, name: string): Copy["from"] {
    const relation = this.#input.tableOf(label);
    const column = (name === "pk" ? this.model(label)?.fields.find((f) => f.primaryKey) : this.field(label, name))?.column ?? null;
    return relation === null || column === null ? [] : [{ relation, column }];
  }

  /** A field of a model got a value that was taken from columns. */
  copy(label: string, name: string, from: Copy["from"]): void {
    const [target] = this.source(label, name);
    if (target === undefined || from.length === 0) return;
    const columns = this.#copies.get(target.relation) ?? new Map<string, Copy["from"]>();
    this.#copies.set(target.relation, columns);
    const all = [...(columns.get(target.column) ?? []), ...from];
    columns.set(target.column, [...new Map(all.map((source) => [`${source.relation}.${source.column}`, source])).values()]);
  }

  get copies(): ReadonlyMap<string, readonly Copy[]> {
    return new Map([...this.#copies].map(([table, columns]) => [table, [...columns].map(([column, from]) => ({ column, from }))]));
  }

  /** Qualified join table of a many-to-many field; null when it has a model of its own that is not in the state. */
  joinTable(field: FieldState): string | null {
    const { relation } = field;
    if (relation?.joinTable !== null && relation?.joinTable !== undefined) return `public.${relation.joinTable.name}`;
    return relation?.through === null || relation?.through === undefined ? null : this.#input.tableOf(relation.through);
  }

  /** The model behind a reverse accessor (`team.person_set`, or its `related_name`), with the join table of a many-to-many field. */
  reverse(label: string, name: string): { readonly label: string; readonly join: string | null } | null {
    for (const [from, model] of this.#input.stateBefore.models) {
      for (const field of model.fields) {
        if (field.relation === null || field.relation.to !== label) continue;
        const accessor = field.relation.relatedName ?? `${model.name.toLowerCase()}_set`;
        if (accessor !== name && !(field.relation.kind === "one-to-one" && name === model.name.toLowerCase())) continue;
        return { label: from, join: field.relation.kind === "many-to-many" ? this.joinTable(field) : null };
      }
    }
    return null;
  }

  /** Foreign keys that point to a model. */
  pointingTo(label: string): readonly { readonly label: string; readonly onDelete: string; readonly column: string }[] {
    if (this.#pointing === null) {
      this.#pointing = new Map();
      for (const [from, model] of this.#input.stateBefore.models) {
        for (const field of model.fields) {
          if (field.relation === null || field.relation.kind === "many-to-many" || field.column === null) continue;
          const list = this.#pointing.get(field.relation.to) ?? [];
          list.push({ label: from, onDelete: field.relation.onDelete ?? "", column: field.column });
          this.#pointing.set(field.relation.to, list);
        }
      }
    }
    return this.#pointing.get(label) ?? [];
  }

  /**
   * @param batched the statement itself works in batches (`batch_size=`)
   * @param columnsOf columns written or read, per model
   */
  access(
    verb: CodeAccess["verb"],
    source: QuerySource,
    columnsOf: (label: string) => readonly string[],
    span: Span,
    batched: boolean = false,
  ): void {
    for (const label of source.labels) {
      const table = this.#input.tableOf(label);
      if (table === null) this.giveUp(`the model \`${label}\` is not in the migration state`, span);
      else this.tableAccess(verb, table, columnsOf(label), source.extent, span, batched);
    }
  }

  tableAccess(verb: CodeAccess["verb"], table: string, columns: readonly string[], extent: Extent, span: Span, batched: boolean): void {
    const perRow = this.loops.some((l) => l.kind === "rows");
    const around = this.loops
      .map((l) => l.source?.extent ?? "one")
      .reduce<Extent>((a, b) => (a === "whole" || b === "whole" ? "whole" : b), "one");
    const inBatches = this.loops.some((l) => l.kind === "batches" || (l.kind === "rows" && l.source?.extent === "bounded"));
    const commits = !this.#input.atomic && this.outerAtomic === 0;
    // Outside of loops a bounded statement is its own batch. Batches of a loop only help where each commits by itself: in one
    // transaction the locks of all of them are held to its end.
    const isBounded = extent !== "whole" || batched;
    const inLoop = this.loops.some((l) => l.kind !== "other");
    // `for start in range(0, last, 1000)`: each turn is bounded, all of them together walk through the table.
    const walked = extent === "bounded" && this.loops.some((l) => l.kind === "batches" && l.source === null);
    const wholeTable = extent === "whole" || around === "whole" || walked;
    const access: CodeAccess = {
      table,
      columns,
      verb,
      perRow,
      batched: inLoop ? commits && inBatches && (isBounded || perRow) : isBounded && (!batched || commits || extent !== "whole"),
      wholeTable,
      span,
    };
    const key = `${table} ${verb} ${span.file}:${span.line}:${span.column}`;
    const known = this.accesses.get(key);
    this.accesses.set(key, known === undefined ? access : widest(known, access));
  }

  send(sql: string, span: Span): void {
    this.sql.set(`${span.file}:${span.line}:${span.column} ${sql}`, sql);
  }
}

function widest(a: CodeAccess, b: CodeAccess): CodeAccess {
  return {
    ...a,
    columns: [...new Set([...a.columns, ...b.columns])],
    perRow: a.perRow || b.perRow,
    batched: a.batched && b.batched,
    wholeTable: a.wholeTable || b.wholeTable,
  };
}
