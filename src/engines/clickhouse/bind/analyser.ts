import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { childrenOf, tableNamed } from "../changes/expression.ts";
import { expressionType } from "../changes/expression-type.ts";
import { tableOf } from "../changes/context.ts";
import type { AsteriskExpression, ColumnsExpression, Expression, IdentifierExpression, Query } from "../parse/ast.ts";
import { functionProblem } from "./functions.ts";
import { columnName } from "./column-name.ts";
import {
  findColumn,
  hasSubcolumn,
  isVirtual,
  note,
  problem,
  unclear,
  type Findings,
  type Scope,
  type Source,
  type SourceColumn,
} from "./scope.ts";

type Bound = ReadonlySet<string>;
const NONE: Bound = new Set();

/** Resolves the names of the expressions of one SELECT. */
export class Analyser {
  readonly #findings: Findings;
  readonly #sub: (query: Query, outer: Scope | null) => Source;
  /** Aliases whose own expression is being visited: inside of it the name is the column's. */
  readonly #inside: string[] = [];

  constructor(findings: Findings, sub: (query: Query, outer: Scope | null) => Source) {
    this.#findings = findings;
    this.#sub = sub;
  }

  collectAliases(e: Expression, aliases: Set<string>): void {
    if (e.alias !== null) aliases.add(e.alias.text);
    for (const child of childrenOf(e)) this.collectAliases(child, aliases);
  }

  visit(e: Expression, scope: Scope, bound: Bound = NONE): void {
    if (e.alias !== null) this.#inside.push(e.alias.text);
    this.#visit(e, scope, bound);
    if (e.alias !== null) this.#inside.pop();
  }

  #visit(e: Expression, scope: Scope, bound: Bound): void {
    switch (e.kind) {
      case "identifier":
        if (!bound.has(e.parts[0]?.text ?? "")) this.#resolve(e, scope, true);
        return;
      case "lambda":
        this.visit(e.body, scope, new Set([...bound, ...e.parameters.map((p) => p.text)]));
        return;
      case "subquery":
        this.#sub(e.query, scope);
        return;
      case "asterisk":
        // count(*), and * among the arguments of a function.
        for (const source of scope.sources) if (source.table !== null) note(this.#findings, source.table, null);
        return;
      case "function":
        this.#function(e, scope, bound);
        return;
      case "literal":
      case "cast":
      case "columns":
      case "parameter":
        break;
      default:
        return e satisfies never;
    }
    for (const child of childrenOf(e)) this.visit(child, scope, bound);
  }

  #function(e: Extract<Expression, { kind: "function" }>, scope: Scope, bound: Bound): void {
    const { state } = this.#findings;
    let rest = childrenOf(e);
    const [first, second] = e.arguments;
    if (/^(?:dict(?:get|has|is)|joinget)/i.test(e.name) && first !== undefined) {
      this.#dictionary(e, first, second);
      if (first.kind === "identifier") rest = rest.filter((c) => c !== first);
    } else if (/^(?:global)?(?:not)?in$/i.test(e.name) && second?.kind === "identifier" && !this.#resolve(second, scope, false)) {
      const cte = second.parts.length === 1 ? scope.ctes.get(second.parts[0]?.text ?? "") : undefined;
      const key = tableNamed(second, { database: this.#findings.database });
      if (cte !== undefined) cte();
      else if (key !== null && tableOf(state, key) !== undefined) note(this.#findings, key, null);
      else this.#resolve(second, scope, true);
      rest = rest.filter((c) => c !== second);
    }
    for (const child of rest) this.visit(child, scope, bound);
    // `f(*)` takes as many as there are columns.
    const spread = e.arguments.some((a) => a.kind === "asterisk" || a.kind === "columns");
    const bad = functionProblem(e, state);
    if (bad !== null && !(spread && bad.code === 42)) problem(this.#findings, bad.code, bad.message);
  }

  #dictionary(e: Extract<Expression, { kind: "function" }>, first: Expression, second: Expression | undefined): void {
    const { state, database } = this.#findings;
    const key = tableNamed(first, { database });
    if (key === null) {
      unclear(this.#findings, `${e.name} of a dictionary whose name is computed`);
      return;
    }
    const dictionary = tableOf(state, key);
    if (dictionary === undefined) {
      if (!state.complete) unclear(this.#findings, `dictionary ${key} is created by no migration that is known here`);
      // Measured: dictGet of a missing dictionary is 36, joinGet of a missing table 60.
      else problem(this.#findings, /^join/i.test(e.name) ? 60 : 36, `Dictionary (\`${key}\`) not found`);
      return;
    }
    note(this.#findings, key, null);
    const attribute = second?.kind === "literal" && second.value.type === "string" ? second.value.value : null;
    if (attribute === null || !/^(?:dictget|joinget)/i.test(e.name) || /^dictget(?:hierarchy|children|descendants|keys|all)$/i.test(e.name))
      return;
    if (dictionary.columnsKnown && !dictionary.columns.some((c) => c.name === attribute)) {
      problem(this.#findings, dictionary.kind === "dictionary" ? 36 : 16, `There is no attribute '${attribute}' in ${key}`);
    } else note(this.#findings, key, attribute);
  }

  /** Whether the name stands for something; with `strict` it is recorded, and a problem where it does not. */
  #resolve(e: IdentifierExpression, scope: Scope, strict: boolean): boolean {
    const path = e.parts.flatMap((p) => (p.text === "" ? [] : [p.text]));
    for (let at: Scope | null = scope; at !== null; at = at.outer) {
      const full = path.join(".");
      if ((at.aliases.has(full) || at.aliases.has(path[0] ?? "")) && !(at === scope && this.#inside.includes(path[0] ?? ""))) return true;
      const found = this.#inSources(path, at.sources);
      if (found !== null) {
        if (!strict) return true;
        const table = found.source.table;
        if (table !== null) note(this.#findings, table, found.name);
        for (const origin of found.column.from) if (origin.table !== table) note(this.#findings, origin.table, origin.column);
        if (!hasSubcolumn(found.column.type, found.rest)) problem(this.#findings, 47, `Unknown expression identifier \`${full}\``);
        return true;
      }
      if (at.aliases.has(full)) return true;
    }
    if (isVirtual(path[0] ?? "") || isVirtual(path.at(-1) ?? "")) return true;
    for (let at: Scope | null = scope; at !== null; at = at.outer) if (at.sources.some((s) => s.columns === null)) return true;
    if (strict) problem(this.#findings, 47, `Unknown expression identifier \`${path.join(".")}\``);
    return false;
  }

  #inSources(
    path: readonly string[],
    sources: readonly Source[],
  ): { source: Source; column: SourceColumn; name: string; rest: readonly string[] } | null {
    for (const length of [2, 1]) {
      if (path.length <= length) continue;
      const qualifier = path.slice(0, length).join(".");
      for (const source of sources) {
        if (!source.names.includes(qualifier)) continue;
        const found = findColumn(source, path.slice(length));
        if (found !== null) return { source, ...found };
      }
    }
    for (const source of sources) {
      const found = findColumn(source, path);
      if (found !== null) return { source, ...found };
    }
    return null;
  }

  /** What `*` or COLUMNS stands for; null where a source's columns are not known. */
  expand(e: AsteriskExpression | ColumnsExpression, scope: Scope): [string, SourceColumn][] | null {
    const qualifier = e.qualifier.map((q) => q.text).join(".");
    const chosen = qualifier === "" ? scope.sources : scope.sources.filter((s) => s.names.includes(qualifier));
    const pattern = e.kind === "columns" && e.pattern !== null ? regexp(e.pattern.value) : null;
    let columns: [string, SourceColumn][] = [];
    let known = true;
    for (const source of chosen) {
      if (source.table !== null) {
        note(this.#findings, source.table, null);
        const read = this.#findings.reads.get(source.table);
        if (read !== undefined && pattern === null && e.kind === "asterisk") read.star = true;
      }
      if (source.columns === null) {
        known = false;
        continue;
      }
      for (const [name, column] of source.columns)
        if (column.inStar && (pattern === null || pattern.test(name))) columns.push([name, column]);
    }
    if (e.kind === "columns" && e.pattern === null) {
      for (const child of e.columns) this.visit(child, scope);
      const named = new Set(e.columns.map(columnName));
      columns = columns.filter(([name]) => named.has(name));
    }
    for (const transformer of e.transformers) {
      if (transformer.kind === "except") {
        const except = new Set(transformer.columns.map((c) => c.text));
        const matching = transformer.pattern === null ? null : regexp(transformer.pattern.value);
        columns = columns.filter(([name]) => !except.has(name) && matching?.test(name) !== true);
      } else if (transformer.kind === "replace") {
        for (const { expression, name } of transformer.replacements) {
          this.visit(expression, scope);
          const type = this.typeOf(expression, scope);
          columns = columns.map(([n, c]) => (n === name.text ? [n, { ...c, type }] : [n, c]));
        }
      } else columns = columns.map(([n, c]) => [n, { ...c, type: null }]);
    }
    for (const [name, column] of columns) {
      for (const origin of column.from)
        note(this.#findings, origin.table, pattern === null && e.kind === "asterisk" ? null : origin.column);
      void name;
    }
    return known ? columns : null;
  }

  typeOf(e: Expression, scope: Scope): ClickHouseType | null {
    return expressionType(e, (path) => {
      const found = this.#inSources(path, scope.sources);
      return found === null || found.rest.length > 0 ? null : found.column.type;
    });
  }

  /** The column of a source that a name stands for, where it is no alias: `0.id`. */
  columnOf(e: IdentifierExpression, scope: Scope): string | null {
    const path = e.parts.map((p) => p.text);
    if (scope.aliases.has(path.join("."))) return null;
    const found = this.#inSources(path, scope.sources);
    return found === null ? null : `${scope.sources.indexOf(found.source)}.${found.name}${found.rest.map((r) => `.${r}`).join("")}`;
  }

  /** Columns that the value of an expression comes from. */
  originsOf(e: Expression, scope: Scope): SourceColumn["from"] {
    const origins: { table: string; column: string }[] = [];
    const walk = (at: Expression): void => {
      if (at.kind === "identifier") {
        const found = this.#inSources(
          at.parts.map((p) => p.text),
          scope.sources,
        );
        if (found !== null) origins.push(...found.column.from);
      }
      for (const child of childrenOf(at)) walk(child);
    };
    walk(e);
    return origins;
  }
}

function regexp(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    return /(?:)/;
  }
}
