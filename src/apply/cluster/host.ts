import type { ClickHouseTarget } from "../../engines/clickhouse/introspect/index.ts";

/** How a server is spoken to. `old`: 18.16, on which replication is tested; nothing before 20.1 is supported. */
export type WalkDialect = "current" | "old";

/** A host did not do what it was asked. */
export class HostTrouble extends Error {
  override readonly name = "HostTrouble";
  readonly host: string;
  /**
   * - `unreachable`: nothing was sent.
   * - `unknown`: the statement may have been taken; only the catalogue tells.
   * - `refused`: the server answered with an error.
   */
  readonly kind: "unreachable" | "unknown" | "refused";
  /** The server's error code, or null. */
  readonly code: number | null;

  constructor(host: string, kind: HostTrouble["kind"], message: string, code: number | null = null) {
    super(message);
    this.host = host;
    this.kind = kind;
    this.code = code;
  }
}

export interface RunOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Of unqualified names. */
  readonly database?: string | null;
  /** Milliseconds until the client gives up; the statement may then have been taken all the same. */
  readonly timeoutMs: number;
  readonly queryId?: string;
}

/** One host, asked directly. Passwords stay inside. */
export interface WalkHost {
  readonly name: string;
  readonly dialect: WalkDialect;
  /** @throws HostTrouble */
  run(sql: string, options: RunOptions): Promise<string>;
  /** Rows as objects, numbers as numbers; nothing can be changed by it. @throws HostTrouble */
  rows<T>(sql: string, timeoutMs?: number): Promise<T[]>;
}

const NUMBERS = { output_format_json_quote_64bit_integers: "0" } as const;
/** Longest that a question to a system table may take. */
const ASK_MS = 10_000;

export function walkHost(name: string, target: ClickHouseTarget, dialect: WalkDialect): WalkHost {
  const send = async (sql: string, settings: Readonly<Record<string, string>>, timeoutMs: number): Promise<string> => {
    const query = new URLSearchParams({ ...target.settings, ...settings });
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${target.endpoint}?${query.toString()}`, {
        method: "POST",
        body: sql,
        headers: {
          "X-ClickHouse-User": latin(target.user),
          ...(target.password === "" ? {} : { "X-ClickHouse-Key": latin(target.password) }),
          "User-Agent": "tread",
        },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      throw lost(name, error, target, timeoutMs);
    }
    // With progress in its headers a server may have begun its answer before it failed.
    const code = /(?:^|\n)Code: (\d+)/.exec(text)?.[1];
    if (response.ok && (code === undefined || response.headers.get("x-clickhouse-exception-code") === null)) return text;
    const said = target.redact(
      (text.split("\n")[0] ?? "").replace(/^Code: \d+[.,]\s*(?:e\.displayText\(\) = )?(?:DB::Exception: )?/, "").slice(0, 500),
    );
    throw new HostTrouble(name, "refused", said === "" ? `HTTP ${response.status}` : said, code === undefined ? null : Number(code));
  };
  const own: Readonly<Record<string, string>> = dialect === "old" ? {} : { log_comment: "tread apply", wait_end_of_query: "1" };
  return {
    name,
    dialect,
    run: (sql, { settings = {}, database = null, timeoutMs, queryId }) =>
      send(
        sql,
        {
          ...own,
          ...settings,
          ...(database === null ? {} : { database }),
          ...(queryId === undefined ? {} : { query_id: queryId }),
        },
        timeoutMs,
      ),
    async rows<T>(sql: string, timeoutMs = ASK_MS): Promise<T[]> {
      const safe: Readonly<Record<string, string>> =
        dialect === "old"
          ? { readonly: "1", ...NUMBERS }
          : { ...own, ...NUMBERS, readonly: "1", max_execution_time: String(Math.max(1, Math.ceil(timeoutMs / 1000))) };
      const text = await send(`${sql}\nFORMAT JSONEachRow`, safe, timeoutMs + 1000);
      return text.split("\n").flatMap((line): T[] => (line.trim() === "" ? [] : [JSON.parse(line) as T]));
    },
  };
}

function latin(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}

function lost(host: string, error: unknown, target: ClickHouseTarget, timeoutMs: number): HostTrouble {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  if (error instanceof Error && error.name === "TimeoutError")
    return new HostTrouble(host, "unknown", `no answer within ${Math.round(timeoutMs / 1000)} s`);
  const said = target.redact(cause instanceof Error ? cause.message : String(cause));
  // Only these say that no byte of the statement has left.
  if (/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code))
    return new HostTrouble(host, "unreachable", `nothing answers (${code})`);
  return new HostTrouble(host, "unknown", `the connection was lost (${said})`);
}

/** A text as a literal in SQL of either dialect. */
export function literal(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** `('web', 'events'), ('web', 'events_local')` of names `database.table`. */
export function pairs(names: Iterable<string>): string {
  return [...names]
    .map((name) => {
      const dot = name.indexOf(".");
      return `(${literal(name.slice(0, dot))}, ${literal(name.slice(dot + 1))})`;
    })
    .join(", ");
}
