import type {
  ColumnDeclaration,
  ConstraintDeclaration,
  Expression,
  ForeignKeyDeclaration,
  IndexDeclaration,
  KeyElement,
  ProjectionDeclaration,
  Setting,
  TableElements,
} from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readNameParts } from "../names.ts";
import { readUnsignedInteger } from "../numbers.ts";
import { inCreate, readColumn } from "./columns.ts";
import { readKind } from "./engine.ts";
import { keyElements } from "./keys.ts";

type Element =
  | { readonly kind: "column"; readonly column: ColumnDeclaration }
  | { readonly kind: "index"; readonly index: IndexDeclaration }
  | { readonly kind: "projection"; readonly projection: ProjectionDeclaration }
  | { readonly kind: "constraint"; readonly constraint: ConstraintDeclaration }
  | { readonly kind: "foreign-key"; readonly key: ForeignKeyDeclaration }
  | { readonly kind: "primary-key"; readonly key: Expression };

/** The list between the brackets of CREATE TABLE, without the brackets. */
export function readTableElements(c: Cursor): TableElements | null {
  const start = c.start;
  const elements = readList(c, readElement);
  if (elements === null) return null;
  const primaryKeys = elements.flatMap((element) => (element.kind === "primary-key" ? [element.key] : []));
  if (primaryKeys.length > 1) return null;
  return {
    columns: elements.flatMap((element) => (element.kind === "column" ? [element.column] : [])),
    indexes: elements.flatMap((element) => (element.kind === "index" ? [element.index] : [])),
    projections: elements.flatMap((element) => (element.kind === "projection" ? [element.projection] : [])),
    constraints: elements.flatMap((element) => (element.kind === "constraint" ? [element.constraint] : [])),
    foreignKeys: elements.flatMap((element) => (element.kind === "foreign-key" ? [element.key] : [])),
    primaryKey: primaryKeys[0] ?? null,
    at: c.rangeFrom(start),
  };
}

function readElement(c: Cursor): Element | null {
  if (c.keyword("INDEX")) {
    const index = readIndex(c);
    return index === null ? null : { kind: "index", index };
  }
  if (c.keyword("CONSTRAINT")) {
    const constraint = readConstraint(c);
    return constraint === null ? null : { kind: "constraint", constraint };
  }
  if (c.keyword("PROJECTION")) {
    const projection = readProjection(c);
    return projection === null ? null : { kind: "projection", projection };
  }
  if (c.keyword("PRIMARY", "KEY")) {
    const key = c.grammar.expression(c);
    return key === null || (key.kind !== "identifier" && key.kind !== "function") ? null : { kind: "primary-key", key };
  }
  if (c.keyword("FOREIGN", "KEY")) {
    const key = readForeignKey(c);
    return key === null ? null : { kind: "foreign-key", key };
  }
  const column = readColumn(c, inCreate);
  return column === null ? null : { kind: "column", column };
}

/** `name expression TYPE kind [GRANULARITY n]` */
export function readIndex(c: Cursor): IndexDeclaration | null {
  const start = c.start;
  const name = readName(c);
  const expression = name === null ? null : c.grammar.expression(c);
  if (name === null || expression === null || !c.keyword("TYPE")) return null;
  const type = readKind(c);
  if (type === null) return null;
  const granularity = c.keyword("GRANULARITY") ? readUnsignedInteger(c) : undefined;
  return granularity === null ? null : { name, expression, type, granularity: granularity ?? null, at: c.rangeFrom(start) };
}

/** `name CHECK expression`, `name ASSUME expression` */
export function readConstraint(c: Cursor): ConstraintDeclaration | null {
  const start = c.start;
  const name = readName(c);
  if (name === null) return null;
  const kind = c.keyword("CHECK") ? "check" : c.keyword("ASSUME") ? "assume" : null;
  const expression = kind === null ? null : c.grammar.expression(c);
  return kind === null || expression === null ? null : { name, kind, expression, at: c.rangeFrom(start) };
}

/** `name (SELECT …)`, `name INDEX expression TYPE kind`, both with `WITH SETTINGS (…)` */
export function readProjection(c: Cursor): ProjectionDeclaration | null {
  const start = c.start;
  const name = readName(c);
  const definition = name === null ? null : readProjectionBody(c);
  if (name === null || definition === null) return null;
  let settings: readonly Setting[] = [];
  if (c.keyword("WITH", "SETTINGS")) {
    const list = c.take(Kind.OpenRound, "(") ? c.grammar.settings(c) : null;
    if (list === null || !c.take(Kind.CloseRound, ")")) return null;
    settings = list;
  }
  return { name, definition, settings, at: c.rangeFrom(start) };
}

function readProjectionBody(c: Cursor): ProjectionDeclaration["definition"] | null {
  const start = c.start;
  if (c.keyword("INDEX")) {
    const expressions = readList(c, (at) => at.grammar.expression(at, { alias: true }));
    const type = expressions !== null && c.keyword("TYPE") ? readKind(c) : null;
    return expressions === null || type === null ? null : { kind: "index", expressions, type };
  }
  if (!c.take(Kind.OpenRound, "(")) return null;
  const withList = c.keyword("WITH") ? readList(c, (at) => at.grammar.expression(at, { alias: true })) : [];
  if (withList === null || !c.keyword("SELECT")) return null;
  const columns = readList(c, (at) => at.grammar.expression(at, { alias: true, bareAlias: true }));
  if (columns === null) return null;
  const where = c.keyword("WHERE") ? c.grammar.expression(c, { alias: true }) : undefined;
  // The engine takes a GROUP BY without anything behind it here.
  const groupBy = where !== null && c.keyword("GROUP", "BY") ? (c.attempt(() => readList(c, (at) => at.grammar.expression(at))) ?? []) : [];
  if (where === null) return null;
  let orderBy: readonly KeyElement[] = [];
  if (c.keyword("ORDER", "BY")) {
    const list = readList(c, (at) => at.grammar.expression(at));
    const [only] = list ?? [];
    if (list === null || only === undefined) return null;
    orderBy = list.length === 1 ? keyElements(only) : list.map((expression) => ({ expression, descending: false }));
  }
  const at = c.rangeFrom(start);
  if (!c.take(Kind.CloseRound, ")")) return null;
  return { kind: "select", with: withList, columns, where: where ?? null, groupBy, orderBy, at };
}

function readForeignKey(c: Cursor): ForeignKeyDeclaration | null {
  const start = c.start;
  if (c.grammar.expression(c) === null || !c.keyword("REFERENCES")) return null;
  if (readNameParts(c, true) === null || c.grammar.expression(c) === null) return null;
  while (c.keyword("ON")) {
    if (!c.keyword("DELETE") && !c.keyword("UPDATE")) return null;
    const action =
      c.keyword("RESTRICT") || c.keyword("CASCADE") || c.keyword("SET", "NULL") || c.keyword("NO", "ACTION") || c.keyword("SET", "DEFAULT");
    if (!action) return null;
  }
  return { at: c.rangeFrom(start) };
}
