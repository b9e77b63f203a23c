import { refusal } from "../../engines/postgres/embedded/refuse.ts";
import type { Statement } from "../../model/migration.ts";
import { controlOf } from "./control.ts";

/** A statement that no rehearsal sends to a server. */
export interface LeftOut {
  /** For the report of the statement. */
  readonly why: string;
  /** For the limits of the rehearsal; null where nothing is missed. */
  readonly limit: string | null;
  /** It may have changed the schema in a way that nobody can tell. */
  readonly hides: boolean;
}

/** Why a statement is not run, or null when it is. Code is another matter: something stands in for it. */
export async function leftOut(statement: Statement, key: string): Promise<LeftOut | null> {
  if (statement.kind === "code") return null;
  if (controlOf(statement.sql).kind === "psql") {
    const why = statement.opaque ?? "a command of psql that changes nothing in the database";
    return { why, limit: null, hides: statement.opaque !== null };
  }
  if (statement.kind === "opaque") {
    const reason = statement.opaque ?? "tread cannot read it";
    return { why: `not run: ${reason}`, limit: `${key} was left out: ${reason}`, hides: false };
  }
  const refused = await refusal(statement.sql);
  return refused === null ? null : { why: `refused: ${refused}`, limit: `${key} was refused: ${refused}`, hides: false };
}
