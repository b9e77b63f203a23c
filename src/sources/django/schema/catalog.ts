import { MAX_NAME, postgresName, splitIdentifier } from "./names.ts";

/** A constraint or index as Django's introspection would find it on the server. */
export interface Entry {
  name: string;
  table: string;
  /** Null for an expression. */
  columns: (string | null)[];
  readonly kind: "primary-key" | "unique" | "foreign-key" | "check" | "index";
  /** A unique index counts as unique, as a constraint does. */
  readonly isUnique: boolean;
  /** `idx` for a plain btree, else the access method. */
  readonly type: string | null;
  /** For a foreign key. */
  target: { table: string; column: string } | null;
  /** Part of CREATE TABLE or ADD COLUMN and not deferrable; `named` when it has a name of its own. */
  inline?: "named" | "generated";
}

export interface EntryQuery {
  readonly unique?: boolean;
  readonly primaryKey?: boolean;
  readonly index?: boolean;
  readonly foreignKey?: boolean;
  readonly check?: boolean;
  readonly type?: string;
  readonly exclude?: ReadonlySet<string>;
}

/** What Postgres makes of a name: at most 63 bytes, never half a character. */
function cut(name: string): string {
  let result = name;
  while (Buffer.byteLength(result) > MAX_NAME) result = result.slice(0, -1);
  return result;
}

/**
 * What the server would hold after the statements so far: Django's schema editor asks it for the names of constraints before it drops
 * them. Kept from the statements that were rendered; what RunSQL does to constraints is not seen.
 */
export class Catalog {
  #entries: Entry[] = [];
  /** Sequences behind identity columns. */
  #sequences: { table: string; column: string; readonly name: string }[] = [];
  readonly #collations = new Map<string, boolean>();
  readonly extensions: Set<string> = new Set();

  add(entry: Omit<Entry, "isUnique" | "type" | "target"> & Partial<Entry>): void {
    const unique = entry.kind === "unique" || entry.kind === "primary-key";
    // The server cuts names that are too long, so Django, which asks with the whole name, does not find what stands on such a column.
    const columns = entry.columns.map((c) => (c === null ? null : cut(c)));
    this.#entries.push({ isUnique: unique, type: null, target: null, ...entry, columns, name: cut(entry.name) });
  }

  /**
   * A UNIQUE inside CREATE TABLE. Where another key there has the same columns, Postgres makes one index of the two, under the first
   * name that somebody wrote (`transformIndexConstraints` in parse_utilcmd.c).
   */
  addInlineUnique(name: string, table: string, columns: readonly string[]): void {
    const twin = this.#entries.find(
      (entry) =>
        entry.table === table &&
        entry.inline !== undefined &&
        entry.columns.length === columns.length &&
        columns.every((c, i) => entry.columns[i] === cut(c)),
    );
    if (twin === undefined) this.add({ name, table, columns: [...columns], kind: "unique", inline: "named" });
    else if (twin.inline === "generated") Object.assign(twin, { name: cut(name), inline: "named" });
  }

  /** Django's `_constraint_names`. */
  names(table: string, columns: readonly string[] | null, query: EntryQuery): readonly string[] {
    const found: Entry[] = [];
    for (const entry of this.#entries) {
      if (entry.table !== table) continue;
      if (columns !== null && (entry.columns.length !== columns.length || !columns.every((c, i) => entry.columns[i] === c))) continue;
      if (query.unique !== undefined && entry.isUnique !== query.unique) continue;
      if (query.primaryKey !== undefined && (entry.kind === "primary-key") !== query.primaryKey) continue;
      if (query.index !== undefined && (entry.kind === "index") !== query.index) continue;
      if (query.check !== undefined && (entry.kind === "check") !== query.check) continue;
      if (query.foreignKey === true && entry.kind !== "foreign-key") continue;
      if (query.type !== undefined && entry.type !== query.type) continue;
      if (query.exclude?.has(entry.name) === true) continue;
      found.push(entry);
    }
    // Constraints come before indexes, indexes in the order of their names (GROUP BY indexname).
    const constraints = found.filter((e) => e.kind !== "index");
    const indexes = found.filter((e) => e.kind === "index").toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return [...constraints, ...indexes].map((e) => e.name);
  }

  drop(table: string, name: string): void {
    this.#entries = this.#entries.filter((e) => e.table !== table || e.name !== name);
  }

  /** An index is found by its name alone. */
  dropIndex(name: string): void {
    this.#entries = this.#entries.filter((e) => e.name !== name);
  }

  /** An identity column was made: its sequence keeps the name that Postgres gave it, whatever is renamed later. */
  addSequence(table: string, column: string): void {
    this.#sequences.push({ table, column: cut(column), name: this.freshName(splitIdentifier(table)[1], column, "seq") });
  }

  dropSequence(table: string, column: string): void {
    this.#sequences = this.#sequences.filter((s) => s.table !== table || s.column !== cut(column));
  }

  /** Django's `_get_sequence_name`. */
  sequence(table: string, column: string): string | null {
    return this.#sequences.find((s) => s.table === table && s.column === column)?.name ?? null;
  }

  dropTable(table: string): void {
    this.#sequences = this.#sequences.filter((s) => s.table !== table);
    this.#entries = this.#entries.filter((e) => e.table !== table && e.target?.table !== table);
  }

  dropColumn(table: string, whole: string): void {
    const column = cut(whole);
    this.dropSequence(table, column);
    this.#entries = this.#entries.filter(
      (e) => !(e.table === table && e.columns.includes(column)) && !(e.target?.table === table && e.target.column === column),
    );
  }

  renameTable(from: string, to: string): void {
    for (const sequence of this.#sequences) if (sequence.table === from) sequence.table = to;
    for (const entry of this.#entries) {
      if (entry.table === from) entry.table = to;
      if (entry.target?.table === from) entry.target.table = to;
    }
  }

  renameColumn(table: string, before: string, after: string): void {
    const [from, to] = [cut(before), cut(after)];
    for (const sequence of this.#sequences) if (sequence.table === table && sequence.column === from) sequence.column = to;
    for (const entry of this.#entries) {
      if (entry.table === table) entry.columns = entry.columns.map((c) => (c === from ? to : c));
      if (entry.target?.table === table && entry.target.column === from) entry.target.column = to;
    }
  }

  rename(from: string, to: string): void {
    for (const entry of this.#entries) if (entry.name === from) entry.name = to;
  }

  /** The name that Postgres gives to a constraint that has none, unlike any other of the schema. */
  freshName(table: string, column: string | null, label: string): string {
    const taken = (name: string): boolean => this.#entries.some((e) => e.name === name) || this.#sequences.some((q) => q.name === name);
    let name = postgresName(table, column, label);
    for (let i = 1; taken(name); i++) name = postgresName(table, column, `${label}${i}`);
    return name;
  }

  addCollation(name: string, deterministic: boolean): void {
    this.#collations.set(name, deterministic);
  }

  removeCollation(name: string): void {
    this.#collations.delete(name);
  }

  /** Collations that no migration makes are the server's own, which are deterministic. */
  isDeterministic(name: string): boolean {
    return this.#collations.get(name) ?? true;
  }
}
