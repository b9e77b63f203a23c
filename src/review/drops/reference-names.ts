import { strings, type Node } from "../../engines/postgres/parse/grammar.ts";
import type { SchemaState } from "../../model/schema.ts";
import { columnKey, type UseKind } from "./use-key.ts";

/** What a FROM brings into a scope. */
interface Item {
  readonly alias: string;
  readonly relation: string | null;
  /** Null: it may have any. */
  readonly columns: ReadonlySet<string> | null;
  /** Of a relation: what an alias list (`person AS p(a, b)`) calls its columns, or null. */
  readonly renamed: ReadonlyMap<string, string> | null;
}

export interface Scope {
  readonly items: Item[];
  readonly outer: Scope | null;
  /** Outputs of common table expressions by name; null: not known. */
  readonly ctes: Map<string, ReadonlySet<string> | null>;
  /** Names of the target list, which ORDER BY and GROUP BY may use. */
  readonly outputs: Set<string>;
}

export type Outputs = ReadonlySet<string> | null;

/** A table as a statement names it. */
interface Range {
  readonly relname?: string;
  readonly schemaname?: string;
  readonly alias?: { readonly aliasname?: string; readonly colnames?: Node[] };
}

/** An empty scope inside of another. */
export function scopeIn(outer: Scope | null): Scope {
  return { items: [], outer, ctes: new Map(), outputs: new Set() };
}

/** What the names of one text stand for in a schema, and what is done with it: resolved as Postgres does, and never fewer. */
export class Names {
  readonly uses: Map<string, Set<UseKind>> = new Map<string, Set<UseKind>>();
  readonly #state: SchemaState;
  /** Every relation of the statement: a name that nothing explains may be a column of each. */
  readonly #relations = new Set<string>();

  constructor(state: SchemaState) {
    this.#state = state;
  }

  reference(fields: readonly Node[], scope: Scope, kind: UseKind): void {
    const parts = strings(fields);
    const star = fields.some((field) => "A_Star" in field);
    const name = star ? null : (parts.at(-1) ?? "");
    const qualifier = star ? parts.at(-1) : parts.at(-2);
    // `count(*)` has no field at all; `t.*` names every column, `*` every one of the scope.
    if (qualifier === undefined && star) {
      for (const item of scope.items) if (item.relation !== null) this.everyColumn(item.relation, kind);
      return;
    }
    let at: Scope | null = scope;
    for (; at !== null; at = at.outer) {
      const having = at.items.filter((item) =>
        qualifier === undefined ? item.columns === null || item.columns.has(name ?? "") : item.alias === qualifier,
      );
      for (const item of having) {
        if (name === null) {
          if (item.relation !== null) this.everyColumn(item.relation, kind);
        } else this.column(item, name, kind);
      }
      // What cannot be listed may have the name or not: the outer scopes are asked as well.
      if (having.some((item) => qualifier !== undefined || item.columns !== null)) return;
      if (qualifier === undefined && at.outputs.has(name ?? "")) return;
      const whole = qualifier === undefined ? at.items.find((item) => item.alias === name) : undefined;
      if (whole !== undefined) {
        if (whole.relation !== null) this.everyColumn(whole.relation, kind);
        return;
      }
      // `person.address.street`: an attribute of a composite column; `schema.person.email`.
      if (parts.length > 2) {
        const item = at.items.find((candidate) => candidate.alias === parts.at(-3));
        if (item !== undefined) {
          this.column(item, parts.at(-2) ?? "", kind);
          return;
        }
      }
    }
    if (name !== null) for (const relation of this.#relations) this.note(columnKey(relation, name), kind);
  }

  column(item: Item, name: string, kind: UseKind = "read"): void {
    if (item.relation === null) return;
    const column = item.renamed?.get(name) ?? name;
    this.note(columnKey(item.relation, column), kind);
    // A whole row under its own name in a scope that cannot list its columns.
    if (item.columns?.has(name) === false && name === item.alias) this.everyColumn(item.relation, kind);
  }

  table(range: Range, scope: Scope): Item {
    const name = range.relname ?? "";
    const alias = range.alias?.aliasname ?? name;
    if (range.schemaname === undefined) {
      for (let at: Scope | null = scope; at !== null; at = at.outer) {
        const cte = at.ctes.get(name);
        if (cte !== undefined) return { alias, relation: null, columns: cte, renamed: null };
      }
    }
    const relation = this.relation(range);
    this.note(relation, "read");
    const item = this.itemOf(alias, relation);
    const names = strings(range.alias?.colnames);
    if (names.length === 0 || item.columns === null) return item;
    const own = [...item.columns];
    return {
      ...item,
      columns: new Set(own.map((column, i) => names[i] ?? column)),
      renamed: new Map(own.flatMap((column, i) => (names[i] === undefined ? [] : [[names[i], column] as const]))),
    };
  }

  target(range: Range | undefined, scope: Scope, kind: UseKind): string | null {
    const relation = this.relationOf(range);
    if (relation === null) return null;
    this.note(relation, kind);
    scope.items.push(this.itemOf(range?.alias?.aliasname ?? range?.relname ?? "", relation));
    return relation;
  }

  itemOf(alias: string, relation: string): Item {
    return { alias, relation, columns: namesOf(this.#state.relations.get(relation)), renamed: null };
  }

  relationOf(range: Range | undefined): string | null {
    return range?.relname === undefined ? null : this.relation(range);
  }

  /** A table by its name; without a schema the one that the search path or its rarity tells. */
  relation(range: Range): string {
    const name = range.relname ?? "";
    const relation = range.schemaname === undefined ? resolveName(name, this.#state) : `${range.schemaname}.${name}`;
    this.#relations.add(relation);
    return relation;
  }

  everyColumn(relation: string | null, kind: UseKind): void {
    if (relation === null) return;
    for (const column of this.#state.relations.get(relation)?.columns ?? []) this.note(columnKey(relation, column.name), kind);
  }

  note(key: string, kind: UseKind): void {
    const kinds = this.uses.get(key);
    if (kinds === undefined) this.uses.set(key, new Set([kind]));
    else kinds.add(kind);
  }
}

/** Null: it may have any. */
export function namesOf(relation: { readonly columns: readonly { readonly name: string }[] } | undefined): ReadonlySet<string> | null {
  // A view whose query could not be read has no columns on record: it may have any.
  return relation === undefined || relation.columns.length === 0 ? null : new Set(relation.columns.map(({ name }) => name));
}

function resolveName(name: string, state: SchemaState): string {
  const path = state.session.searchPath.length > 0 ? state.session.searchPath : ["public"];
  for (const schema of path) if (state.relations.has(`${schema}.${name}`)) return `${schema}.${name}`;
  const elsewhere: string[] = [];
  for (const qualified of state.relations.keys()) if (qualified.endsWith(`.${name}`)) elsewhere.push(qualified);
  return elsewhere.length === 1 && elsewhere[0] !== undefined ? elsewhere[0] : `${path[0] ?? "public"}.${name}`;
}
