import { buildField, shortName } from "../fields.ts";
import { quoteName } from "../schema/names.ts";
import { literal } from "../schema/literals.ts";
import { NotRenderable } from "../schema/not-renderable.ts";
import { dbType, internalType, isKey } from "../schema/types.ts";
import { prepare } from "../schema/defaults.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import { primaryKeyOf } from "../state.ts";
import type { PyCall, PyOperation, PyValue } from "../values.ts";
import { isKind, isUnknown } from "../values.ts";
import { FUNCTIONS } from "./functions.ts";
import { constant, kindOfField, kindOfValue } from "./kinds.ts";
import type { SqlKind } from "./kinds.ts";
import { lookupSql } from "./lookups.ts";
import { readQ } from "./q.ts";
import type { Q } from "./q.ts";

/** A compiled expression. */
export interface Compiled {
  readonly sql: string;
  /** `column` is not wrapped in parentheses in an index, `value` not on the right of a lookup. */
  readonly form: "column" | "value" | "other";
  /** What it yields, as far as that decides SQL. */
  readonly kind: SqlKind;
  readonly field: FieldState | null;
}

/** Compiles conditions and expressions of one model, as `Query(model, alias_cols=False)` does: columns stand without their table. */
export class Compiler {
  readonly model: ModelState;
  readonly state: ProjectState;
  /** Columns that were named, in order. */
  readonly columns: string[] = [];
  insideWhere = false;

  constructor(model: ModelState, state: ProjectState) {
    this.model = model;
    this.state = state;
  }

  /** A field of the model by name, attname or `pk`. */
  field(name: string): FieldState {
    const found =
      name === "pk" ? primaryKeyOf(this.model) : this.model.fields.find((f) => f.name === name || (isKey(f) && f.attname === name));
    if (found === null || found === undefined) throw new NotRenderable(`the model has no field \`${name}\``);
    return found;
  }

  column(name: string): Compiled {
    // `team__id` is the column `team_id`; anything further is a join, which no constraint may have.
    const [first = "", ...rest] = name.split("__");
    const field = this.field(first);
    if (rest.length > 0 && !(isKey(field) && rest.length === 1 && (rest[0] === "id" || rest[0] === "pk"))) {
      if (shortName(field.className) === "JSONField") return this.jsonPath(field, rest);
      throw new NotRenderable(`\`${name}\` goes beyond the model's own columns`);
    }
    if (field.column === null) throw new NotRenderable(`\`${first}\` has no column`);
    this.columns.push(field.column);
    return { sql: quoteName(field.column), form: "column", kind: kindOfField(field, this.state), field };
  }

  jsonPath(field: FieldState, keys: readonly string[]): Compiled {
    if (field.column === null) throw new NotRenderable(`\`${field.name}\` has no column`);
    this.columns.push(field.column);
    const column = quoteName(field.column);
    const key = (k: string): string => (/^\d+$/.test(k) ? k : literal({ kind: "text", value: k }));
    const sql =
      keys.length === 1
        ? `(${column} -> ${key(keys[0] ?? "")})`
        : `(${column} #> ${literal({ kind: "array", items: keys.map((k) => ({ kind: "text", value: k })) })})`;
    return { sql, form: "other", kind: "json", field };
  }

  /** The SQL of a condition (`Q`, a conditional expression), as `build_where` and `WhereNode.as_sql` write it. */
  where(value: PyValue): string {
    const q = readQ(value);
    if (q === null) return this.#within(value).sql;
    const node = this.#clause(q, false);
    return node === null ? "" : node.sql;
  }

  /** An expression that stands in a condition by itself. */
  #within(value: PyValue): Compiled {
    const before = this.insideWhere;
    this.insideWhere = true;
    try {
      return this.expression(value);
    } finally {
      this.insideWhere = before;
    }
  }

  /** @returns the clause and how many parts it has, or null for an empty one. */
  #clause(q: Q, negatedAround: boolean): Clause | null {
    const current = negatedAround !== q.negated;
    const parts: string[] = [];
    for (const child of q.children) {
      if (child.kind === "q") {
        const inner = this.#clause(child, current);
        if (inner === null) continue;
        // `Node.add`: a child with the same connector, or a single one, is merged.
        if (!inner.negated && (inner.connector === q.connector || inner.parts.length === 1)) parts.push(...inner.parts);
        else parts.push(inner.sql);
      } else if (child.kind === "lookup") {
        const lookup = lookupSql(this, child.name, child.value, current);
        // What `build_filter` adds to a lookup under a negation stands in a clause of its own.
        if (lookup.length > 1 && q.connector !== "AND") parts.push(`(${lookup.join(" AND ")})`);
        else parts.push(...lookup);
      } else parts.push(this.#within(child.value).sql);
    }
    if (parts.length === 0) return null;
    const joined = parts.join(` ${q.connector} `);
    const sql = q.negated ? `NOT (${joined})` : parts.length > 1 ? `(${joined})` : joined;
    return { sql, parts, connector: q.connector, negated: q.negated };
  }

  /** An expression: `F`, `Value`, functions, arithmetic, `Case`. */
  expression(value: PyValue): Compiled {
    if (isUnknown(value)) throw new NotRenderable(value.reason);
    if (isKind(value, "operation")) return this.#operation(value);
    if (isKind(value, "call")) return this.#call(value);
    return constant(value);
  }

  /** As `expression`, with a bare string meaning a field, as most functions take it. */
  source(value: PyValue): Compiled {
    return typeof value === "string" ? this.column(value) : this.expression(value);
  }

  #operation(value: PyOperation): Compiled {
    const { operator, operands } = value;
    const [left, right] = operands;
    if (readQ(value) !== null) return { sql: this.where(value), form: "other", kind: "boolean", field: null };
    if (left !== undefined && right === undefined) {
      if (operator === "~") return { sql: `NOT ${this.expression(left).sql}`, form: "other", kind: "boolean", field: null };
      if (operator === "-") return this.#combine(this.expression(left), "*", constant(-1));
    }
    if (left === undefined || right === undefined) throw new NotRenderable(`operator \`${operator}\` is not known`);
    const sql = operator === "**" ? null : operator;
    const a = this.expression(left);
    const b = this.expression(right);
    if (sql === null) return { sql: `POWER(${a.sql}, ${b.sql})`, form: "other", kind: a.kind, field: null };
    if (!["+", "-", "*", "/", "%"].includes(sql)) throw new NotRenderable(`operator \`${operator}\` between expressions is not known`);
    return this.#combine(a, sql, b);
  }

  #combine(left: Compiled, operator: string, right: Compiled): Compiled {
    if (left.kind !== right.kind && (left.kind === "date" || right.kind === "date"))
      return { sql: `(${left.sql} ${operator} ${right.sql})`, form: "other", kind: "date", field: null };
    const kind = left.kind === "decimal" || right.kind === "decimal" ? "decimal" : left.kind;
    return { sql: `(${left.sql} ${operator} ${right.sql})`, form: "other", kind, field: null };
  }

  #call(value: PyCall): Compiled {
    const name = value.callee.slice(value.callee.lastIndexOf(".") + 1);
    if (value.callee.startsWith(".")) return this.#method(value, name);
    if (readQ(value) !== null) return { sql: this.where(value), form: "other", kind: "boolean", field: null };
    if (name === "F") {
      const target = value.args[0];
      if (typeof target !== "string") throw new NotRenderable("`F` of something that is no plain string");
      return this.column(target);
    }
    const known = FUNCTIONS[name];
    if (known !== undefined && (value.callee.startsWith("django.") || value.cls === null)) return known(value, this);
    if (value.cls !== null) throw new NotRenderable(`\`${name}\` is an expression of the repository`);
    return constant(value) ?? unreachable(name);
  }

  #method(value: PyCall, name: string): Compiled {
    const receiver = value.receiver;
    if (receiver === undefined) throw new NotRenderable(`\`${name}\` of nothing`);
    if (name === "asc" || name === "desc") return this.ordered(this.source(receiver), name === "desc", value.kwargs);
    throw new NotRenderable(`\`.${name}(…)\` of an expression is not known`);
  }

  ordered(inner: Compiled, descending: boolean, kwargs: Readonly<Record<string, PyValue>>): Compiled {
    const nulls = kwargs["nulls_first"] === true ? " NULLS FIRST" : kwargs["nulls_last"] === true ? " NULLS LAST" : "";
    return { sql: `${inner.sql} ${descending ? "DESC" : "ASC"}${nulls}`, form: "other", kind: inner.kind, field: inner.field };
  }

  /** The field that an `output_field=` argument writes. */
  outputField(value: PyValue): FieldState {
    const field = buildField("", value, { app: "", model: "", table: "", authUserModel: "", evaluator: null }, this.model.span);
    if (field.opaque !== null) throw new NotRenderable(field.opaque);
    return field;
  }

  castType(value: PyValue): string {
    const field = this.outputField(value);
    const type = dbType(field, this.state);
    if (type === null) throw new NotRenderable("a cast to something without a column type");
    return type;
  }

  /** A literal on its way to a field. */
  literalFor(value: PyValue, field: FieldState | null): string {
    if (field === null) return constant(value).sql;
    const prepared = prepare(value, field, this.state);
    if (prepared === null) throw new NotRenderable(`a value for \`${field.name}\` is only known when the code runs`);
    return literal(prepared);
  }

  kind(value: PyValue): SqlKind {
    return kindOfValue(value);
  }

  internal(field: FieldState): string {
    return internalType(field);
  }
}

interface Clause {
  readonly sql: string;
  readonly parts: readonly string[];
  readonly connector: string;
  readonly negated: boolean;
}

function unreachable(name: string): never {
  throw new NotRenderable(`the expression \`${name}\` is not known to tread`);
}
