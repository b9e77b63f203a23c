import type {
  AlterNamedCollection,
  CreateDatabase,
  CreateFunction,
  CreateIndex,
  CreateNamedCollection,
  DropFunction,
  DropIndex,
  DropNamedCollection,
  Expression,
  IndexDeclaration,
  Setting,
} from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readKind } from "../define/engine.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readNameOrParameter, readNameParts, readObjectName, readOnCluster, readString } from "../names.ts";
import { readUnsignedInteger } from "../numbers.ts";
import { readOrderByElement } from "../select/order-by.ts";
import { readSettingValue, readStrictList } from "../settings.ts";
import { readComment, readStorageOrNothing, type Verb } from "./create-table.ts";

/** Behind `CREATE DATABASE`. */
export function readCreateDatabase(c: Cursor, verb: Verb): CreateDatabase | null {
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const name = readNameOrParameter(c);
  if (name === null) return null;
  let uuid: string | null = null;
  if (c.keyword("UUID")) {
    const text = readString(c);
    if (text === null) return null;
    uuid = text.value;
  }
  const onCluster = readOnCluster(c);
  if (onCluster === undefined) return null;
  const storage = readStorageOrNothing(c);
  const comment = readComment(c);
  return {
    kind: "create-database",
    attach: verb === "attach",
    orReplace: false,
    replace: false,
    ifNotExists,
    name,
    uuid,
    onCluster,
    storage,
    comment,
  };
}

/** Behind `CREATE FUNCTION`. */
export function readCreateFunction(c: Cursor, orReplace: boolean): CreateFunction | null {
  const ifNotExists = !orReplace && c.keyword("IF", "NOT", "EXISTS");
  const name = readName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined || !c.keyword("AS")) return null;
  const definition = c.grammar.expression(c);
  return definition === null ? null : { kind: "create-function", orReplace, ifNotExists, name, onCluster, definition };
}

export function readDropFunction(c: Cursor): DropFunction | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const name = readName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  return name === null || onCluster === undefined ? null : { kind: "drop-function", ifExists, name, onCluster };
}

type CollectionValue = CreateNamedCollection["values"][number];

/** `key = value [NOT] [OVERRIDABLE]` */
function readCollectionValue(c: Cursor): CollectionValue | null {
  const start = c.start;
  const parts = readNameParts(c, false);
  if (parts === null || !c.take(Kind.Equals, "=")) return null;
  const value = readSettingValue(c);
  if (value === null || value.type === "parameter") return null;
  const setting: Setting = { name: parts.map((part) => part.text).join("."), value, at: c.rangeFrom(start) };
  if (c.keyword("NOT", "OVERRIDABLE")) return { ...setting, overridable: false };
  return { ...setting, overridable: c.keyword("OVERRIDABLE") ? true : null };
}

export function readCreateNamedCollection(c: Cursor): CreateNamedCollection | null {
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const name = readName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined || !c.keyword("AS")) return null;
  const values = readStrictList(c, readCollectionValue);
  return values === null ? null : { kind: "create-named-collection", ifNotExists, name, onCluster, values };
}

export function readAlterNamedCollection(c: Cursor): AlterNamedCollection | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const name = readName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined) return null;
  const set = c.keyword("SET") ? readStrictList(c, readCollectionValue) : [];
  const remove = set !== null && c.keyword("DELETE") ? readStrictList(c, readName) : [];
  if (set === null || remove === null || set.length + remove.length === 0) return null;
  return { kind: "alter-named-collection", ifExists, name, onCluster, set, delete: remove.map((key) => key.text) };
}

export function readDropNamedCollection(c: Cursor): DropNamedCollection | null {
  const dropped = readDropFunction(c);
  return dropped === null ? null : { ...dropped, kind: "drop-named-collection" };
}

/** Behind `CREATE [UNIQUE | HYPOTHETICAL] INDEX`. */
export function readCreateIndex(c: Cursor, modifier: "unique" | "hypothetical" | null): CreateIndex | null {
  const ifNotExists = c.keyword("IF", "NOT", "EXISTS");
  const name = readName(c);
  if (name === null || !c.keyword("ON")) return null;
  const table = readObjectName(c);
  const onCluster = table === null ? undefined : readOnCluster(c);
  if (table === null || onCluster === undefined) return null;
  const start = c.start;
  const expression = readIndexed(c);
  if (expression === null) return null;
  const type = c.keyword("TYPE") ? readKind(c) : undefined;
  const granularity = type !== null && c.keyword("GRANULARITY") ? readUnsignedInteger(c) : undefined;
  if (type === null || granularity === null || (modifier === "hypothetical" && type === undefined)) return null;
  const index: IndexDeclaration = { name, expression, type: type ?? null, granularity: granularity ?? null, at: c.rangeFrom(start) };
  const kinds = { unique: modifier === "unique", hypothetical: modifier === "hypothetical" };
  return { kind: "create-index", ...kinds, ifNotExists, table, onCluster, index };
}

/** `(a, b DESC)`, whose directions mean nothing, or one expression. */
function readIndexed(c: Cursor): Expression | null {
  const start = c.start;
  if (c.kind !== Kind.OpenRound) return c.grammar.expression(c);
  c.index++;
  const list = readList(c, readOrderByElement);
  const [only] = list ?? [];
  if (list === null || only === undefined || !c.take(Kind.CloseRound, ")")) return null;
  if (list.length === 1) return only.expression;
  const at = c.rangeFrom(start);
  return {
    kind: "function",
    name: "tuple",
    nameAt: at,
    operator: "()",
    parameters: null,
    arguments: list.map((element) => element.expression),
    distinct: false,
    nulls: null,
    filter: null,
    over: null,
    settings: [],
    alias: null,
    at,
  };
}

/** Behind `DROP [HYPOTHETICAL] INDEX`. */
export function readDropIndex(c: Cursor, hypothetical: boolean): DropIndex | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const name = readName(c);
  if (name === null || !c.keyword("ON")) return null;
  const table = readObjectName(c);
  const onCluster = table === null ? undefined : readOnCluster(c);
  return table === null || onCluster === undefined ? null : { kind: "drop-index", hypothetical, ifExists, name, table, onCluster };
}
