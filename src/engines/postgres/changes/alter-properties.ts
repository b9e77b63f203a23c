import type { AlterTableCmd } from "libpg-query";
import type { ChangeBody } from "../../../model/change.ts";
import { as, strings, tagOf, type Node } from "../parse/grammar.ts";
import { namedBy } from "./composites.ts";
import type { Context } from "./context.ts";

/** Sub-commands that touch one table's properties: which lock they take and whether they rewrite is the prediction's business. */
const OTHER: Readonly<Record<string, string>> = {
  AT_SetStatistics: "SET STATISTICS",
  AT_SetOptions: "SET (attribute_option)",
  AT_ResetOptions: "RESET (attribute_option)",
  AT_SetStorage: "SET STORAGE",
  AT_SetCompression: "SET COMPRESSION",
  AT_ClusterOn: "CLUSTER ON",
  AT_DropCluster: "SET WITHOUT CLUSTER",
  AT_SetLogged: "SET LOGGED",
  AT_SetUnLogged: "SET UNLOGGED",
  AT_DropOids: "SET WITHOUT OIDS",
  AT_SetTableSpace: "SET TABLESPACE",
  AT_EnableTrig: "ENABLE TRIGGER",
  AT_EnableAlwaysTrig: "ENABLE ALWAYS TRIGGER",
  AT_EnableReplicaTrig: "ENABLE REPLICA TRIGGER",
  AT_DisableTrig: "DISABLE TRIGGER",
  AT_EnableTrigAll: "ENABLE TRIGGER ALL",
  AT_DisableTrigAll: "DISABLE TRIGGER ALL",
  AT_EnableTrigUser: "ENABLE TRIGGER USER",
  AT_DisableTrigUser: "DISABLE TRIGGER USER",
  AT_EnableRule: "ENABLE RULE",
  AT_EnableAlwaysRule: "ENABLE ALWAYS RULE",
  AT_EnableReplicaRule: "ENABLE REPLICA RULE",
  AT_DisableRule: "DISABLE RULE",
  AT_AddInherit: "INHERIT",
  AT_DropInherit: "NO INHERIT",
  AT_AddOf: "OF",
  AT_DropOf: "NOT OF",
  AT_ReplicaIdentity: "REPLICA IDENTITY",
  AT_EnableRowSecurity: "ENABLE ROW LEVEL SECURITY",
  AT_DisableRowSecurity: "DISABLE ROW LEVEL SECURITY",
  AT_ForceRowSecurity: "FORCE ROW LEVEL SECURITY",
  AT_NoForceRowSecurity: "NO FORCE ROW LEVEL SECURITY",
  AT_ChangeOwner: "OWNER TO",
  AT_GenericOptions: "OPTIONS",
  AT_AlterColumnGenericOptions: "ALTER COLUMN OPTIONS",
};

const OF_COLUMN = /^AT_(?:SetStatistics|SetOptions|ResetOptions|SetStorage|SetCompression|AlterColumnGenericOptions)$/;

const OF_OPTIONS = /^AT_(?:Set|Reset|Replace)RelOptions$/;

/** A sub-command that is about a property of the table or of a column; null for any other. */
export function readProperty(command: AlterTableCmd, table: string, context: Context): ChangeBody | null {
  if (command.subtype === "AT_ReplicaIdentity") {
    const identity = as(command.def, "ReplicaIdentityStmt");
    const by = { d: "default", i: "index", f: "full", n: "nothing" }[identity?.identity_type ?? "d"] ?? "default";
    return { kind: "alter-table-other", table, action: "REPLICA IDENTITY", ...namedBy(command), options: { identity: by } };
  }
  if (command.subtype === "AT_SetAccessMethod") {
    return { kind: "alter-table-other", table, action: `SET ACCESS METHOD ${command.name ?? "DEFAULT"}` };
  }
  const other = OTHER[command.subtype ?? ""];
  if (command.subtype === "AT_SetTableSpace" && command.name === "pg_default")
    return { kind: "alter-table-other", table, action: "SET TABLESPACE pg_default" };
  if (other !== undefined)
    return {
      kind: "alter-table-other",
      table,
      action: other,
      ...target(command, context),
      ...namedBy(command),
      ...(OF_COLUMN.test(command.subtype ?? "") ? { column: command.name ?? "" } : {}),
      ...(command.subtype === "AT_SetStorage" || command.subtype === "AT_SetCompression"
        ? { named: as(command.def, "String")?.sval ?? "" }
        : {}),
    };
  if (!OF_OPTIONS.test(command.subtype ?? "")) return null;
  const action = `SET (${relOptions(command.def).join(", ")})`;
  const values = command.subtype === "AT_ResetRelOptions" ? {} : { options: optionValues(command.def) };
  return { kind: "alter-table-other", table, action, ...values };
}

/** The other table of INHERIT and NO INHERIT is locked as well. */
function target(command: AlterTableCmd, context: Context): { readonly other?: string } {
  const range = as(command.def, "RangeVar");
  if (command.subtype !== "AT_AddInherit" && command.subtype !== "AT_DropInherit") return {};
  return range === undefined ? {} : { other: context.relation(range) };
}

function optionValues(definition: Node | undefined): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const item of as(definition, "List")?.items ?? []) {
    const option = as(item, "DefElem");
    const { arg } = option ?? {};
    const number = as(arg, "Integer")?.ival ?? as(arg, "Float")?.fval;
    const word = as(arg, "String")?.sval ?? strings(as(arg, "TypeName")?.names).at(-1) ?? as(arg, "Boolean")?.boolval;
    if (option?.defname !== undefined)
      values[option.defname] = String(arg === undefined ? true : (word ?? number ?? (tagOf(arg) === "Integer" ? 0 : "")));
  }
  return values;
}

function relOptions(definition: Node | undefined): string[] {
  return (as(definition, "List")?.items ?? []).flatMap((item) => {
    const option = as(item, "DefElem");
    return option?.defname === undefined
      ? []
      : [option.defnamespace === undefined ? option.defname : `${option.defnamespace}.${option.defname}`];
  });
}
