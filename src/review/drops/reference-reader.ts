import { all, as, strings, walk, type Node } from "../../engines/postgres/parse/grammar.ts";
import type { SchemaState } from "../../model/schema.ts";
import { Names, namesOf, scopeIn, type Outputs, type Scope } from "./reference-names.ts";
import { columnKey, type UseKind } from "./use-key.ts";

/** Reads statements of any kind, one after the other. */
export class StatementReader {
  unread: string | null = null;
  readonly #state: SchemaState;
  readonly #names: Names;

  constructor(state: SchemaState) {
    this.#state = state;
    this.#names = new Names(state);
  }

  get uses(): ReadonlyMap<string, ReadonlySet<UseKind>> {
    return this.#names.uses;
  }

  statement(node: Node, outer: Scope | null): Outputs {
    const select = as(node, "SelectStmt");
    if (select !== undefined) return this.#select(select, outer);
    const insert = as(node, "InsertStmt");
    if (insert !== undefined) return this.#insert(insert, outer);
    const update = as(node, "UpdateStmt");
    if (update !== undefined) {
      const scope = scopeIn(outer);
      this.#with(update.withClause, scope);
      const target = this.#names.target(update.relation, scope, "write");
      for (const from of update.fromClause ?? []) this.#from(from, scope);
      this.#assignments(update.targetList, target, scope);
      this.#expression(update.whereClause, scope);
      return this.#returning(update, scope);
    }
    const remove = as(node, "DeleteStmt");
    if (remove !== undefined) {
      const scope = scopeIn(outer);
      this.#with(remove.withClause, scope);
      this.#names.target(remove.relation, scope, "delete");
      for (const from of remove.usingClause ?? []) this.#from(from, scope);
      this.#expression(remove.whereClause, scope, "delete");
      return this.#returning(remove, scope);
    }
    const merge = as(node, "MergeStmt");
    if (merge !== undefined) {
      const scope = scopeIn(outer);
      this.#with(merge.withClause, scope);
      const target = this.#names.target(merge.relation, scope, "write");
      if (merge.sourceRelation !== undefined) this.#from(merge.sourceRelation, scope);
      this.#expression(merge.joinCondition, scope);
      for (const clause of all(merge.mergeWhenClauses, "MergeWhenClause")) {
        this.#expression(clause.condition, scope);
        if (clause.commandType === "CMD_INSERT" && clause.targetList === undefined) this.#names.everyColumn(target, "write");
        if (clause.commandType === "CMD_DELETE" && target !== null) this.#names.note(target, "delete");
        this.#assignments(clause.targetList, target, scope);
        this.#expression(clause.values, scope);
      }
      return this.#returning(merge, scope);
    }
    this.#other(node, outer);
    return null;
  }

  /** COPY, TRUNCATE, LOCK, EXPLAIN, PREPARE, CALL and everything else. */
  #other(node: Node, outer: Scope | null): void {
    const copy = as(node, "CopyStmt");
    if (copy !== undefined) {
      if (copy.query !== undefined) this.statement(copy.query, outer);
      const relation = copy.relation === undefined ? null : this.#names.relation(copy.relation);
      if (relation === null) return;
      const kind = copy.is_from === true ? "write" : "read";
      this.#names.note(relation, kind);
      const named = strings(copy.attlist);
      if (named.length === 0) this.#names.everyColumn(relation, kind);
      for (const column of named) this.#names.note(columnKey(relation, column), kind);
      this.#expression(copy.whereClause, { items: [this.#names.itemOf(relation, relation)], outer, ctes: new Map(), outputs: new Set() });
      return;
    }
    const truncate = as(node, "TruncateStmt");
    if (truncate !== undefined) {
      for (const range of all(truncate.relations, "RangeVar")) this.#names.note(this.#names.relation(range), "delete");
      return;
    }
    const inner = as(node, "ExplainStmt")?.query ?? as(node, "PrepareStmt")?.query ?? as(node, "DeclareCursorStmt")?.query;
    if (inner !== undefined) {
      this.statement(inner, outer);
      return;
    }
    if (as(node, "DoStmt") !== undefined) this.unread = "what a DO block does is not read";
    // Names in what is left: tables are touched, and names of columns count for each of them.
    walk([node], (tag, body) => {
      if (tag === "RangeVar") this.#names.note(this.#names.relation(body), "read");
      return undefined;
    });
    this.#expression(node, scopeIn(outer));
  }

  #select(select: NonNullable<ReturnType<typeof selectOf>>, outer: Scope | null): Outputs {
    const scope = scopeIn(outer);
    this.#with(select.withClause, scope);
    if (select.larg !== undefined || select.rarg !== undefined) {
      const left = select.larg === undefined ? null : this.#select(select.larg, scope);
      if (select.rarg !== undefined) this.#select(select.rarg, scope);
      for (const name of left ?? []) scope.outputs.add(name);
      this.#expression(select.sortClause, scope);
      this.#expression([select.limitCount, select.limitOffset], scope);
      return left;
    }
    for (const from of select.fromClause ?? []) this.#from(from, scope);
    const outputs = this.#targets(select.targetList, scope);
    this.#expression(select.whereClause, scope);
    this.#expression(select.valuesLists, scope);
    const after: Scope = { ...scope, outputs: new Set(outputs ?? []) };
    this.#expression(
      [
        select.groupClause,
        select.distinctClause,
        select.havingClause,
        select.windowClause,
        select.sortClause,
        select.limitCount,
        select.limitOffset,
      ],
      after,
    );
    if (select.valuesLists !== undefined) {
      const width = as(select.valuesLists[0], "List")?.items?.length ?? 0;
      return new Set(Array.from({ length: width }, (_, i) => `column${i + 1}`));
    }
    return outputs;
  }

  #insert(insert: Extract<Node, { InsertStmt: unknown }>["InsertStmt"], outer: Scope | null): Outputs {
    const scope = scopeIn(outer);
    this.#with(insert.withClause, scope);
    const target = this.#names.relationOf(insert.relation);
    if (target !== null) this.#names.note(target, "write");
    if (insert.selectStmt !== undefined) this.statement(insert.selectStmt, scope);
    if (target !== null) scope.items.push(this.#names.itemOf(insert.relation?.alias?.aliasname ?? insert.relation?.relname ?? "", target));
    const named = all(insert.cols, "ResTarget").flatMap(({ name }) => name ?? []);
    if (target !== null) {
      // Values by position are given to columns in their order.
      if (insert.cols === undefined && insert.selectStmt !== undefined) this.#names.everyColumn(target, "write");
      for (const name of named) this.#names.note(columnKey(target, name), "write");
    }
    const conflict = insert.onConflictClause;
    if (conflict !== undefined && target !== null) {
      for (const element of all(conflict.infer?.indexElems, "IndexElem")) {
        if (element.name !== undefined) this.#names.note(columnKey(target, element.name), "read");
        this.#expression(element.expr, scope);
      }
      const constraint = conflict.infer?.conname;
      if (constraint !== undefined) {
        const key = this.#state.relations.get(target)?.constraints.find(({ name }) => name === constraint);
        for (const column of key?.columns ?? []) this.#names.note(columnKey(target, column), "read");
        if (key === undefined) this.#names.everyColumn(target, "read");
      }
      const own = this.#state.relations.get(target);
      const inner: Scope = {
        ...scope,
        items: [...scope.items, { alias: "excluded", relation: target, columns: namesOf(own), renamed: null }],
      };
      this.#assignments(conflict.targetList, target, inner);
      this.#expression(conflict.whereClause, inner);
      this.#expression(conflict.infer?.whereClause, scope);
    }
    return this.#returning(insert, scope);
  }

  #assignments(targets: readonly Node[] | undefined, target: string | null, scope: Scope): void {
    for (const { name, val, indirection } of all(targets, "ResTarget")) {
      if (name !== undefined && target !== null) this.#names.note(columnKey(target, name), "write");
      this.#expression(indirection, scope);
      this.#expression(val, scope);
    }
  }

  #returning(statement: { readonly returningClause?: { readonly exprs?: Node[]; readonly options?: Node[] } }, scope: Scope): Outputs {
    const target = scope.items[0];
    const given = (statement.returningClause?.options ?? []).flatMap((o) =>
      "ReturningOption" in o ? (o.ReturningOption.value ?? []) : [],
    );
    const rows = target === undefined ? [] : ["old", "new", ...given].map((alias) => ({ ...target, alias }));
    return this.#targets(statement.returningClause?.exprs, { ...scope, items: [...scope.items, ...rows] });
  }

  #with(clause: { readonly ctes?: Node[]; readonly recursive?: boolean } | undefined, scope: Scope): void {
    for (const cte of all(clause?.ctes, "CommonTableExpr")) {
      const name = cte.ctename ?? "";
      const named = strings(cte.aliascolnames);
      if (clause?.recursive === true) scope.ctes.set(name, named.length > 0 ? new Set(named) : null);
      const outputs = cte.ctequery === undefined ? null : this.statement(cte.ctequery, scope);
      scope.ctes.set(name, named.length > 0 ? new Set(named) : outputs);
    }
  }

  #from(node: Node, scope: Scope): void {
    const range = as(node, "RangeVar");
    if (range !== undefined) {
      scope.items.push(this.#names.table(range, scope));
      return;
    }
    const join = as(node, "JoinExpr");
    if (join !== undefined) {
      const before = scope.items.length;
      if (join.larg !== undefined) this.#from(join.larg, scope);
      if (join.rarg !== undefined) this.#from(join.rarg, scope);
      const joined = scope.items.slice(before);
      for (const column of strings(join.usingClause)) for (const item of joined) this.#names.column(item, column);
      // A natural join reads whatever both sides have in common, and that changes with what they have.
      if (join.isNatural === true) for (const item of joined) if (item.relation !== null) this.#names.everyColumn(item.relation, "read");
      this.#expression(join.quals, scope);
      if (join.alias?.aliasname !== undefined)
        scope.items.push({ alias: join.alias.aliasname, relation: null, columns: null, renamed: null });
      return;
    }
    const sub = as(node, "RangeSubselect");
    if (sub !== undefined) {
      const outputs = sub.subquery === undefined ? null : this.statement(sub.subquery, scope);
      const named = strings(sub.alias?.colnames);
      const columns = named.length > 0 && outputs !== null ? new Set([...named, ...[...outputs].slice(named.length)]) : outputs;
      scope.items.push({ alias: sub.alias?.aliasname ?? "", relation: null, columns, renamed: null });
      return;
    }
    const sample = as(node, "RangeTableSample");
    if (sample?.relation !== undefined) {
      this.#from(sample.relation, scope);
      return;
    }
    this.#expression(node, scope);
    const alias = as(node, "RangeFunction")?.alias ?? as(node, "JsonTable")?.alias ?? as(node, "RangeTableFunc")?.alias;
    scope.items.push({ alias: alias?.aliasname ?? "", relation: null, columns: null, renamed: null });
  }

  #targets(targets: readonly Node[] | undefined, scope: Scope): Outputs {
    const outputs = new Set<string>();
    let open = false;
    for (const { name, val } of all(targets, "ResTarget")) {
      const fields = as(val, "ColumnRef")?.fields ?? [];
      if (fields.some((field) => "A_Star" in field)) {
        const of = strings(fields).at(-1);
        for (const item of scope.items) {
          if (of !== undefined && item.alias !== of) continue;
          if (item.relation !== null) this.#names.everyColumn(item.relation, "read");
          if (item.columns === null) open = true;
          else for (const column of item.columns) outputs.add(column);
        }
        continue;
      }
      this.#expression(val, scope);
      const implied = strings(fields).at(-1) ?? strings(as(val, "FuncCall")?.funcname).at(-1);
      const output = name ?? implied;
      if (output !== undefined) outputs.add(output);
    }
    return open ? null : outputs;
  }

  #expression(node: unknown, scope: Scope, kind: UseKind = "read"): void {
    walk(node, (tag, body) => {
      if (tag === "SelectStmt" || tag === "InsertStmt" || tag === "UpdateStmt" || tag === "DeleteStmt" || tag === "MergeStmt") {
        this.statement({ [tag]: body } as unknown as Node, scope);
        return false;
      }
      if (tag === "ColumnRef") this.#names.reference((body as { fields?: Node[] }).fields ?? [], scope, kind);
      return undefined;
    });
  }
}

function selectOf(node: Node) {
  return as(node, "SelectStmt");
}
