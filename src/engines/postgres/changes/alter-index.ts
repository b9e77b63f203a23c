import type { AlterTableCmd, AlterTableMoveAllStmt, AlterTableStmt } from "libpg-query";
import { indexOwner } from "../../../model/apply/index.ts";
import type { Change } from "../../../model/change.ts";
import { as } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** ALTER INDEX: everything but RENAME, which has a grammar of its own. */
export function alterIndex(node: AlterTableStmt, commands: readonly AlterTableCmd[], context: Context): Change[] {
  const isIndex = (name: string): boolean => indexOwner(context.state, name) !== undefined;
  const name = context.lookup(node.relation?.schemaname, node.relation?.relname ?? "", isIndex);
  if (node.missing_ok === true && !isIndex(name) && context.state.complete)
    return [context.change({ kind: "maintenance", command: "ALTER INDEX", table: null })];
  return commands.map((command) => {
    if (command.subtype === "AT_AttachPartition") {
      const partition = as(command.def, "PartitionCmd")?.name;
      return context.change({
        kind: "attach-index",
        name,
        partition: context.lookup(partition?.schemaname, partition?.relname ?? "", isIndex),
      });
    }
    const moves = command.subtype === "AT_SetTableSpace" && command.name !== "pg_default";
    // Where it is already: nothing is done, with a partitioned index either, whose parameters cannot be set.
    if (command.subtype === "AT_SetTableSpace" && !moves && isIndex(name))
      return context.change({ kind: "maintenance", command: "ALTER INDEX", table: null });
    return context.change({ kind: "alter-index", name, action: moves ? "SET TABLESPACE" : "SET" });
  });
}

/** ALTER TABLE, INDEX or MATERIALIZED VIEW ALL IN TABLESPACE. Only of `pg_default` is known what is in it. */
export function moveAll(node: AlterTableMoveAllStmt, context: Context): Change[] {
  const to = node.new_tablespacename ?? "";
  const nothing = context.change({ kind: "maintenance", command: "ALTER … ALL IN TABLESPACE", table: null });
  if (node.orig_tablespacename === to) return [nothing];
  if (node.orig_tablespacename !== "pg_default")
    return [context.opaque(`which tables are in tablespace ${node.orig_tablespacename ?? ""} is not in the migrations`)];
  const moved: Change[] = [];
  for (const relation of context.state.relations.values()) {
    const kind = relation.kind === "materialized-view" ? "OBJECT_MATVIEW" : relation.kind === "table" ? "OBJECT_TABLE" : null;
    if (node.objtype === "OBJECT_INDEX" && kind !== null)
      for (const index of relation.indexes) moved.push(context.change({ kind: "alter-index", name: index.name, action: "SET TABLESPACE" }));
    else if (node.objtype === kind)
      moved.push(context.change({ kind: "alter-table-other", table: relation.name, action: "SET TABLESPACE" }));
  }
  return moved.length === 0 ? [nothing] : moved;
}
