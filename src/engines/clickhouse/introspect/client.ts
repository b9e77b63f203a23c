import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import type { ClickHouseTarget } from "./target.ts";

export interface ReadOnlyClickHouse {
  readonly shown: string;
  /** `26.7.2.1`. */
  readonly version: string;
  /** What unqualified names mean. */
  readonly database: string;
  /**
   * The rows of a query as objects. Integers come as numbers.
   * @param params values of `{name:Type}` in the query
   * @throws DatabaseTrouble
   */
  rows<T>(sql: string, params?: Readonly<Record<string, string>>): Promise<T[]>;
}

export interface ClientOptions {
  /** Longest that one query may take, on the server and on the wire. */
  readonly timeoutSeconds: number;
  /** How much longer the wire may take than the server, which stops first and says so. Default 5 s. */
  readonly graceSeconds?: number;
  /** A server from before 20.1 (tests of replication run on 18.16): fewer settings, no `getSetting`. */
  readonly old?: boolean;
}

interface Greeting {
  readonly version: string;
  readonly database: string;
  readonly readonly: string;
}

/** What is asked of the server besides: it must not write, must not run for ever, must answer as a whole or not at all. */
const ASKED = { readonly: "1", max_threads: "2", log_comment: "tread" } as const;
/** An old server takes settings one after the other, and none after `readonly`. */
const ASKED_OF_OLD = { max_threads: "2", output_format_json_quote_64bit_integers: "0", readonly: "1" } as const;

/**
 * A server that is only read: every query is sent with `readonly = 1` (no writes, no DDL, no change of settings) and a time limit.
 * @throws DatabaseTrouble when nothing answers, or the user may not log in
 */
export async function openReadOnlyClickHouse(target: ClickHouseTarget, options: ClientOptions): Promise<ReadOnlyClickHouse> {
  let restricted = false;
  const ask = async <T>(sql: string, params: Readonly<Record<string, string>> = {}): Promise<T[]> => {
    const text = await request(target, sql, params, options, restricted);
    return text.split("\n").flatMap((line): T[] => (line.trim() === "" ? [] : [JSON.parse(line) as T]));
  };
  const greet = (): Promise<Greeting[]> =>
    ask<Greeting>(
      options.old === true
        ? "SELECT version() AS version, currentDatabase() AS database, value AS readonly FROM system.settings WHERE name = 'readonly'"
        : "SELECT version() AS version, currentDatabase() AS database, toString(getSetting('readonly')) AS readonly",
    );
  const [server] = await greet().catch(async (error: unknown) => {
    // A user whose profile is read-only may not even say so again: then nothing needs to be said.
    if (!(error instanceof DatabaseTrouble) || error.code !== "164") throw error;
    restricted = true;
    return await greet();
  });
  if (server === undefined) throw new DatabaseTrouble(`${target.shown} did not say what it is`, "is it ClickHouse's HTTP interface?");
  if (server.readonly === "0")
    throw new DatabaseTrouble(`${target.shown} does not take \`readonly = 1\``, "tread asks nothing of a server that it could change");
  return { shown: target.shown, version: server.version, database: server.database, rows: ask };
}

async function request(
  target: ClickHouseTarget,
  sql: string,
  params: Readonly<Record<string, string>>,
  { timeoutSeconds, graceSeconds = 5, old = false }: ClientOptions,
  restricted: boolean,
): Promise<string> {
  const query = new URLSearchParams({
    ...target.settings,
    wait_end_of_query: "1",
    ...(restricted ? {} : { max_execution_time: String(timeoutSeconds), timeout_overflow_mode: "throw", ...(old ? ASKED_OF_OLD : ASKED) }),
    ...(target.database === null ? {} : { database: target.database }),
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [`param_${name}`, value])),
  });
  let response: Response;
  let text: string;
  try {
    const send = (): Promise<Response> =>
      fetch(`${target.endpoint}?${query.toString()}`, {
        method: "POST",
        body: `${sql}\nFORMAT JSONEachRow`,
        headers: {
          "X-ClickHouse-User": encodeHeader(target.user),
          ...(target.password === "" ? {} : { "X-ClickHouse-Key": encodeHeader(target.password) }),
          "User-Agent": "tread",
        },
        redirect: "error",
        // The server stops first, and says so.
        signal: AbortSignal.timeout((timeoutSeconds + graceSeconds) * 1000),
      });
    // A server closes a connection that was idle for some seconds, perhaps just when the next question is on its way: asked once more, on
    // a new connection, which a question that changes nothing may be.
    response = await send().catch((error: unknown) => {
      if (!isClosed(error)) throw error;
      return send();
    });
    text = await response.text();
  } catch (error) {
    throw unreachable(error, target, timeoutSeconds);
  }
  if (response.ok) return text;
  throw refused(text, response.status, target, timeoutSeconds);
}

function isClosed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && (cause.code === "UND_ERR_SOCKET" || cause.code === "ECONNRESET");
}

/** Header values are bytes; fetch takes Latin-1. */
function encodeHeader(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}

function unreachable(error: unknown, target: ClickHouseTarget, seconds: number): DatabaseTrouble {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : null;
  const name = error instanceof Error ? error.name : "";
  const said = target.redact(cause instanceof Error ? cause.message : String(cause));
  if (name === "TimeoutError")
    return new DatabaseTrouble(
      `no answer from ${target.shown} within ${seconds} s`,
      "is a VPN or a tunnel needed? --timeout gives it longer",
      "ETIMEDOUT",
    );
  switch (code) {
    case "ECONNREFUSED":
      return new DatabaseTrouble(
        `nothing answers at ${target.shown}`,
        "is the server running, and is this the port of its HTTP interface (8123, or 8443 with TLS)?",
        code,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new DatabaseTrouble(`the host of ${target.shown} is not known`, "check the spelling, and whether a VPN must be up", code);
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return new DatabaseTrouble(`${target.shown} does not speak TLS there`, "write http://, or the port with TLS (8443)", code);
    default:
      return code !== null && /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
        ? new DatabaseTrouble(
            `the certificate of ${target.shown} is not trusted: ${said}`,
            "name its authority in NODE_EXTRA_CA_CERTS",
            code,
          )
        : new DatabaseTrouble(`${target.shown} could not be asked: ${said}`, "is it the HTTP interface of a ClickHouse server?", code);
  }
}

function refused(text: string, status: number, target: ClickHouseTarget, seconds: number): DatabaseTrouble {
  const code = /Code: (\d+)/.exec(text)?.[1] ?? null;
  const said = target.redact((text.split("\n")[0] ?? "").replace(/^Code: \d+\. DB::Exception: /, "").slice(0, 300));
  switch (code) {
    case "516":
    case "192":
    case "193":
    case "194":
      return new DatabaseTrouble(
        `${target.shown} does not let this user in: the name or the password is wrong, or logging in from here is not allowed`,
        "give them in the URL, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD",
        code,
      );
    case "81":
      return new DatabaseTrouble(`${target.shown}: there is no such database`, "correct the path of the URL, or leave it out", code);
    case "497":
      return new DatabaseTrouble(
        `${target.shown}: a right is missing: ${said}`,
        "tread reads system tables only: GRANT SELECT ON system.* and SHOW TABLES, SHOW COLUMNS on the databases",
        code,
      );
    case "159":
      return new DatabaseTrouble(`${target.shown}: the query took longer than ${seconds} s`, "--timeout gives it longer", code);
    case null:
      return new DatabaseTrouble(
        `${target.shown} answered with HTTP ${status}, and not as ClickHouse does${said === "" ? "" : `: ${said.slice(0, 120)}`}`,
        "is it the HTTP interface (8123, or 8443 with TLS), and is there a proxy in between?",
      );
    default:
      return new DatabaseTrouble(`${target.shown}: ${said}`, "the message is the server's", code);
  }
}
