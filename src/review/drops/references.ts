import { all, as, strings, walk, type Grammar, type Node } from "../../engines/postgres/parse/grammar.ts";
import type { SchemaState } from "../../model/schema.ts";

export type UseKind = "read" | "write" | "delete";

/** What one statement does with tables and columns of a schema. */
export interface References {
  /** By `public.person` (the table) and `public.person email` (a column): everything that is done with it. */
  readonly uses: ReadonlyMap<string, ReadonlySet<UseKind>>;
  /** Why it could not be read to the end, or null. It may then use anything that its text names. */
  readonly unread: string | null;
}

export function columnKey(table: string, column: string): string {
  return `${table} ${column}`;
}

/**
 * Which tables and columns a query names, resolved as Postgres does, and never fewer: a name that may be one of several columns counts
 * for each of them, `*` and a whole row (`row_to_json(person)`) name every column, a constraint of ON CONFLICT those of its key.
 */
export function referencesOf(grammar: Grammar, sql: string, state: SchemaState): References {
  const parsed = grammar.parse(sql);
  if (!parsed.ok) return { uses: new Map(), unread: `it does not parse: ${parsed.message}` };
  const reader = new Reader(state);
  for (const statement of parsed.statements) reader.statement(statement, null);
  return { uses: reader.uses, unread: reader.unread };
}

interface Item {
  readonly alias: string;
  readonly relation: string | null;
  /** Null: it may have any. */
  readonly columns: ReadonlySet<string> | null;
  /** Of a relation: what an alias list (`person AS p(a, b)`) calls its columns, or null. */
  readonly renamed: ReadonlyMap<string, string> | null;
}

interface Scope {
  readonly items: Item[];
  readonly outer: Scope | null;
  /** Outputs of common table expressions by name; null: not known. */
  readonly ctes: Map<string, ReadonlySet<string> | null>;
  /** Names of the target list, which ORDER BY and GROUP BY may use. */
  readonly outputs: Set<string>;
}

type Outputs = ReadonlySet<string> | null;

class Reader {
  readonly uses = new Map<string, Set<UseKind>>();
  unread: string | null = null;
  readonly #state: SchemaState;
  /** Every relation of the statement: a name that nothing explains may be a column of each. */
  readonly #relations = new Set<string>();

  constructor(state: SchemaState) {
    this.#state = state;
  }

  statement(node: Node, outer: Scope | null): Outputs {
    const select = as(node, "SelectStmt");
    if (select !== undefined) return this.#select(select, outer);
    const insert = as(node, "InsertStmt");
    if (insert !== undefined) return this.#insert(insert, outer);
    const update = as(node, "UpdateStmt");
    if (update !== undefined) {
      const scope = this.#scope(outer);
      this.#with(update.withClause, scope);
      const target = this.#target(update.relation, scope, "write");
      for (const from of update.fromClause ?? []) this.#from(from, scope);
      this.#assignments(update.targetList, target, scope);
      this.#expression(update.whereClause, scope);
      return this.#returning(update, scope);
    }
    const remove = as(node, "DeleteStmt");
    if (remove !== undefined) {
      const scope = this.#scope(outer);
      this.#with(remove.withClause, scope);
      this.#target(remove.relation, scope, "delete");
      for (const from of remove.usingClause ?? []) this.#from(from, scope);
      this.#expression(remove.whereClause, scope, "delete");
      return this.#returning(remove, scope);
    }
    const merge = as(node, "MergeStmt");
    if (merge !== undefined) {
      const scope = this.#scope(outer);
      this.#with(merge.withClause, scope);
      const target = this.#target(merge.relation, scope, "write");
      if (merge.sourceRelation !== undefined) this.#from(merge.sourceRelation, scope);
      this.#expression(merge.joinCondition, scope);
      for (const clause of all(merge.mergeWhenClauses, "MergeWhenClause")) {
        this.#expression(clause.condition, scope);
        if (clause.commandType === "CMD_INSERT" && clause.targetList === undefined) this.#everyColumn(target, "write");
        if (clause.commandType === "CMD_DELETE" && target !== null) this.#note(target, "delete");
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
      const relation = copy.relation === undefined ? null : this.#relation(copy.relation);
      if (relation === null) return;
      const kind = copy.is_from === true ? "write" : "read";
      this.#note(relation, kind);
      const named = strings(copy.attlist);
      if (named.length === 0) this.#everyColumn(relation, kind);
      for (const column of named) this.#note(columnKey(relation, column), kind);
      this.#expression(copy.whereClause, { items: [this.#itemOf(relation, relation)], outer, ctes: new Map(), outputs: new Set() });
      return;
    }
    const truncate = as(node, "TruncateStmt");
    if (truncate !== undefined) {
      for (const range of all(truncate.relations, "RangeVar")) this.#note(this.#relation(range), "delete");
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
      if (tag === "RangeVar") this.#note(this.#relation(body), "read");
      return undefined;
    });
    this.#expression(node, this.#scope(outer));
  }

  #select(select: NonNullable<ReturnType<typeof selectOf>>, outer: Scope | null): Outputs {
    const scope = this.#scope(outer);
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
    const scope = this.#scope(outer);
    this.#with(insert.withClause, scope);
    const target = this.#relationOf(insert.relation);
    if (target !== null) this.#note(target, "write");
    if (insert.selectStmt !== undefined) this.statement(insert.selectStmt, scope);
    if (target !== null) scope.items.push(this.#itemOf(insert.relation?.alias?.aliasname ?? insert.relation?.relname ?? "", target));
    const named = all(insert.cols, "ResTarget").flatMap(({ name }) => name ?? []);
    if (target !== null) {
      // Values by position are given to columns in their order.
      if (insert.cols === undefined && insert.selectStmt !== undefined) this.#everyColumn(target, "write");
      for (const name of named) this.#note(columnKey(target, name), "write");
    }
    const conflict = insert.onConflictClause;
    if (conflict !== undefined && target !== null) {
      for (const element of all(conflict.infer?.indexElems, "IndexElem")) {
        if (element.name !== undefined) this.#note(columnKey(target, element.name), "read");
        this.#expression(element.expr, scope);
      }
      const constraint = conflict.infer?.conname;
      if (constraint !== undefined) {
        const key = this.#state.relations.get(target)?.constraints.find(({ name }) => name === constraint);
        for (const column of key?.columns ?? []) this.#note(columnKey(target, column), "read");
        if (key === undefined) this.#everyColumn(target, "read");
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
      if (name !== undefined && target !== null) this.#note(columnKey(target, name), "write");
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
      scope.items.push(this.#table(range, scope));
      return;
    }
    const join = as(node, "JoinExpr");
    if (join !== undefined) {
      const before = scope.items.length;
      if (join.larg !== undefined) this.#from(join.larg, scope);
      if (join.rarg !== undefined) this.#from(join.rarg, scope);
      const joined = scope.items.slice(before);
      for (const column of strings(join.usingClause)) for (const item of joined) this.#column(item, column);
      // A natural join reads whatever both sides have in common, and that changes with what they have.
      if (join.isNatural === true) for (const item of joined) if (item.relation !== null) this.#everyColumn(item.relation, "read");
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
          if (item.relation !== null) this.#everyColumn(item.relation, "read");
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
      if (tag === "ColumnRef") this.#reference((body as { fields?: Node[] }).fields ?? [], scope, kind);
      return undefined;
    });
  }

  #reference(fields: readonly Node[], scope: Scope, kind: UseKind): void {
    const parts = strings(fields);
    const star = fields.some((field) => "A_Star" in field);
    const name = star ? null : (parts.at(-1) ?? "");
    const qualifier = star ? parts.at(-1) : parts.at(-2);
    // `count(*)` has no field at all; `t.*` names every column, `*` every one of the scope.
    if (qualifier === undefined && star) {
      for (const item of scope.items) if (item.relation !== null) this.#everyColumn(item.relation, kind);
      return;
    }
    let at: Scope | null = scope;
    for (; at !== null; at = at.outer) {
      const having = at.items.filter((item) =>
        qualifier === undefined ? item.columns === null || item.columns.has(name ?? "") : item.alias === qualifier,
      );
      for (const item of having) {
        if (name === null) {
          if (item.relation !== null) this.#everyColumn(item.relation, kind);
        } else this.#column(item, name, kind);
      }
      // What cannot be listed may have the name or not: the outer scopes are asked as well.
      if (having.some((item) => qualifier !== undefined || item.columns !== null)) return;
      if (qualifier === undefined && at.outputs.has(name ?? "")) return;
      const whole = qualifier === undefined ? at.items.find((item) => item.alias === name) : undefined;
      if (whole !== undefined) {
        if (whole.relation !== null) this.#everyColumn(whole.relation, kind);
        return;
      }
      // `person.address.street`: an attribute of a composite column; `schema.person.email`.
      if (parts.length > 2) {
        const item = at.items.find((candidate) => candidate.alias === parts.at(-3));
        if (item !== undefined) {
          this.#column(item, parts.at(-2) ?? "", kind);
          return;
        }
      }
    }
    if (name !== null) for (const relation of this.#relations) this.#note(columnKey(relation, name), kind);
  }

  #column(item: Item, name: string, kind: UseKind = "read"): void {
    if (item.relation === null) return;
    const column = item.renamed?.get(name) ?? name;
    this.#note(columnKey(item.relation, column), kind);
    // A whole row under its own name in a scope that cannot list its columns.
    if (item.columns?.has(name) === false && name === item.alias) this.#everyColumn(item.relation, kind);
  }

  #table(range: Range, scope: Scope): Item {
    const name = range.relname ?? "";
    const alias = range.alias?.aliasname ?? name;
    if (range.schemaname === undefined) {
      for (let at: Scope | null = scope; at !== null; at = at.outer) {
        const cte = at.ctes.get(name);
        if (cte !== undefined) return { alias, relation: null, columns: cte, renamed: null };
      }
    }
    const relation = this.#relation(range);
    this.#note(relation, "read");
    const item = this.#itemOf(alias, relation);
    const names = strings(range.alias?.colnames);
    if (names.length === 0 || item.columns === null) return item;
    const own = [...item.columns];
    return {
      ...item,
      columns: new Set(own.map((column, i) => names[i] ?? column)),
      renamed: new Map(own.flatMap((column, i) => (names[i] === undefined ? [] : [[names[i], column] as const]))),
    };
  }

  #target(range: Range | undefined, scope: Scope, kind: UseKind): string | null {
    const relation = this.#relationOf(range);
    if (relation === null) return null;
    this.#note(relation, kind);
    scope.items.push(this.#itemOf(range?.alias?.aliasname ?? range?.relname ?? "", relation));
    return relation;
  }

  #itemOf(alias: string, relation: string): Item {
    return { alias, relation, columns: namesOf(this.#state.relations.get(relation)), renamed: null };
  }

  #relationOf(range: Range | undefined): string | null {
    return range?.relname === undefined ? null : this.#relation(range);
  }

  /** A table by its name; without a schema the one that the search path or its rarity tells. */
  #relation(range: Range): string {
    const name = range.relname ?? "";
    const relation = range.schemaname === undefined ? resolveName(name, this.#state) : `${range.schemaname}.${name}`;
    this.#relations.add(relation);
    return relation;
  }

  #everyColumn(relation: string | null, kind: UseKind): void {
    if (relation === null) return;
    for (const column of this.#state.relations.get(relation)?.columns ?? []) this.#note(columnKey(relation, column.name), kind);
  }

  #note(key: string, kind: UseKind): void {
    const kinds = this.uses.get(key);
    if (kinds === undefined) this.uses.set(key, new Set([kind]));
    else kinds.add(kind);
  }

  #scope(outer: Scope | null): Scope {
    return { items: [], outer, ctes: new Map(), outputs: new Set() };
  }
}

interface Range {
  readonly relname?: string;
  readonly schemaname?: string;
  readonly alias?: { readonly aliasname?: string; readonly colnames?: Node[] };
}

function selectOf(node: Node) {
  return as(node, "SelectStmt");
}

function namesOf(relation: { readonly columns: readonly { readonly name: string }[] } | undefined): ReadonlySet<string> | null {
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
