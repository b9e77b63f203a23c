import type {
  Cluster,
  CreateMaterializedView,
  CreateView,
  CreateWindowView,
  Expression,
  Name,
  ObjectName,
  Query,
  Refresh,
  Storage,
  StringLiteral,
  TableElements,
  ViewSecurity,
} from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { readTableElements } from "../define/elements.ts";
import { readRefresh } from "../define/refresh.ts";
import { readSecurity } from "../define/security.ts";
import { readStorage } from "../define/storage.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readObjectNameWithUuid, readOnCluster, readString } from "../names.ts";
import { checkKeys, readComment, readStorageOrNothing, type Verb } from "./create-table.ts";

const none: ViewSecurity = { definer: null, sqlSecurity: null };

interface Head {
  readonly name: ObjectName;
  readonly uuid: string | null;
  readonly onCluster: Cluster | null;
  readonly attach: boolean;
  readonly orReplace: boolean;
  readonly replace: boolean;
  readonly ifNotExists: boolean;
}

function readHead(c: Cursor, verb: Verb): Head | null {
  const ifNotExists = verb !== "create-or-replace" && c.keyword("IF", "NOT", "EXISTS");
  const named = readObjectNameWithUuid(c);
  const onCluster = named === null ? undefined : readOnCluster(c);
  if (named === null || onCluster === undefined) return null;
  return { ...named, onCluster, attach: verb === "attach", orReplace: verb === "create-or-replace", replace: false, ifNotExists };
}

/** The list of columns, of aliases, or of both, in brackets. */
function readLists(c: Cursor): { readonly elements: TableElements | null; readonly aliases: readonly Name[] } | null {
  if (c.kind !== Kind.OpenRound) return { elements: null, aliases: [] };
  c.index++;
  const elements = c.attempt(() => readTableElements(c));
  if (elements === null) {
    const names = readList(c, readName);
    return names !== null && c.take(Kind.CloseRound, ")") ? { elements: null, aliases: names } : null;
  }
  if (!c.take(Kind.CloseRound, ")")) return null;
  if (c.kind !== Kind.OpenRound) return { elements, aliases: [] };
  c.index++;
  const names = readList(c, readName);
  return names !== null && c.take(Kind.CloseRound, ")") ? { elements, aliases: names } : null;
}

/** `AS SELECT …` with a comment before or behind it. */
function readBody(c: Cursor, early: StringLiteral | null): { readonly query: Query; readonly comment: StringLiteral | null } | null {
  if (!c.keyword("AS")) return null;
  const query = c.grammar.query(c);
  if (query === null) return null;
  const late = readComment(c);
  if (early !== null && late !== null) {
    throw new Refused("The comment of a view stands before AS SELECT or behind it, not both.", late.at.start);
  }
  return { query, comment: early ?? late };
}

/** Behind `CREATE … VIEW`. */
export function readCreateView(c: Cursor, verb: Verb, temporary: boolean, early: ViewSecurity | null): CreateView | null {
  const start = c.start;
  const head = readHead(c, verb);
  const lists = head === null ? null : readLists(c);
  if (head === null || lists === null) return null;
  const security = early ?? c.attempt(() => readSecurity(c) ?? null) ?? none;
  const body = readBody(c, readComment(c));
  if (body === null) return null;
  if (lists.elements !== null && hasPrimaryKey(lists.elements)) throw new Refused("A view has no primary key.", start);
  return { kind: "create-view", temporary, ...head, ...lists, security, ...body };
}

/** Behind `CREATE … MATERIALIZED VIEW`. */
export function readCreateMaterializedView(c: Cursor, verb: Verb, early: ViewSecurity | null): CreateMaterializedView | null {
  const start = c.start;
  const head = readHead(c, verb);
  if (head === null) return null;
  let refresh: Refresh | null = null;
  if (c.keyword("REFRESH")) {
    refresh = readRefresh(c);
    if (refresh === null) return null;
  }
  let toInnerUuid: string | null = null;
  let to: ObjectName | null = null;
  if (c.keyword("TO", "INNER", "UUID")) {
    const uuid = readString(c);
    if (uuid === null) return null;
    toInnerUuid = uuid.value;
  } else if (c.keyword("TO")) {
    const named = readObjectNameWithUuid(c);
    if (named === null) return null;
    to = named.name;
  }
  const lists = readLists(c);
  if (lists === null) return null;
  const storage = readStorageOrNothing(c);
  if (to !== null && storage !== null) throw new Refused("A materialized view has TO or an engine of its own, not both.", storage.at.start);
  const filling = { populate: false, empty: false };
  readFilling(c, filling, to, refresh);
  if (to === null && c.sees("TO")) throw new Refused("A materialized view has TO or an engine of its own, not both.", c.start);
  const security = early ?? c.attempt(() => readSecurity(c) ?? null) ?? none;
  readFilling(c, filling, to, refresh);
  const comment = readComment(c);
  readFilling(c, filling, to, refresh);
  const body = readBody(c, comment);
  if (body === null) return null;
  checkKeys(lists.elements, storage, start);
  return {
    kind: "create-materialized-view",
    ...head,
    to,
    toInnerUuid,
    elements: lists.elements,
    storage,
    refresh,
    ...filling,
    security,
    ...body,
  };
}

function readFilling(c: Cursor, filling: { populate: boolean; empty: boolean }, to: ObjectName | null, refresh: Refresh | null): void {
  if (filling.populate || filling.empty) return;
  const start = c.start;
  if (c.keyword("POPULATE")) {
    if (to !== null) throw new Refused("POPULATE fills a view's own table: it cannot stand beside TO.", start);
    filling.populate = true;
  } else if (c.keyword("EMPTY")) {
    if (to !== null && refresh === null) throw new Refused("EMPTY beside TO makes sense for a refreshable view only.", start);
    filling.empty = true;
  }
}

function hasPrimaryKey(elements: TableElements): boolean {
  return elements.primaryKey !== null || elements.columns.some((column) => column.primaryKey);
}

/** Behind `CREATE … WINDOW VIEW`. */
export function readCreateWindowView(c: Cursor, verb: Verb): CreateWindowView | null {
  const head = readHead(c, verb);
  if (head === null) return null;
  let to: ObjectName | null = null;
  if (c.keyword("TO")) {
    const named = readObjectNameWithUuid(c);
    if (named === null) return null;
    to = named.name;
  }
  const lists = readLists(c);
  if (lists === null) return null;
  let inner: Storage | null = null;
  let storage: Storage | null = null;
  if (c.keyword("INNER")) {
    const read = readStorage(c);
    if (read === null || read === undefined) return null;
    inner = read;
  }
  if (to === null) storage = readStorageOrNothing(c);
  let watermark: CreateWindowView["watermark"] = null;
  let allowedLateness: Expression | null = null;
  if (c.keyword("WATERMARK")) {
    if (c.kind === Kind.Equals) c.index++;
    if (c.keyword("STRICTLY_ASCENDING")) watermark = "strictly-ascending";
    else if (c.keyword("ASCENDING")) watermark = "ascending";
    else watermark = c.grammar.expression(c);
    if (watermark === null) return null;
  }
  if (c.keyword("ALLOWED_LATENESS")) {
    if (c.kind === Kind.Equals) c.index++;
    allowedLateness = c.grammar.expression(c);
    if (allowedLateness === null) return null;
  }
  const populate = c.keyword("POPULATE");
  if (!populate) c.keyword("EMPTY");
  const body = readBody(c, readComment(c));
  if (body === null) return null;
  return { kind: "create-window-view", ...head, to, inner, storage, watermark, allowedLateness, populate, ...body };
}
