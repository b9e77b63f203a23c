import type { AlterObjectSchemaStmt, DropStmt, RangeVar, RenameStmt } from "libpg-query";
import { indexOwner, schemaOf } from "../../../model/apply/index.ts";
import type { Change, ChangeBody, ObjectChange } from "../../../model/change.ts";
import { bareName, type RelationKind } from "../../../model/schema.ts";
import { as, strings, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { listedArguments } from "./functions.ts";
import { OBJECT_CLASSES, objectName } from "./utility.ts";

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized-view",
  OBJECT_FOREIGN_TABLE: "foreign-table",
};

/** Name parts of an object, however the grammar wraps them. */
function parts(node: Node): string[] {
  const list = as(node, "List");
  if (list !== undefined) return strings(list.items);
  const withArgs = as(node, "ObjectWithArgs");
  if (withArgs !== undefined) return strings(withArgs.objname);
  const type = as(node, "TypeName");
  if (type !== undefined) return strings(type.names);
  return strings([node]);
}

export function readDrop(node: DropStmt, context: Context): Change[] {
  const several = node.concurrent === true && (node.objects ?? []).length > 1;
  const refused = several ? { sqlstate: "0A000", message: "DROP INDEX CONCURRENTLY does not support dropping multiple objects" } : null;
  return (node.objects ?? []).map((object) => ({
    ...context.change(dropOne(node, object, context)),
    ...(refused === null ? {} : { refused }),
  }));
}

function dropOne(node: DropStmt, object: Node, context: Context): ChangeBody {
  const name = parts(object);
  const ifExists = node.missing_ok === true;
  const cascade = node.behavior === "DROP_CASCADE";
  const { state } = context;
  const relationKind = RELATION_KINDS[node.removeType ?? ""];
  if (relationKind !== undefined) {
    const qualified = context.named(name, (q) => state.relations.has(q));
    const actual = state.relations.get(qualified)?.kind;
    return {
      kind: "drop-relation",
      name: qualified,
      relationKind: relationKind === "table" && actual === "partitioned-table" ? actual : relationKind,
      ifExists,
      cascade,
    };
  }
  const last = name.at(-1) ?? "";
  const table = context.named(name.slice(0, -1), (q) => state.relations.has(q));
  switch (node.removeType) {
    case "OBJECT_INDEX":
      return {
        kind: "drop-index",
        name: context.named(name, (q) => indexOwner(state, q) !== undefined),
        concurrently: node.concurrent === true,
        ifExists,
        cascade,
      };
    case "OBJECT_SEQUENCE":
      return {
        kind: "drop-sequence",
        name: context.named(name, (q) => state.sequences.has(q) || state.relations.has(q)),
        ifExists,
        cascade,
      };
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
      return { kind: "drop-type", name: context.named(name, (q) => state.types.has(q)), ifExists, cascade };
    case "OBJECT_SCHEMA":
      return { kind: "drop-schema", name: last, cascade, ...(ifExists ? { lenient: true } : {}) };
    case "OBJECT_EXTENSION":
      return { kind: "drop-extension", name: last, cascade, ...(ifExists ? { lenient: true } : {}) };
    case "OBJECT_AGGREGATE":
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE":
      return {
        kind: "drop-function",
        name: context.named(name, (q) => state.functions.has(q)),
        ifExists,
        cascade,
        arguments: listedArguments(object, context),
        routine: ROUTINES[node.removeType] ?? "function",
      };
    case "OBJECT_TRIGGER":
      return { kind: "drop-trigger", table, name: last, ifExists };
    case "OBJECT_POLICY":
    case "OBJECT_RULE":
      return {
        kind: "alter-table-other",
        table,
        action: node.removeType === "OBJECT_RULE" ? "DROP RULE" : "DROP POLICY",
        object: {
          class: node.removeType === "OBJECT_RULE" ? "rule" : "policy",
          name: last,
          action: "drop",
          ...(ifExists ? { lenient: true } : {}),
        },
        ...(ifExists ? { ifExists } : {}),
      };
    default: {
      const objectClass = OBJECT_CLASSES[node.removeType ?? ""];
      if (objectClass === undefined) {
        const what = (node.removeType ?? "").replace("OBJECT_", "").replaceAll("_", " ");
        return { kind: "maintenance", command: `DROP ${what}`, table: null };
      }
      const known = objectName(objectClass, name, object, context);
      const drop: ObjectChange = { class: objectClass, name: known, action: "drop", ...(ifExists ? { lenient: true } : {}) };
      return { kind: "maintenance", command: `DROP ${objectClass.toUpperCase()}`, table: null, object: drop };
    }
  }
}

export function readRename(node: RenameStmt, context: Context): Change[] {
  const to = node.newname ?? "";
  const { state } = context;
  const ifExists = node.missing_ok === true;
  const object = node.object === undefined ? [] : parts(node.object);
  const only = node.relation !== undefined && node.relation.inh !== true ? { only: true } : {};
  if (ifExists && isMissing(node.relation, context)) return [context.change({ kind: "maintenance", command: "RENAME", table: null })];
  switch (node.renameType) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_SEQUENCE":
    case "OBJECT_INDEX": {
      const range = node.relation;
      const index = context.lookup(range?.schemaname, range?.relname ?? "", (q) => indexOwner(state, q) !== undefined);
      // ALTER INDEX … RENAME takes a table as well, and ALTER TABLE … RENAME an index.
      const isTable = state.relations.has(context.relation(range));
      if ((node.renameType === "OBJECT_INDEX" && !isTable) || (indexOwner(state, index) !== undefined && !state.relations.has(index))) {
        return [context.change({ kind: "rename-index", name: index, to })];
      }
      const name = node.renameType === "OBJECT_SEQUENCE" ? context.sequence(range) : context.relation(range);
      return [context.change({ kind: "rename-relation", name, to, ifExists })];
    }
    case "OBJECT_COLUMN":
      return [
        { ...context.change({ kind: "rename-column", table: context.relation(node.relation), column: node.subname ?? "", to }), ...only },
      ];
    case "OBJECT_TABCONSTRAINT":
      return [
        { ...context.change({ kind: "rename-constraint", table: context.relation(node.relation), name: node.subname ?? "", to }), ...only },
      ];
    case "OBJECT_TRIGGER":
      return [context.change({ kind: "rename-trigger", table: context.relation(node.relation), name: node.subname ?? "", to })];
    case "OBJECT_POLICY":
    case "OBJECT_RULE": {
      const what = node.renameType.replace("OBJECT_", "");
      const renamed: ObjectChange = { class: what.toLowerCase(), name: node.subname ?? "", action: "rename", to };
      return [
        context.change({ kind: "alter-table-other", table: context.relation(node.relation), action: `RENAME ${what}`, object: renamed }),
      ];
    }
    case "OBJECT_ATTRIBUTE": {
      const type = context.lookup(node.relation?.schemaname, node.relation?.relname ?? "", (q) => state.types.has(q));
      const cascade = node.behavior === "DROP_CASCADE";
      const attribute = node.subname ?? "";
      return [context.change({ kind: "alter-attribute", type, action: "rename", attribute, column: null, to, ifExists, cascade })];
    }
    case "OBJECT_DOMCONSTRAINT": {
      const domain = context.named(object, (q) => state.types.has(q));
      const name = node.subname ?? "";
      return [context.change({ kind: "alter-domain", domain, action: "rename-constraint", validated: false, name, expression: null, to })];
    }
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE":
    case "OBJECT_AGGREGATE": {
      const name = context.named(object, (q) => state.functions.has(q));
      const listed = listedArguments(node.object, context);
      return [context.change({ kind: "alter-function", name, arguments: listed, to: `${schemaOf(name)}.${to}`, volatility: null })];
    }
    case "OBJECT_PUBLICATION":
    case "OBJECT_SUBSCRIPTION":
    case "OBJECT_STATISTIC_EXT":
    case "OBJECT_EVENT_TRIGGER":
    case "OBJECT_FDW":
    case "OBJECT_FOREIGN_SERVER":
      return [renameObject(node, object, to, context)];
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN": {
      const name = context.named(object, (q) => state.types.has(q));
      return [context.change({ kind: "rename-type", name, to: `${schemaOf(name)}.${to}` })];
    }
    case "OBJECT_SCHEMA":
      return [context.change({ kind: "rename-schema", name: node.subname ?? "", to })];
    default:
      return [context.change({ kind: "maintenance", command: `RENAME ${(node.renameType ?? "").replace("OBJECT_", "")}`, table: null })];
  }
}

/** Neither a relation nor an index nor a sequence of that name, as far as is known. */
function isMissing(range: RangeVar | undefined, context: Context): boolean {
  const { state } = context;
  if (range === undefined || !state.complete) return false;
  const name = context.lookup(range.schemaname, range.relname ?? "", (q) => state.relations.has(q) || indexOwner(state, q) !== undefined);
  return !state.relations.has(name) && !state.sequences.has(name) && !state.types.has(name) && indexOwner(state, name) === undefined;
}

export function readSetSchema(node: AlterObjectSchemaStmt, context: Context): Change[] {
  switch (node.objectType) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_SEQUENCE":
      if (node.missing_ok === true && isMissing(node.relation, context))
        return [context.change({ kind: "maintenance", command: "SET SCHEMA", table: null })];
      return [context.change({ kind: "set-schema", name: context.relation(node.relation), schema: node.newschema ?? "" })];
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN": {
      const name = context.named(node.object === undefined ? [] : parts(node.object), (q) => context.state.types.has(q));
      return [context.change({ kind: "rename-type", name, to: `${node.newschema ?? ""}.${bareName(name)}` })];
    }
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE": {
      const name = context.named(node.object === undefined ? [] : parts(node.object), (q) => context.state.functions.has(q));
      const to = `${node.newschema ?? ""}.${bareName(name)}`;
      return [context.change({ kind: "alter-function", name, arguments: listedArguments(node.object, context), to, volatility: null })];
    }
    case "OBJECT_STATISTIC_EXT": {
      const name = objectName("statistics", node.object === undefined ? [] : parts(node.object), node.object, context);
      const object: ObjectChange = { class: "statistics", name, action: "rename", to: `${node.newschema ?? ""}.${bareName(name)}` };
      return [context.change({ kind: "maintenance", command: "SET SCHEMA", table: null, object })];
    }
    default:
      return [context.change({ kind: "maintenance", command: "SET SCHEMA", table: null })];
  }
}

function renameObject(node: RenameStmt, object: readonly string[], to: string, context: Context): Change {
  const objectClass = OBJECT_CLASSES[node.renameType ?? ""] ?? "";
  const name = objectName(objectClass, object, node.object, context);
  const renamed: ObjectChange = {
    class: objectClass,
    name,
    action: "rename",
    to: objectClass === "statistics" ? `${schemaOf(name)}.${to}` : to,
  };
  return context.change({ kind: "maintenance", command: `RENAME ${objectClass.toUpperCase()}`, table: null, object: renamed });
}

const ROUTINES: Readonly<Record<string, "function" | "procedure" | "routine" | "aggregate">> = {
  OBJECT_PROCEDURE: "procedure",
  OBJECT_ROUTINE: "routine",
  OBJECT_AGGREGATE: "aggregate",
};
