import type { Client } from "pg";
import { copyDataBehind, split } from "../parse/split.ts";
import { loadGrammar } from "../parse/load.ts";
import { copyIn } from "./copy-in.ts";
import { extensionPlan, withoutStubParameters } from "./extensions.ts";
import { refusalBy } from "./refuse.ts";

/** A statement of the dump that is not in the database now. What depends on it is unknown to a rehearsal. */
interface LeftOut {
  /** In the dump, from 1. */
  readonly line: number;
  /** The statement's beginning, for a report. */
  readonly sql: string;
  readonly reason: string;
}

export interface LoadedDump {
  readonly statements: number;
  readonly leftOut: readonly LeftOut[];
  /** Owners, grants to roles that do not exist here, settings that this major does not have: nothing a rehearsal could miss. */
  readonly ignored: number;
}

const WORD = `(?:"(?:[^"]|"")+"|[\\w$]+)`;

/** Owners do not matter to locks, and the roles are not here: everything belongs to the sandbox's owner. */
const CHANGES_OWNER = new RegExp(`^ALTER\\s[\\s\\S]*\\sOWNER\\s+TO\\s+${WORD}$`, "i");

/** The text is decoded already, so the dump's encoding is over; the rest is about the cluster, not the database. */
const IGNORED = [
  /^SET\s+(?:SESSION\s+AUTHORIZATION|ROLE)\b/i,
  /^SET\s+(?:SESSION\s+)?(?:client_encoding|default_tablespace)\b/i,
  /^(?:CREATE|ALTER|DROP|COMMENT\s+ON)\s+(?:DATABASE|ROLE|USER|GROUP|TABLESPACE)\b(?!\s+MAPPING)/i,
  /^COMMENT\s+ON\s+EXTENSION\b/i,
  /^SECURITY\s+LABEL\b/i,
];

/** Errors that mean "there already", "no such role" or "no such setting" for the kind of statement. */
const HARMLESS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^SET\s/i, ["42704", "22023", "42501", "55P02"]],
  [/^(?:GRANT|REVOKE|ALTER\s+DEFAULT\s+PRIVILEGES)\b/i, ["42704", "42501"]],
  [/^CREATE\s+SCHEMA\b/i, ["42P06"]],
  [/^COMMENT\s+ON\s+SCHEMA\b/i, ["42501"]],
];

/** psql commands of pg_dump that say nothing about the schema. */
const IGNORED_META = /^\\(?:restrict|unrestrict|connect|c|encoding|set|unset|pset|echo|timing|qecho)\b/;

/**
 * Loads a plain `pg_dump` file as `client` (the sandbox's owner), without psql: `\restrict`, COPY data, owners and grants of other
 * clusters, and settings of newer majors are understood. A statement that fails is left out and named; the rest goes on, as psql does.
 * The session's settings are reset at the end.
 *
 * @throws when the connection is lost.
 */
export async function loadDump(client: Client, text: string): Promise<LoadedDump> {
  const grammar = await loadGrammar();
  const leftOut: LeftOut[] = [];
  let statements = 0;
  let ignored = 0;
  const lineOf = lineCounter(text);
  for (const piece of split(text)) {
    const sql = text.slice(piece.start, piece.end);
    const leave = (reason: string): void => void leftOut.push({ line: lineOf(piece.start), sql: beginning(sql), reason });
    if (piece.kind === "meta") {
      if (IGNORED_META.test(sql)) ignored++;
      else leave("a psql command that tread does not run");
      continue;
    }
    if (CHANGES_OWNER.test(sql) || IGNORED.some((pattern) => pattern.test(sql))) {
      ignored++;
      continue;
    }
    statements++;
    // INSERTs and row data are most of a dump and cannot be refused for what they name.
    const refused = piece.copyData ? null : (absentExtension(sql) ?? refusalBy(grammar, sql));
    if (refused !== null) {
      leave(refused);
      continue;
    }
    try {
      if (piece.copyData) await copyIn(client, sql, copyDataBehind(text, piece.end));
      else await client.query(withoutStubParameters(sql));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : null;
      if (code === null || code.startsWith("57P")) throw error;
      if (HARMLESS.some(([pattern, codes]) => pattern.test(sql) && codes.includes(code))) {
        ignored++;
        statements--;
      } else leave(`${error instanceof Error ? error.message : String(error)} (${code})`);
    }
  }
  // A dump ends with an empty search_path, no row security and no timeouts.
  await client.query("RESET ALL");
  return { statements, leftOut, ignored };
}

function absentExtension(sql: string): string | null {
  const name = new RegExp(`^CREATE\\s+EXTENSION\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(${WORD})`, "i").exec(sql)?.[1];
  if (name === undefined) return null;
  const plan = extensionPlan(name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase());
  return plan.kind === "absent" ? plan.reason : null;
}

function beginning(sql: string): string {
  const line = sql.replace(/\s+/g, " ");
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

/** Lines of rising offsets, counted once over the whole text. */
function lineCounter(text: string): (offset: number) => number {
  let at = 0;
  let line = 1;
  return (offset) => {
    for (let next = text.indexOf("\n", at); next !== -1 && next < offset; next = text.indexOf("\n", at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}
