import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quoteIdentifier } from "../../../text/quote.ts";
import { nextToken, type Token } from "../parse/lexer.ts";
import type { EmbeddedServer } from "./server.ts";
import { STUB_INDEX_METHODS, STUBS } from "./stubs.ts";

/**
 * Extensions of the server packages that stay inside the database and that were created on each of the majors 13 to 18 (see
 * extensions.test.ts). The owner of a rehearsal's database may create them.
 */
export const ALLOWED_EXTENSIONS: readonly string[] = [
  "amcheck",
  "autoinc",
  "bloom",
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dict_int",
  "dict_xsyn",
  "earthdistance",
  "fuzzystrmatch",
  "hstore",
  "insert_username",
  "intagg",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "moddatetime",
  "pageinspect",
  "pg_buffercache",
  "pg_freespacemap",
  "pg_prewarm",
  "pg_stat_statements",
  "pg_trgm",
  "pg_visibility",
  "pgcrypto",
  "pgrowlocks",
  "pgstattuple",
  "plpgsql",
  "refint",
  "seg",
  "tablefunc",
  "tcn",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
];

const LIMITS: Readonly<Record<string, readonly string[]>> = {
  pg_stat_statements: ["its view fails when it is read: the rehearsal's server does not preload it"],
};

/** Why some that people ask for are not there. */
const ABSENT: Readonly<Record<string, string>> = {
  dblink: "it connects to other servers, which a rehearsal must not",
  postgres_fdw: "it connects to other servers, which a rehearsal must not",
  file_fdw: "it reads files of the machine, which a rehearsal must not",
  adminpack: "it reads and writes files of the machine, which a rehearsal must not",
  http: "it connects to other servers, which a rehearsal must not",
  pg_net: "it connects to other servers, which a rehearsal must not",
  plpython3u: "its code runs with the rights of the server's user",
  plpythonu: "its code runs with the rights of the server's user",
  plperlu: "its code runs with the rights of the server's user",
  pltclu: "its code runs with the rights of the server's user",
};

export type ExtensionPlan =
  | { readonly kind: "available" | "stubbed"; readonly sql: string; readonly limits: readonly string[] }
  | { readonly kind: "absent"; readonly reason: string };

/** What a rehearsal can do about an extension. What needs an absent one is left out and named, and the verdict is *unknown*. */
export function extensionPlan(name: string): ExtensionPlan {
  const sql = `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} CASCADE`;
  if (ALLOWED_EXTENSIONS.includes(name)) return { kind: "available", sql, limits: LIMITS[name] ?? [] };
  const stub = STUBS.get(name);
  if (stub !== undefined) return { kind: "stubbed", sql, limits: stub.limits };
  return {
    kind: "absent",
    reason: `extension ${name} is not in the rehearsal's server: ${ABSENT[name] ?? "it is not part of PostgreSQL"}`,
  };
}

/** Creates it in the owner's name, as the migration would. Returns the plan; an absent extension is not an error here. */
export async function createExtension(server: EmbeddedServer, database: string, name: string): Promise<ExtensionPlan> {
  const plan = extensionPlan(name);
  if (plan.kind === "absent") return plan;
  const client = await server.connect({ role: "owner", database });
  try {
    await client.query(plan.sql);
  } finally {
    await client.end();
  }
  return plan;
}

/**
 * Makes the allow-list true in a server's own files, once, in the cache: the allowed extensions become `trusted` (the database's owner
 * may create them, in any tool, in any transaction), the stubs are added, and all others are removed, so that they are "not available"
 * for everybody.
 */
export async function furnishExtensions(binaries: string): Promise<void> {
  const directory = join(binaries, "share/postgresql/extension");
  for (const file of await readdir(directory)) {
    if (!file.endsWith(".control")) continue;
    const path = join(directory, file);
    if (!ALLOWED_EXTENSIONS.includes(file.slice(0, -".control".length))) {
      await rm(path);
      continue;
    }
    const control = await readFile(path, "utf8");
    if (!/^\s*trusted\s*=\s*true/m.test(control)) await writeFile(path, `${control.trimEnd()}\ntrusted = true\n`);
  }
  for (const stub of STUBS.values()) {
    const control = `comment = 'stub of tread for rehearsals'\ndefault_version = '1.0'\nrelocatable = false\ntrusted = true\n`;
    await writeFile(join(directory, `${stub.name}.control`), control);
    await writeFile(join(directory, `${stub.name}--1.0.sql`), stub.sql);
  }
}

/** Changes whenever a furnished server would: an older tread's copy, or one from before an edit to a stub, is then not used. */
export function furnishing(): string {
  const hash = createHash("sha256").update(JSON.stringify([ALLOWED_EXTENSIONS, [...STUBS.values()]]));
  return hash.digest("hex").slice(0, 8);
}

/**
 * Blanks out what a stub cannot take and the real extension can: the storage parameters of `CREATE INDEX … USING hnsw (…) WITH (m = 16)`.
 * The length stays the same, and with it every position in an error message.
 */
export function withoutStubParameters(sql: string): string {
  if (![...STUB_INDEX_METHODS].some((method) => sql.toLowerCase().includes(method))) return sql;
  const tokens: Token[] = [];
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, token.end)) if (token.kind !== "comment") tokens.push(token);
  const using = tokens.findIndex((token, i) => token.text === "using" && STUB_INDEX_METHODS.has(tokens[i + 1]?.text ?? ""));
  const first = tokens.findIndex((token, i) => i > using && token.text === "with" && tokens[i + 1]?.text === "(");
  const start = tokens[first];
  if (tokens[0]?.text !== "create" || using === -1 || start === undefined) return sql;
  let depth = 0;
  for (const token of tokens.slice(first + 1)) {
    if (token.text === "(") depth++;
    if (token.text === ")" && --depth === 0) {
      return sql.slice(0, start.start) + " ".repeat(token.end - start.start) + sql.slice(token.end);
    }
  }
  return sql;
}
