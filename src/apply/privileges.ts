import type { Client } from "pg";
import { DatabaseTrouble } from "../engines/postgres/introspect/trouble.ts";
import type { Change } from "../model/change.ts";
import { blocksWrites } from "../model/effects.ts";
import { quoteIdentifier } from "../text/quote.ts";
import { quotedRelation } from "./names.ts";
import type { ApplySession, Unit } from "./types.ts";

/** Something that the role may not do and the migrations need. */
interface MissingPrivilege {
  /** `add a column to public.loaf`: what it is needed for, with the first place that needs it. */
  readonly needed: string;
  /** The statement that gives it, for somebody who may. */
  readonly grant: string;
}

interface Wanted {
  readonly place: string;
  readonly kind:
    | "owner"
    | "schema-create"
    | "database-create"
    | "lock"
    | "references"
    | "select"
    | "insert"
    | "update"
    | "delete"
    | "all-rows";
  /** A relation, or a schema. */
  readonly on: string;
}

/** @throws DatabaseTrouble that names everything that is missing, with the statements that give it. Nothing has run then. */
export async function refuseMissingPrivileges({ runner, target, major, user }: ApplySession, units: readonly Unit[]): Promise<void> {
  const missing = await missingPrivileges(runner, units, major);
  if (missing.length === 0) return;
  throw new DatabaseTrouble(
    `${user} may not do on ${target.shown} what the migrations need; nothing was run:\n${missing.map(({ needed }) => `  ${needed}`).join("\n")}`,
    `let somebody who may run: ${missing.map(({ grant }) => `${grant};`).join(" ")}`,
    "42501",
  );
}

/**
 * Asks the server, before anything runs, for everything that the units need of what is there already. What the run itself creates is its
 * own. Only what can be told from the statements: a function's body may need more.
 */
async function missingPrivileges(client: Client, units: readonly Unit[], major: number): Promise<readonly MissingPrivilege[]> {
  const missing = new Map<string, MissingPrivilege>();
  for (const wanted of wantedBy(units)) {
    const found = await ask(client, wanted, major);
    if (found !== null && !missing.has(found.grant)) missing.set(found.grant, found);
  }
  return [...missing.values()];
}

function wantedBy(units: readonly Unit[]): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  const made = new Set<string>();
  const want = (kind: Wanted["kind"], on: string, place: string): void => {
    if (!made.has(on) && !wanted.has(`${kind} ${on}`)) wanted.set(`${kind} ${on}`, { kind, on, place });
  };
  for (const unit of units) {
    for (const { statement } of unit.statements) {
      const place = `${statement.span.file}:${statement.span.line}`;
      for (const change of statement.changes) {
        wants(change, (kind, on) => want(kind, on, place));
        if (change.kind === "create-relation") made.add(change.relation.name);
        if (change.kind === "create-schema") made.add(change.name);
      }
    }
    const [first] = unit.statements;
    const place = first === undefined ? "" : `${first.statement.span.file}:${first.statement.span.line}`;
    // It runs under row_security = off: rows that a policy hides would stay as they are, and count as done.
    if (unit.backfill !== undefined) want("all-rows", unit.backfill.table, place);
    for (const { relation, mode } of unit.locks) if (blocksWrites(mode)) want("lock", relation, place);
  }
  return [...wanted.values()];
}

function wants(change: Change, want: (kind: Wanted["kind"], on: string) => void): void {
  switch (change.kind) {
    case "create-relation":
      want("schema-create", schemaOf(change.relation.name));
      for (const parent of change.references) want("references", parent);
      return;
    case "create-index":
      want("owner", change.table);
      want("schema-create", schemaOf(change.table));
      return;
    case "add-constraint":
      want("owner", change.table);
      if (change.constraint.references !== null) want("references", change.constraint.references.relation);
      if (change.constraint.index !== null && change.usingIndex === null) want("schema-create", schemaOf(change.table));
      return;
    case "create-sequence":
      want("schema-create", schemaOf(change.sequence.name));
      return;
    case "create-type":
      want("schema-create", schemaOf(change.type.name));
      return;
    case "create-schema":
    case "create-extension":
      want("database-create", "");
      return;
    case "write":
      if (change.verb !== "merge") want(change.verb === "copy" ? "insert" : change.verb, change.table);
      return;
    case "drop-relation":
    case "rename-relation":
      want("owner", change.name);
      return;
    case "add-column":
    case "drop-column":
    case "rename-column":
    case "change-type":
    case "set-default":
    case "set-not-null":
    case "drop-not-null":
    case "drop-constraint":
    case "validate-constraint":
    case "rename-constraint":
    case "alter-table-other":
      want("owner", change.table);
      return;
    default:
  }
}

function schemaOf(name: string): string {
  const dot = name.indexOf(".");
  return dot === -1 ? "public" : name.slice(0, dot);
}

async function ask(client: Client, { kind, on, place }: Wanted, major: number): Promise<MissingPrivilege | null> {
  const one = async <Row extends object>(sql: string, values: readonly unknown[]): Promise<(Row & { role: string }) | null> =>
    (await client.query<Row & { role: string }>(sql, [...values])).rows[0] ?? null;
  switch (kind) {
    case "database-create": {
      const row = await one<{ may: boolean; database: string }>(
        "SELECT current_user AS role, current_database() AS database, has_database_privilege(current_database(), 'CREATE') AS may",
        [],
      );
      if (row === null || row.may) return null;
      return {
        needed: `${place} creates a schema or an extension`,
        grant: `GRANT CREATE ON DATABASE ${quoteIdentifier(row.database)} TO ${quoteIdentifier(row.role)}`,
      };
    }
    case "schema-create": {
      const row = await one<{ may: boolean }>(
        "SELECT current_user AS role, has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE') AS may FROM pg_catalog.pg_namespace WHERE nspname = $1",
        [on],
      );
      if (row === null || row.may) return null;
      return {
        needed: `${place} creates something in the schema ${on}`,
        grant: `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(on)} TO ${quoteIdentifier(row.role)}`,
      };
    }
    case "all-rows": {
      const row = await one<{ hidden: boolean; owns: boolean }>(
        `SELECT current_user AS role, row_security_active(c.oid) AS hidden, pg_has_role(c.relowner, 'USAGE') AS owns
           FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
        [schemaOf(on), on.slice(on.indexOf(".") + 1)],
      );
      if (row === null || !row.hidden) return null;
      return {
        needed: `${place} walks every row of ${on}, and row level security${row.owns ? ", which is forced upon the owner," : ""} hides some from ${row.role}`,
        grant: `ALTER ROLE ${quoteIdentifier(row.role)} BYPASSRLS`,
      };
    }
    default:
  }
  const row = await one<{ owner: string; owns: boolean; may: boolean; lock: boolean }>(
    `SELECT current_user AS role, pg_get_userbyid(c.relowner) AS owner, pg_has_role(c.relowner, 'USAGE') AS owns,
            has_table_privilege(c.oid, $2) AS may, has_table_privilege(c.oid, $3) AS lock
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $4 AND c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [
      on.slice(on.indexOf(".") + 1),
      kind === "owner" || kind === "lock" ? "SELECT" : kind.toUpperCase(),
      // LOCK TABLE asks for one of these (manual, LOCK); MAINTAIN came with 17.
      `UPDATE, DELETE, TRUNCATE${major >= 17 ? ", MAINTAIN" : ""}`,
      schemaOf(on),
    ],
  );
  if (row === null || row.owns) return null;
  const [table, role] = [quotedRelation(on), quoteIdentifier(row.role)];
  if (kind === "owner")
    return { needed: `${place} changes ${on}, which belongs to ${row.owner}`, grant: `GRANT ${quoteIdentifier(row.owner)} TO ${role}` };
  if (kind === "lock")
    return row.lock
      ? null
      : {
          needed: `${place} locks ${on}, so that nobody has to queue`,
          grant: `GRANT ${major >= 17 ? "MAINTAIN" : "UPDATE"} ON ${table} TO ${role}`,
        };
  const verb = kind === "references" ? "refers to" : kind === "insert" ? "inserts into" : `${kind}s`;
  return row.may ? null : { needed: `${place} ${verb} ${on}`, grant: `GRANT ${kind.toUpperCase()} ON ${table} TO ${role}` };
}
