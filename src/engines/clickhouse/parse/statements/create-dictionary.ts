import type { CreateDictionary, DictionaryAttribute, Expression, KeyValueFunction, KeyValuePair, Name, Setting } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readLiteral } from "../expression/operands.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readObjectNameWithUuid, readOnCluster } from "../names.ts";
import { readComment, type Verb } from "./create-table.ts";

/** Behind `CREATE … DICTIONARY`. */
export function readCreateDictionary(c: Cursor, verb: Verb): CreateDictionary | null {
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const named = readObjectNameWithUuid(c);
  const onCluster = named === null ? undefined : readOnCluster(c);
  if (named === null || onCluster === undefined) return null;
  const head = {
    kind: "create-dictionary",
    attach: verb === "attach",
    orReplace: verb === "create-or-replace",
    replace: verb === "replace",
    ifNotExists,
    onCluster,
    ...named,
  } as const;
  if (verb === "attach") return { ...head, attributes: [], ...nothing, comment: readComment(c) };
  if (!c.take(Kind.OpenRound, "(")) return null;
  const attributes = readList(c, readAttribute);
  if (attributes === null) return null;
  if (c.kind === Kind.Comma) c.index++;
  if (!c.take(Kind.CloseRound, ")")) return null;
  const definition = readDefinition(c);
  return definition === null ? null : { ...head, attributes, ...definition, comment: readComment(c) };
}

type Definition = Pick<CreateDictionary, "primaryKey" | "source" | "layout" | "lifetime" | "range" | "settings">;

const nothing: Definition = { primaryKey: [], source: null, layout: null, lifetime: null, range: null, settings: [] };

function readAttribute(c: Cursor): DictionaryAttribute | null {
  const start = c.start;
  const name = readName(c);
  const type = name === null ? null : c.grammar.dataType(c);
  if (name === null || type === null) return null;
  let fallback: Expression | null = null;
  let expression: Expression | null = null;
  const flags = { hierarchical: false, bidirectional: false, injective: false, isObjectId: false };
  for (;;) {
    if (fallback === null && c.keyword("DEFAULT")) {
      fallback = c.attempt(() => readLiteral(c)) ?? (c.kind === Kind.OpenSquare ? c.grammar.expression(c) : null);
      if (fallback === null) return null;
    } else if (expression === null && c.keyword("EXPRESSION")) {
      expression = c.grammar.expression(c);
      if (expression === null) return null;
    } else if (!flags.hierarchical && c.keyword("HIERARCHICAL")) flags.hierarchical = true;
    else if (!flags.bidirectional && c.keyword("BIDIRECTIONAL")) flags.bidirectional = true;
    else if (!flags.injective && c.keyword("INJECTIVE")) flags.injective = true;
    else if (!flags.isObjectId && c.keyword("IS_OBJECT_ID")) flags.isObjectId = true;
    else break;
  }
  return { name, type, default: fallback, expression, ...flags, at: c.rangeFrom(start) };
}

function readDefinition(c: Cursor): Definition | null {
  let primaryKey: readonly Expression[] = [];
  if (c.keyword("PRIMARY", "KEY")) {
    const key = readPrimaryKey(c);
    if (key === null) return null;
    primaryKey = key;
  }
  let source: KeyValueFunction | null = null;
  let layout: KeyValueFunction | null = null;
  let lifetime: CreateDictionary["lifetime"] = null;
  let range: CreateDictionary["range"] = null;
  let settings: readonly Setting[] | null = null;
  for (;;) {
    if (source === null && c.keyword("SOURCE")) {
      source = inBrackets(c, () => readFunction(c, false));
      if (source === null) return null;
    } else if (lifetime === null && c.keyword("LIFETIME")) {
      lifetime = inBrackets(c, () => readLifetime(c));
      if (lifetime === null) return null;
    } else if (layout === null && c.keyword("LAYOUT")) {
      layout = inBrackets(c, () => readFunction(c, true));
      if (layout === null || !isLayout(layout)) return null;
    } else if (range === null && c.keyword("RANGE")) {
      range = inBrackets(c, () => readRange(c));
      if (range === null) return null;
    } else if (settings === null && c.keyword("SETTINGS")) {
      settings = inBrackets(c, () => c.grammar.settings(c));
      if (settings === null) return null;
    } else break;
  }
  return { primaryKey, source, layout, lifetime, range, settings: settings ?? [] };
}

function inBrackets<T>(c: Cursor, read: () => T | null): T | null {
  if (!c.take(Kind.OpenRound, "(")) return null;
  const value = read();
  return value !== null && c.take(Kind.CloseRound, ")") ? value : null;
}

/** `id`, `a, b`, `(a, b)` */
function readPrimaryKey(c: Cursor): readonly Expression[] | null {
  const list = readList(c, (at) => at.grammar.expression(at));
  if (list === null) return null;
  const [only] = list;
  return list.length === 1 && only?.kind === "function" && only.name === "tuple" ? only.arguments : list;
}

/** A layout has numbers and strings only. */
function isLayout(layout: KeyValueFunction): boolean {
  return layout.pairs.every(({ value }) => value.kind === "value" && (value.value.type === "number" || value.value.type === "string"));
}

/** `NAME(KEY value …)`, the brackets of LAYOUT may be missing. */
function readFunction(c: Cursor, bare: boolean): KeyValueFunction | null {
  const start = c.start;
  const name = readName(c);
  if (name === null) return null;
  if (c.kind !== Kind.OpenRound) return bare ? { name: name.text.toLowerCase(), pairs: [], at: c.rangeFrom(start) } : null;
  c.index++;
  const pairs = readPairs(c);
  if (!c.take(Kind.CloseRound, ")")) return null;
  return { name: name.text.toLowerCase(), pairs, at: c.rangeFrom(start) };
}

/** Pairs of a key and a value, one behind the other, without commas. */
function readPairs(c: Cursor): readonly KeyValuePair[] {
  const pairs: KeyValuePair[] = [];
  for (let pair = c.attempt(() => readPair(c)); pair !== null; pair = c.attempt(() => readPair(c))) pairs.push(pair);
  return pairs;
}

function readPair(c: Cursor): KeyValuePair | null {
  const start = c.start;
  const name = readName(c);
  if (name === null) return null;
  const key = name.text.toLowerCase();
  const call = c.attempt(() => c.grammar.call(c, { tableFunction: false, parameters: true }));
  if (call !== null) return { key, value: { kind: "expression", expression: call } };
  const literal = c.attempt(() => readLiteral(c));
  if (literal?.kind === "literal") return { key, value: { kind: "value", value: literal.value, at: literal.at } };
  const word = c.attempt(() => readName(c));
  if (word !== null)
    return { key, value: { kind: "expression", expression: { kind: "identifier", parts: [word], alias: null, at: word.at } } };
  c.enterQuery();
  const pairs = inBrackets(c, () => readPairs(c));
  c.leaveQuery();
  return pairs === null ? null : { key, value: { kind: "pairs", name: key, pairs, at: c.rangeFrom(start) } };
}

function readLifetime(c: Cursor): CreateDictionary["lifetime"] {
  if (c.kind === Kind.Number) {
    const literal = readLiteral(c);
    const max = literal === null ? null : seconds(literal);
    return max === null ? null : { min: "0", max };
  }
  const bounds = new Map(readPairs(c).map(({ key, value }) => [key, value.kind === "value" ? value.value : null]));
  const [min, max] = [bounds.get("min"), bounds.get("max")];
  if (bounds.size !== 2 || min?.type !== "number" || max?.type !== "number") return null;
  return /^\d+$/.test(min.text) && /^\d+$/.test(max.text) ? { min: min.text, max: max.text } : null;
}

function seconds(expression: Expression): string | null {
  const value = expression.kind === "literal" && expression.value.type === "number" ? expression.value.text : "";
  return /^\d+$/.test(value) ? value : null;
}

function readRange(c: Cursor): CreateDictionary["range"] {
  const bounds = new Map<string, Name>();
  for (const { key, value } of readPairs(c)) {
    const name = value.kind === "expression" && value.expression.kind === "identifier" ? value.expression.parts[0] : undefined;
    if (name !== undefined) bounds.set(key, name);
  }
  const [min, max] = [bounds.get("min"), bounds.get("max")];
  return bounds.size === 2 && min !== undefined && max !== undefined ? { min, max } : null;
}
