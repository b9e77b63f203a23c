import type { AlterTableCmd, AlterTableStmt } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import { all, as } from "../parse/grammar.ts";
import { readColumn } from "./columns.ts";
import type { Context } from "./context.ts";
import { Names } from "./names.ts";

const ACTIONS: Readonly<Record<string, "add" | "drop" | "alter">> = {
  AT_AddColumn: "add",
  AT_DropColumn: "drop",
  AT_AlterColumnType: "alter",
};

/** ALTER TYPE … ADD, DROP and ALTER ATTRIBUTE, which the grammar reads as ALTER TABLE on a composite. */
export function alterAttributes(node: AlterTableStmt, context: Context): Change[] {
  const range = node.relation;
  const type = context.lookup(range?.schemaname, range?.relname ?? "", (q) => context.state.types.has(q));
  const names = new Names(context.state, type);
  return all(node.cmds, "AlterTableCmd").map((command) => {
    const action = ACTIONS[command.subtype ?? ""];
    if (action === undefined) return context.opaque(`ALTER TYPE with ${command.subtype ?? "?"} is not known to tread`, []);
    const definition = as(command.def, "ColumnDef");
    const column = definition === undefined ? null : readColumn(definition, type, context, names).column;
    return context.change({
      kind: "alter-attribute",
      type,
      action,
      attribute: command.name ?? column?.name ?? "",
      column,
      ifExists: command.missing_ok === true,
      cascade: command.behavior === "DROP_CASCADE",
    });
  });
}

/** ALTER SEQUENCE … OWNER TO, SET LOGGED and SET UNLOGGED have the grammar of ALTER TABLE. */
export function alterSequenceAsTable(node: AlterTableStmt, context: Context): Change[] {
  const name = context.sequence(node.relation);
  return all(node.cmds, "AlterTableCmd").map((command) => {
    const action = command.subtype === "AT_ChangeOwner" ? "OWNER TO" : (command.subtype ?? "").replace("AT_", "");
    return context.change({ kind: "alter-sequence", name, ifExists: node.missing_ok === true, action });
  });
}

/** The trigger, rule or index that a sub-command names; ALL and USER name none. */
export function namedBy(command: AlterTableCmd): { readonly named?: string } {
  const subtype = command.subtype ?? "";
  if (/^AT_(?:Enable|Disable).*(?:Trig|Rule)$/.test(subtype) || subtype === "AT_ClusterOn")
    return command.name === undefined ? {} : { named: command.name };
  const identity = as(command.def, "ReplicaIdentityStmt");
  return identity?.name === undefined ? {} : { named: identity.name };
}
