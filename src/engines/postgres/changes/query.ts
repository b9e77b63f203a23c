import type { RangeVar, SelectStmt, WithClause } from "libpg-query";
import type { Column, ColumnRef, TypeRef } from "../../../model/schema.ts";
import { all, as, strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { figureName } from "./names.ts";
import { readType } from "./types.ts";

const UNKNOWN_TYPE: TypeRef = { name: "unknown", modifiers: [], dimensions: 0 };

/** What a query reads and returns, as far as the state knows its relations. */
export interface QueryFacts {
  /** Relations, without repeats. */
  readonly tables: readonly string[];
  /** Relations and the columns of them that it names. */
  readonly reads: readonly ColumnRef[];
  /** Null when they cannot be listed: `SELECT *` from something that the state does not know. */
  readonly columns: readonly Column[] | null;
  /** Names of the functions called. */
  readonly functions: readonly (readonly string[])[];
}

interface Item {
  readonly alias: string;
  readonly relation: string | null;
  /** Null: it may have any. */
  readonly columns: readonly Column[] | null;
}

/** Analyses a query far enough for views, CREATE TABLE AS and the tables that a statement reads. */
export function analyseQuery(node: Node | undefined, context: Context): QueryFacts {
  const reads = new Map<string, ColumnRef>();
  const note = (relation: string, column: string | null): void => void reads.set(`${relation} ${column ?? ""}`, { relation, column });
  const reader = new Reader(context, note);
  const select = as(node, "SelectStmt");
  const columns = select === undefined ? null : reader.select(select, [], new Map());
  const functions: (readonly string[])[] = [];
  walk(node, (tag, body) => {
    if (tag === "FuncCall") functions.push(strings((body as { funcname?: Node[] }).funcname));
  });
  return { tables: [...new Set([...reads.values()].map((r) => r.relation))], reads: [...reads.values()], columns, functions };
}

type Ctes = ReadonlyMap<string, readonly Column[] | null>;

class Reader {
  readonly #context: Context;
  readonly #note: (relation: string, column: string | null) => void;

  constructor(context: Context, note: (relation: string, column: string | null) => void) {
    this.#context = context;
    this.#note = note;
  }

  select(select: SelectStmt, outer: readonly Item[], ctes: Ctes): readonly Column[] | null {
    const visible = this.#with(select.withClause, outer, ctes);
    if (select.larg !== undefined || select.rarg !== undefined) {
      const left = select.larg === undefined ? null : this.select(select.larg, outer, visible);
      if (select.rarg !== undefined) this.select(select.rarg, outer, visible);
      return left;
    }
    const items: Item[] = [];
    for (const from of select.fromClause ?? []) this.#from(from, items, outer, visible);
    const scope = [...items, ...outer];
    for (const part of [
      select.targetList,
      select.whereClause,
      select.groupClause,
      select.havingClause,
      select.windowClause,
      select.sortClause,
      select.valuesLists,
      select.distinctClause,
      select.limitCount,
    ]) {
      this.#expressions(part, scope, visible);
    }
    if (select.valuesLists !== undefined) {
      const first = as(select.valuesLists[0], "List")?.items ?? [];
      return first.map((_, i) => plainColumn(`column${i + 1}`, UNKNOWN_TYPE));
    }
    return outputs(select, items, this.#context);
  }

  #with(clause: WithClause | undefined, outer: readonly Item[], ctes: Ctes): Ctes {
    if (clause === undefined) return ctes;
    const visible = new Map(ctes);
    for (const cte of all(clause.ctes, "CommonTableExpr")) {
      const name = cte.ctename ?? "";
      if (clause.recursive === true) visible.set(name, null);
      const select = as(cte.ctequery, "SelectStmt");
      const columns = select === undefined ? null : this.select(select, outer, visible);
      const aliases = strings(cte.aliascolnames);
      visible.set(
        name,
        columns?.map((c, i) => ({ ...c, name: aliases[i] ?? c.name })) ??
          (aliases.length > 0 ? aliases.map((a) => plainColumn(a, UNKNOWN_TYPE)) : null),
      );
    }
    return visible;
  }

  #from(node: Node, items: Item[], outer: readonly Item[], ctes: Ctes): void {
    const range = as(node, "RangeVar");
    if (range !== undefined) {
      items.push(this.#table(range, ctes));
      return;
    }
    const join = as(node, "JoinExpr");
    if (join !== undefined) {
      if (join.larg !== undefined) this.#from(join.larg, items, outer, ctes);
      if (join.rarg !== undefined) this.#from(join.rarg, items, outer, ctes);
      this.#expressions(join.quals, [...items, ...outer], ctes);
      for (const column of strings(join.usingClause)) {
        for (const item of items)
          if (item.relation !== null && item.columns?.some((c) => c.name === column) === true) this.#note(item.relation, column);
      }
      return;
    }
    const sub = as(node, "RangeSubselect");
    if (sub !== undefined) {
      const select = as(sub.subquery, "SelectStmt");
      const columns = select === undefined ? null : this.select(select, [...items, ...outer], ctes);
      const names = strings(sub.alias?.colnames);
      items.push({
        alias: sub.alias?.aliasname ?? "",
        relation: null,
        columns: columns?.map((c, i) => ({ ...c, name: names[i] ?? c.name })) ?? null,
      });
      return;
    }
    const fn = as(node, "RangeFunction");
    const alias = fn?.alias?.aliasname ?? "";
    this.#expressions(node, [...items, ...outer], ctes);
    items.push({ alias, relation: null, columns: null });
  }

  #table(range: RangeVar, ctes: Ctes): Item {
    const name = range.relname ?? "";
    const alias = range.alias?.aliasname ?? name;
    if (range.schemaname === undefined && ctes.has(name)) return { alias, relation: null, columns: ctes.get(name) ?? null };
    const relation = this.#context.relation(range);
    this.#note(relation, null);
    const renamed = strings(range.alias?.colnames);
    const columns = this.#context.state.relations.get(relation)?.columns ?? null;
    return { alias, relation, columns: columns?.map((c, i) => ({ ...c, name: renamed[i] ?? c.name })) ?? null };
  }

  #expressions(node: unknown, scope: readonly Item[], ctes: Ctes): void {
    walk(node, (tag, body) => {
      if (tag === "SelectStmt") {
        this.select(body, scope, ctes);
        return false;
      }
      if (tag === "ColumnRef") this.#column((body as { fields?: Node[] }).fields ?? [], scope);
      return undefined;
    });
  }

  #column(fields: readonly Node[], scope: readonly Item[]): void {
    const parts = strings(fields);
    const star = fields.some((f) => "A_Star" in f);
    const qualifier = star ? parts.at(-1) : parts.at(-2);
    const name = parts.at(-1) ?? "";
    for (const item of scope) {
      if (qualifier !== undefined && item.alias !== qualifier) continue;
      if (item.relation === null) continue;
      if (star) for (const column of item.columns ?? []) this.#note(item.relation, column.name);
      else if (item.columns?.some((c) => c.name === name) === true || qualifier !== undefined) {
        this.#note(item.relation, name);
        return;
      }
    }
  }
}

function outputs(select: SelectStmt, items: readonly Item[], context: Context): readonly Column[] | null {
  const columns: Column[] = [];
  for (const target of all(select.targetList, "ResTarget")) {
    const ref = as(target.val, "ColumnRef");
    const parts = strings(ref?.fields);
    if (ref?.fields?.some((f) => "A_Star" in f) === true) {
      const from = parts.length === 0 ? items : items.filter((i) => i.alias === parts.at(-1));
      if (from.length === 0 && parts.length > 0) return null;
      for (const item of from) {
        if (item.columns === null) return null;
        columns.push(...item.columns.map((c) => plainColumn(c.name, c.type)));
      }
      continue;
    }
    const name = target.name ?? figureName(target.val) ?? "?column?";
    columns.push(plainColumn(name, typeOfTarget(target.val, parts, items, context)));
  }
  return columns;
}

function typeOfTarget(value: Node | undefined, parts: readonly string[], items: readonly Item[], context: Context): TypeRef {
  const cast = as(value, "TypeCast");
  if (cast !== undefined) return readType(cast.typeName, context.state).type;
  if (parts.length === 0) return UNKNOWN_TYPE;
  for (const item of items) {
    if (parts.length > 1 && item.alias !== parts.at(-2)) continue;
    const column = item.columns?.find((c) => c.name === parts.at(-1));
    if (column !== undefined) return column.type;
  }
  return UNKNOWN_TYPE;
}

function plainColumn(name: string, type: TypeRef): Column {
  return { name, type, notNull: false, default: null, identity: null, generated: null, collation: null, comment: null };
}
