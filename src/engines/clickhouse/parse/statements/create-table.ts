import type { CreateTable, Storage, StringLiteral, TableElements, ViewSecurity } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { readTableElements } from "../define/elements.ts";
import { readSecurity } from "../define/security.ts";
import { readStorage } from "../define/storage.ts";
import { Kind } from "../lexer.ts";
import { readName, readObjectNameWithUuid, readOnCluster, readString } from "../names.ts";
import { readTableFunction } from "../select/from.ts";

export type Verb = "create" | "create-or-replace" | "replace" | "attach";

/** `COMMENT 'text'`. The engine reads over COMMENT without a text. */
export function readComment(c: Cursor): StringLiteral | null {
  return c.keyword("COMMENT") ? readString(c) : null;
}

type As = CreateTable["as"];

/** Behind `CREATE [TEMPORARY] TABLE`, `ATTACH TABLE`, `REPLACE TABLE`. */
export function readCreateTable(c: Cursor, verb: Verb, temporary: boolean): CreateTable | null {
  const replaces = verb === "replace" || verb === "create-or-replace";
  const ifNotExists = !replaces && c.keyword("IF", "NOT", "EXISTS");
  const named = readObjectNameWithUuid(c);
  if (named === null) return null;
  const toInnerUuid = c.keyword("TO", "INNER", "UUID") ? readString(c) : undefined;
  if (toInnerUuid === null) return null;
  let attachFrom: string | null = null;
  let attachAs: CreateTable["attachAs"] = null;
  if (verb === "attach") {
    if (c.keyword("FROM")) {
      const path = readString(c);
      if (path === null) return null;
      attachFrom = path.value;
    } else if (c.keyword("AS")) {
      attachAs = c.keyword("NOT") ? "not-replicated" : "replicated";
      if (!c.keyword("REPLICATED")) return null;
    }
  }
  const onCluster = readOnCluster(c);
  if (onCluster === undefined) return null;
  const head = {
    kind: "create-table",
    attach: verb === "attach",
    orReplace: verb === "create-or-replace",
    replace: verb === "replace",
    ifNotExists,
    onCluster,
    temporary,
    name: named.name,
    uuid: named.uuid,
    attachFrom,
    attachAs,
  } as const;
  if (verb === "attach" && attachFrom === null && c.kind === Kind.End) {
    return { ...head, elements: null, storage: null, comment: null, as: null };
  }
  const definition = readDefinition(c, temporary);
  if (definition === null) return null;
  const shared = /^Shared(Set|Join)$/.test(definition.storage?.engine?.name ?? "");
  if (toInnerUuid !== undefined && !shared)
    throw new Refused("This engine has no table inside that could have a UUID.", named.name.at.start);
  return { ...head, ...definition };
}

interface Definition {
  readonly elements: TableElements | null;
  readonly storage: Storage | null;
  readonly comment: StringLiteral | null;
  readonly as: As;
}

function readDefinition(c: Cursor, temporary: boolean): Definition | null {
  const start = c.start;
  let elements: TableElements | null = null;
  if (c.kind === Kind.OpenRound) {
    c.index++;
    elements = readTableElements(c);
    if (elements === null) return null;
    if (c.kind === Kind.Comma) c.index++;
    if (!c.take(Kind.CloseRound, ")")) return null;
  }
  let storage = readStorageOrNothing(c);
  const options = readOptions(c);
  if (options === null) return null;
  let as: As = null;
  if (c.keyword("AS")) {
    as =
      elements !== null && storage === null && !temporary
        ? readAsFunction(c)
        : elements !== null
          ? readAsSelect(c, options.empty)
          : readAs(c, storage !== null, options);
    if (as === null) return null;
    if (as.kind === "table" && storage === null) storage = readStorageOrNothing(c);
  } else if (options.empty || options.clone) return null;
  let comment = options.comment;
  if (as !== null || comment === null) {
    const late = readComment(c);
    if (comment !== null && late !== null)
      throw new Refused("The comment of a table stands before AS or behind it, not both.", late.at.start);
    comment ??= late;
  }
  if (options.security !== null && as !== null && as.kind !== "select") return null;
  checkKeys(elements, storage, start);
  return { elements, storage, comment, as };
}

/** As the engine does, a clause that breaks off is given back: what stands there is then refused by what comes next. */
export function readStorageOrNothing(c: Cursor): Storage | null {
  return c.attempt(() => readStorage(c) ?? null);
}

interface Options {
  readonly empty: boolean;
  readonly clone: boolean;
  readonly security: ViewSecurity | null;
  readonly comment: StringLiteral | null;
}

/** EMPTY or CLONE before or behind the comment. */
function readOptions(c: Cursor): Options | null {
  let empty = c.keyword("EMPTY");
  let clone = !empty && c.keyword("CLONE");
  const security = c.attempt(() => readSecurity(c) ?? null);
  const comment = readComment(c);
  if (!empty && !clone) {
    empty = c.keyword("EMPTY");
    clone = !empty && c.keyword("CLONE");
  }
  return { empty, clone, security, comment };
}

function readAsSelect(c: Cursor, empty: boolean): As {
  const query = c.grammar.query(c);
  return query === null ? null : { kind: "select", query, empty };
}

function readAsFunction(c: Cursor): As {
  const found = readTableFunction(c);
  return found === null ? null : { kind: "function", function: found };
}

function readAs(c: Cursor, hasStorage: boolean, options: Options): As {
  const query = c.attempt(() => c.grammar.query(c));
  if (query !== null) return { kind: "select", query, empty: options.empty };
  const found = hasStorage ? null : c.attempt(() => readAsFunction(c));
  if (found !== null) return found;
  const first = readName(c);
  if (first === null) return null;
  if (c.kind !== Kind.Dot) return { kind: "table", name: { database: null, name: first, at: first.at }, clone: options.clone };
  c.index++;
  const second = readName(c);
  if (second === null) return null;
  return { kind: "table", name: { database: first, name: second, at: c.rangeFrom(first.at.start) }, clone: options.clone };
}

/** A primary key stands in one place only: beside a column, in the list, or behind the engine. */
export function checkKeys(elements: TableElements | null, storage: Storage | null, position: number): void {
  if (elements === null) return;
  const places = [
    elements.primaryKey !== null,
    elements.columns.some((column) => column.primaryKey),
    storage !== null && storage.primaryKey !== null,
  ];
  if (places.filter(Boolean).length > 1) throw new Refused("A table has one primary key: it is given twice.", position);
}
