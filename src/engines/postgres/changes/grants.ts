import type { AlterRoleStmt, CreateRoleStmt, GrantStmt } from "libpg-query";
import type { Change, Grant } from "../../../model/change.ts";
import { all, as, strings } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** GRANT and REVOKE: one change per table, so that each is looked up; one for anything else. */
export function readGrant(node: GrantStmt, context: Context): Change[] {
  const command = node.is_grant === true ? "GRANT" : "REVOKE";
  const isTables = node.objtype === "OBJECT_TABLE" && node.targtype === "ACL_TARGET_OBJECT";
  const tables = isTables ? all(node.objects, "RangeVar").map((range) => context.relation(range)) : [];
  const grant = node.is_grant === true ? { grant: grantOf(node, tables) } : {};
  if (tables.length === 0) return [context.change({ kind: "maintenance", command, table: null, ...grant })];
  return tables.map((table) => context.change({ kind: "maintenance", command, table, ...grant }));
}

function grantOf(node: GrantStmt, tables: readonly string[]): Grant {
  const functions = all(node.objects, "ObjectWithArgs").map((object) => strings(object.objname).join("."));
  return {
    privileges: all(node.privileges, "AccessPriv").map((privilege) => (privilege.priv_name ?? "").toUpperCase()),
    grantees: all(node.grantees, "RoleSpec").map((role) => (role.roletype === "ROLESPEC_PUBLIC" ? "PUBLIC" : (role.rolename ?? ""))),
    on: (node.objtype ?? "").replace("OBJECT_", "").replace("_", " "),
    objects: tables.length > 0 ? tables : [...functions, ...strings(node.objects)],
    withGrantOption: node.grant_option === true,
  };
}

/** CREATE ROLE and ALTER ROLE, with the options that they switch on. */
export function readRole(command: "CREATE ROLE" | "ALTER ROLE", node: CreateRoleStmt | AlterRoleStmt, context: Context): Change[] {
  const names: Readonly<Record<string, string>> = {
    bypassrls: "BYPASSRLS",
    isreplication: "REPLICATION",
    createrole: "CREATEROLE",
    createdb: "CREATEDB",
  };
  const roleOptions = all(node.options, "DefElem").flatMap((option) => {
    const name = option.defname ?? "";
    return as(option.arg, "Boolean")?.boolval === true ? [names[name] ?? name.toUpperCase()] : [];
  });
  return [context.change({ kind: "maintenance", command, table: null, ...(roleOptions.length === 0 ? {} : { roleOptions }) })];
}
