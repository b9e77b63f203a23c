import type { Change } from "./change.ts";

/** Existing relations that a change names by itself: what must be in the schema before it. Sources of data (`reads`) included. */
export function touched(change: Change): readonly string[] {
  switch (change.kind) {
    case "create-relation":
      return change.references;
    case "drop-relation":
      return change.ifExists ? [] : [change.name];
    case "rename-relation":
      return change.ifExists ? [] : [change.name];
    case "set-schema":
    case "refresh-materialized-view":
      return [change.name];
    case "truncate":
      return change.names;
    case "alter-table-other":
      return change.ifExists === true ? [] : [change.table];
    case "add-column":
      return [change.table, ...change.constraints.flatMap((c) => (c.references === null ? [] : [c.references.relation]))];
    case "add-constraint":
      return [change.table, ...(change.constraint.references === null ? [] : [change.constraint.references.relation])];
    case "drop-column":
    case "rename-column":
    case "change-type":
    case "set-default":
    case "set-not-null":
    case "drop-not-null":
    case "add-identity":
    case "drop-identity":
    case "set-identity":
    case "drop-expression":
    case "set-expression":
    case "drop-constraint":
    case "validate-constraint":
    case "rename-constraint":
    case "alter-constraint":
    case "create-index":
    case "create-trigger":
    case "drop-trigger":
    case "rename-trigger":
      return [change.table];
    case "attach-partition":
    case "detach-partition":
      return [change.table, change.partition];
    case "write":
      return [change.table, ...change.reads];
    case "read":
      return change.tables;
    case "lock-table":
      return change.tables.map((table) => table.name);
    case "maintenance":
      return change.table === null ? [] : [change.table];
    case "opaque":
      return change.mayTouch ?? [];
    case "alter-attribute":
    case "alter-function":
    case "alter-sequence":
    case "prepare":
    case "deallocate":
    case "drop-index":
    case "rename-index":
    case "attach-index":
    case "alter-index":
    case "reindex":
    case "create-type":
    case "drop-type":
    case "add-enum-value":
    case "rename-enum-value":
    case "alter-domain":
    case "create-function":
    case "drop-function":
    case "create-sequence":
    case "drop-sequence":
    case "own-sequence":
    case "create-extension":
    case "drop-extension":
    case "create-schema":
    case "drop-schema":
    case "rename-schema":
    case "rename-type":
    case "begin":
    case "commit":
    case "rollback":
    case "savepoint":
    case "release":
    case "rollback-to":
    case "set":
      return [];
    default:
      return change satisfies never;
  }
}
