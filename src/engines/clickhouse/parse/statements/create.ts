import type { AttachOnly, Opaque, Statement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readSecurity } from "../define/security.ts";
import { Kind } from "../lexer.ts";
import { readAccess, readAccessObject } from "./access.ts";
import { readCreateDictionary } from "./create-dictionary.ts";
import { readCreateDatabase, readCreateFunction, readCreateIndex, readCreateNamedCollection } from "./create-other.ts";
import { readCreateTable, type Verb } from "./create-table.ts";
import { readCreateMaterializedView, readCreateView, readCreateWindowView } from "./create-view.ts";
import { takeBalanced } from "./rest.ts";

/** Behind CREATE. */
export function readCreate(c: Cursor): Statement | null {
  const orReplace = c.keyword("OR", "REPLACE");
  const verb: Verb = orReplace ? "create-or-replace" : "create";
  const defined = readDefined(c, verb);
  if (defined !== undefined) return defined;
  if (c.keyword("FUNCTION")) return readCreateFunction(c, orReplace);
  if (c.keyword("WORKLOAD")) return opaque(c, "A workload is a matter of scheduling; it is not modelled.");
  if (orReplace) return c.keyword("RESOURCE") ? opaque(c, "A resource is a matter of scheduling; it is not modelled.") : null;
  if (c.keyword("DATABASE")) return readCreateDatabase(c, verb);
  if (c.keyword("RESOURCE")) return opaque(c, "A resource is a matter of scheduling; it is not modelled.");
  if (c.keyword("NAMED", "COLLECTION")) return readCreateNamedCollection(c);
  if (c.keyword("UNIQUE", "INDEX")) return readCreateIndex(c, "unique");
  if (c.keyword("HYPOTHETICAL", "INDEX")) return readCreateIndex(c, "hypothetical");
  if (c.keyword("INDEX")) return readCreateIndex(c, null);
  const object = readAccessObject(c);
  return object === null ? null : readAccess(c, "create", object);
}

/** Tables, views and dictionaries, as CREATE, ATTACH and REPLACE share them; undefined where none is named. */
export function readDefined(c: Cursor, verb: Verb): Statement | null | undefined {
  if (c.keyword("TABLE")) return readCreateTable(c, verb, false);
  if (c.keyword("TEMPORARY", "TABLE")) return readCreateTable(c, verb, true);
  if (c.keyword("DICTIONARY")) return readCreateDictionary(c, verb);
  if (verb === "replace") return undefined;
  if (c.keyword("WINDOW", "VIEW")) return readCreateWindowView(c, verb);
  const security = c.attempt(() => readSecurity(c) ?? null);
  if (c.keyword("MATERIALIZED")) return c.keyword("VIEW") ? readCreateMaterializedView(c, verb, security) : null;
  const temporary = verb !== "create-or-replace" && c.keyword("TEMPORARY", "VIEW");
  if (temporary || c.keyword("VIEW")) return readCreateView(c, verb, temporary, security);
  return security === null ? undefined : null;
}

/** Behind ATTACH: with a definition it is CREATE, without one what was detached comes back. */
export function readAttach(c: Cursor): Statement | null {
  if (c.keyword("DATABASE")) {
    const database = readCreateDatabase(c, "attach");
    if (database === null || database.storage !== null || database.uuid !== null) return database;
    const { ifNotExists, name, onCluster } = database;
    const object = { database: null, name, at: name.at };
    return { kind: "attach", object: "database", ifNotExists, name: object, asReplicated: null, onCluster };
  }
  const defined = readDefined(c, "attach");
  if (defined === undefined) {
    const object = readAccessObject(c);
    return object === null ? null : readAccess(c, "create", object);
  }
  return defined === null ? null : attachOnly(defined);
}

function attachOnly(statement: Statement): Statement {
  if (statement.kind === "create-dictionary") {
    const { ifNotExists, name, onCluster } = statement;
    return { kind: "attach", object: "dictionary", ifNotExists, name, asReplicated: null, onCluster };
  }
  if (statement.kind !== "create-table" || statement.elements !== null || statement.storage !== null || statement.as !== null)
    return statement;
  if (statement.attachFrom !== null) return statement;
  const { ifNotExists, name, onCluster, attachAs } = statement;
  const attach: AttachOnly = {
    kind: "attach",
    object: "table",
    ifNotExists,
    name,
    asReplicated: attachAs === null ? null : attachAs === "replicated",
    onCluster,
  };
  return attach;
}

export function opaque(c: Cursor, reason: string): Opaque | null {
  if (c.kind === Kind.End) {
    c.expect("a name");
    return null;
  }
  return takeBalanced(c) ? { kind: "opaque", reason } : null;
}
