import { type Grammar, strings, walk, type Node } from "../parse/grammar.ts";
import { nextToken } from "../parse/lexer.ts";
import { loadGrammar } from "../parse/load.ts";

/**
 * Functions that read or write the server's files, run programs, or connect elsewhere. The sandbox role may call none of them
 * (SQLSTATE 42501); refusing them by name says so before anything ran, and says why.
 */
const REACHING: ReadonlyMap<string, string> = new Map([
  ...["pg_read_file", "pg_read_binary_file", "pg_stat_file", "pg_file_read", "lo_import", "xmlfile"].map(
    (name) => [name, "reads files of the machine"] as const,
  ),
  ...[
    "pg_ls_dir",
    "pg_ls_logdir",
    "pg_ls_waldir",
    "pg_ls_tmpdir",
    "pg_ls_archive_statusdir",
    "pg_ls_logicalsnapdir",
    "pg_ls_logicalmapdir",
    "pg_ls_replslotdir",
    "pg_logdir_ls",
    "pg_current_logfile",
  ].map((name) => [name, "lists directories of the machine"] as const),
  ...["lo_export", "pg_file_write", "pg_file_rename", "pg_file_unlink", "pg_file_sync"].map(
    (name) => [name, "writes files of the machine"] as const,
  ),
  ["pg_execute_server_program", "runs programs of the machine"],
  ...["pg_reload_conf", "pg_rotate_logfile", "pg_promote", "pg_switch_wal"].map((name) => [name, "commands the whole server"] as const),
  ...[
    "dblink",
    "dblink_connect",
    "dblink_connect_u",
    "dblink_exec",
    "dblink_open",
    "dblink_send_query",
    "postgres_fdw_get_connections",
  ].map((name) => [name, "connects to another server"] as const),
]);

/** Extensions that exist to leave the database. */
const REACHING_EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ["dblink", "connects to other servers"],
  ["postgres_fdw", "connects to other servers"],
  ["file_fdw", "reads files and runs programs of the machine"],
  ["adminpack", "reads and writes files of the machine"],
  ["plpython3u", "runs code with the rights of the server's user"],
  ["plpythonu", "runs code with the rights of the server's user"],
  ["plpython2u", "runs code with the rights of the server's user"],
  ["plperlu", "runs code with the rights of the server's user"],
  ["pltclu", "runs code with the rights of the server's user"],
]);

const TRUSTED_LANGUAGES = new Set(["sql", "plpgsql", "plperl", "pltcl"]);

/** Languages that cannot leave the database although they are not in the package: they fail there, they are not refused. */
const HARMLESS_ABSENT = new Set(["plv8", "plcoffee", "plls", "pllua", "plrust"]);

/**
 * Why tread does not run this SQL in a rehearsal, or null. Looks at the parse tree and into the bodies of DO blocks and routines; what
 * a body builds as a string at run time is beyond it, and there the sandbox role's missing rights (42501) are the lock.
 */
export async function refusal(sql: string): Promise<string | null> {
  return refusalBy(await loadGrammar(), sql);
}

/** The same, synchronous, for who holds the grammar already. Null for SQL that does not parse: the server will say so. */
export function refusalBy(grammar: Grammar, sql: string): string | null {
  const parsed = grammar.parse(sql);
  return parsed.ok ? refusalOf(parsed.statements) : null;
}

/** The same for parsed statements. */
function refusalOf(statements: readonly Node[]): string | null {
  let found: string | null = null;
  walk(statements, (tag, body) => {
    found ??= refuseNode(tag, body);
    return found === null;
  });
  return found;
}

function refuseNode(tag: string, body: Record<string, unknown>): string | null {
  switch (tag) {
    case "CopyStmt":
      return refuseCopy(body);
    case "FuncCall":
      return refuseCall(strings(body["funcname"] as Node[] | undefined).at(-1) ?? "");
    case "LoadStmt":
      return refuse("LOAD", "loads a library into the server");
    case "AlterSystemStmt":
      return refuse("ALTER SYSTEM", "changes the whole server, not the database");
    case "CreateExtensionStmt":
      return refuseExtension(text(body["extname"]));
    case "CreatePLangStmt":
      return refuseLanguage(text(body["plname"]), "CREATE LANGUAGE");
    case "CreateFunctionStmt":
    case "DoStmt":
      return refuseRoutine(tag === "DoStmt" ? "DO" : "CREATE FUNCTION", (body["options"] ?? body["args"]) as Node[] | undefined);
    case "CreateForeignServerStmt":
      return refuse("CREATE SERVER", "connects to another server");
    case "CreateUserMappingStmt":
      return refuse("CREATE USER MAPPING", "connects to another server");
    case "CreateForeignTableStmt":
      return refuse("CREATE FOREIGN TABLE", "reads another server or a file");
    case "ImportForeignSchemaStmt":
      return refuse("IMPORT FOREIGN SCHEMA", "connects to another server");
    case "CreateSubscriptionStmt":
      return refuse("CREATE SUBSCRIPTION", "connects to another server");
    case "AlterSubscriptionStmt":
      return refuse("ALTER SUBSCRIPTION", "connects to another server");
    case "CreateTableSpaceStmt":
      return refuse("CREATE TABLESPACE", "writes outside the data directory");
    case "DropdbStmt":
      return refuse("DROP DATABASE", "removes a whole database");
    default:
      return null;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function refuse(what: string, why: string): string {
  return `${what} is refused in a rehearsal: it ${why}`;
}

function refuseCopy(body: Record<string, unknown>): string | null {
  const direction = body["is_from"] === true ? "FROM" : "TO";
  if (body["is_program"] === true) return refuse(`COPY … ${direction} PROGRAM`, "runs a program on the machine");
  if (typeof body["filename"] === "string") {
    return refuse(
      `COPY … ${direction} '${body["filename"]}'`,
      direction === "FROM" ? "reads a file of the machine" : "writes a file of the machine",
    );
  }
  return null;
}

function refuseCall(name: string): string | null {
  const why = REACHING.get(name.toLowerCase());
  return why === undefined ? null : refuse(`${name}()`, why);
}

function refuseExtension(name: string): string | null {
  const why = REACHING_EXTENSIONS.get(name);
  return why === undefined ? null : refuse(`CREATE EXTENSION ${name}`, why);
}

function refuseLanguage(language: string, what: string): string | null {
  const name = language.toLowerCase();
  if (TRUSTED_LANGUAGES.has(name) || HARMLESS_ABSENT.has(name)) return null;
  if (name === "c") return refuse(`${what} … LANGUAGE c`, "loads a library into the server");
  if (name === "internal") return refuse(`${what} … LANGUAGE internal`, "calls the server's own C functions unchecked");
  return refuse(`${what} … LANGUAGE ${name}`, "is an untrusted language, which runs with the rights of the server's user");
}

function refuseRoutine(what: string, options: Node[] | undefined): string | null {
  const read = (name: string): string | null => {
    for (const option of options ?? []) {
      if (!("DefElem" in option) || option.DefElem.defname !== name) continue;
      const value = option.DefElem.arg;
      if (value === undefined) return null;
      if ("String" in value) return value.String.sval ?? "";
      if ("List" in value) return strings(value.List.items).join("\n");
    }
    return null;
  };
  const language = read("language") ?? (what === "DO" ? "plpgsql" : "sql");
  const refused = refuseLanguage(language, what);
  if (refused !== null) return refused;
  const inside = refuseBody(read("as") ?? "");
  return inside === null ? null : `${inside} (in the body of ${what})`;
}

/** A body is not Postgres' grammar as a whole: its words are enough to see a call or a COPY to somewhere. */
function refuseBody(body: string): string | null {
  const recent: { kind: string; text: string }[] = [];
  let copying = false;
  for (let token = nextToken(body, 0); token !== null; token = nextToken(body, token.end)) {
    if (token.kind === "comment") continue;
    if (token.kind === "punct" && token.text === ";") copying = false;
    const previous = recent.at(-1);
    if (token.text === "(" && (previous?.kind === "word" || previous?.kind === "quoted")) {
      const refused = refuseCall(previous.text);
      if (refused !== null) return refused;
    }
    if (
      token.kind === "word" &&
      token.text === "copy" &&
      (previous === undefined || previous.kind !== "word" || previous.text === "begin")
    ) {
      copying = true;
    }
    if (copying && (previous?.text === "from" || previous?.text === "to") && previous.kind === "word") {
      if (token.text === "program") return refuse(`COPY … ${previous.text.toUpperCase()} PROGRAM`, "runs a program on the machine");
      if (token.kind === "string") return refuse(`COPY … ${previous.text.toUpperCase()} a file`, "reaches a file of the machine");
    }
    recent.push({ kind: token.kind, text: token.text });
    if (recent.length > 2) recent.shift();
  }
  return null;
}
