import type { Node } from "libpg-query";
import { tagOf } from "../parse/grammar.ts";

/** Known to take no lock on a table, or none that anybody waits for. */
export const MAINTENANCE: Readonly<Record<string, string>> = {
  GrantRoleStmt: "GRANT",
  AlterDefaultPrivilegesStmt: "ALTER DEFAULT PRIVILEGES",
  AlterRoleSetStmt: "ALTER ROLE",
  DropRoleStmt: "DROP ROLE",
  AlterTypeStmt: "ALTER TYPE",
  AlterTableSpaceOptionsStmt: "ALTER TABLESPACE",
  AlterDatabaseStmt: "ALTER DATABASE",
  AlterDatabaseSetStmt: "ALTER DATABASE",
  AlterDatabaseRefreshCollStmt: "ALTER DATABASE",
  CreateCastStmt: "CREATE CAST",
  CreateOpClassStmt: "CREATE OPERATOR CLASS",
  CreateOpFamilyStmt: "CREATE OPERATOR FAMILY",
  AlterOpFamilyStmt: "ALTER OPERATOR FAMILY",
  AlterOperatorStmt: "ALTER OPERATOR",
  CreateConversionStmt: "CREATE CONVERSION",
  CreateTransformStmt: "CREATE TRANSFORM",
  CreateAmStmt: "CREATE ACCESS METHOD",
  CreateUserMappingStmt: "CREATE USER MAPPING",
  AlterUserMappingStmt: "ALTER USER MAPPING",
  DropUserMappingStmt: "DROP USER MAPPING",
  AlterTSDictionaryStmt: "ALTER TEXT SEARCH DICTIONARY",
  AlterTSConfigurationStmt: "ALTER TEXT SEARCH CONFIGURATION",
  AlterCollationStmt: "ALTER COLLATION",
  VariableShowStmt: "SHOW",
  NotifyStmt: "NOTIFY",
  ListenStmt: "LISTEN",
  UnlistenStmt: "UNLISTEN",
  CheckPointStmt: "CHECKPOINT",
  LoadStmt: "LOAD",
};

/** What reads only, or changes nothing but the session: a read-only transaction lets it pass (manual, SET TRANSACTION). */
const READS = new Set(
  (
    "SelectStmt ExplainStmt VariableSetStmt VariableShowStmt TransactionStmt DeclareCursorStmt FetchStmt ClosePortalStmt PrepareStmt " +
    "ExecuteStmt DeallocateStmt DiscardStmt ListenStmt UnlistenStmt NotifyStmt LockStmt CheckPointStmt LoadStmt ConstraintsSetStmt DoStmt " +
    "CallStmt CopyStmt VacuumStmt AlterSystemStmt"
  ).split(" "),
);

/** How Postgres' message names the statement, for what a read-only transaction refuses; null for what it does not. */
export function commandOf(node: Node): string | null {
  const tag = tagOf(node);
  const known = NAMES.get(tag);
  if (known !== undefined) return known;
  const words = tag.replace(/Stmt$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  const name = READS.has(tag) ? null : words.toUpperCase();
  NAMES.set(tag, name);
  return name;
}

const NAMES = new Map<string, string | null>();
