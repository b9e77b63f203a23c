import type { AlterObjectSchemaStmt, DropStmt, RenameStmt } from "libpg-query";
import { indexOwner, schemaOf } from "../../../model/apply/index.ts";
import type { Change, ChangeBody } from "../../../model/change.ts";
import { bareName, type RelationKind } from "../../../model/schema.ts";
import { as, strings, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

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
  return (node.objects ?? []).map((object) => context.change(dropOne(node, parts(object), context)));
}

function dropOne(node: DropStmt, name: readonly string[], context: Context): ChangeBody {
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
      return { kind: "drop-sequence", name: context.named(name, (q) => state.sequences.has(q)), ifExists };
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
      return { kind: "drop-type", name: context.named(name, (q) => state.types.has(q)), ifExists, cascade };
    case "OBJECT_SCHEMA":
      return { kind: "drop-schema", name: last, cascade };
    case "OBJECT_EXTENSION":
      return { kind: "drop-extension", name: last };
    case "OBJECT_FUNCTION":
    case "OBJECT_PROCEDURE":
    case "OBJECT_ROUTINE":
      return { kind: "drop-function", name: context.named(name, (q) => state.functions.has(q)), ifExists, cascade };
    case "OBJECT_TRIGGER":
      return { kind: "drop-trigger", table, name: last, ifExists };
    case "OBJECT_POLICY":
    case "OBJECT_RULE":
      return { kind: "alter-table-other", table, action: node.removeType === "OBJECT_RULE" ? "DROP RULE" : "DROP POLICY" };
    default: {
      const what = (node.removeType ?? "").replace("OBJECT_", "").replaceAll("_", " ");
      return { kind: "maintenance", command: `DROP ${what}`, table: null };
    }
  }
}

export function readRename(node: RenameStmt, context: Context): Change[] {
  const to = node.newname ?? "";
  const { state } = context;
  const ifExists = node.missing_ok === true;
  const object = node.object === undefined ? [] : parts(node.object);
  switch (node.renameType) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_SEQUENCE":
    case "OBJECT_INDEX": {
      const range = node.relation;
      const index = context.lookup(range?.schemaname, range?.relname ?? "", (q) => indexOwner(state, q) !== undefined);
      if (node.renameType === "OBJECT_INDEX" || (indexOwner(state, index) !== undefined && !state.relations.has(index))) {
        return [context.change({ kind: "rename-index", name: index, to })];
      }
      return [context.change({ kind: "rename-relation", name: context.relation(range), to, ifExists })];
    }
    case "OBJECT_COLUMN":
      return [context.change({ kind: "rename-column", table: context.relation(node.relation), column: node.subname ?? "", to })];
    case "OBJECT_TABCONSTRAINT":
      return [context.change({ kind: "rename-constraint", table: context.relation(node.relation), name: node.subname ?? "", to })];
    case "OBJECT_TRIGGER":
    case "OBJECT_POLICY":
    case "OBJECT_RULE": {
      const what = node.renameType.replace("OBJECT_", "");
      return [context.change({ kind: "alter-table-other", table: context.relation(node.relation), action: `RENAME ${what}` })];
    }
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

export function readSetSchema(node: AlterObjectSchemaStmt, context: Context): Change[] {
  switch (node.objectType) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_SEQUENCE":
      return [context.change({ kind: "set-schema", name: context.relation(node.relation), schema: node.newschema ?? "" })];
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN": {
      const name = context.named(node.object === undefined ? [] : parts(node.object), (q) => context.state.types.has(q));
      return [context.change({ kind: "rename-type", name, to: `${node.newschema ?? ""}.${bareName(name)}` })];
    }
    default:
      return [context.change({ kind: "maintenance", command: "SET SCHEMA", table: null })];
  }
}
