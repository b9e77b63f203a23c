import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";

/** Where a ClickHouse server is, and how to speak of it without its password. */
export interface ClickHouseTarget {
  /** `https://reader@ch-1.example.org:8443/web`: for messages and reports. */
  readonly shown: string;
  /** Origin and path of the HTTP interface, without user and database. */
  readonly endpoint: string;
  readonly user: string;
  readonly password: string;
  /** Of unqualified names; null: the user's default. */
  readonly database: string | null;
  /** Settings that stand in the URL (`?session_timezone=UTC`), passed on. */
  readonly settings: Readonly<Record<string, string>>;
  /** Takes every secret of the target out of a text. */
  readonly redact: (text: string) => string;
}

/** What else may stand in a URL of a client and is nothing that the server would know. */
const NOT_SETTINGS = new Set([
  "user",
  "username",
  "password",
  "database",
  "secure",
  "protocol",
  "ssl",
  "sslmode",
  "compress",
  "dial_timeout",
]);

/**
 * `http(s)://user:password@host:8123/database`, also written `clickhouse://` (8443 and 9440 mean TLS). User and password may stand in
 * CLICKHOUSE_USER and CLICKHOUSE_PASSWORD instead.
 * @throws DatabaseTrouble when it cannot be read (exit code 2); the text itself is never part of the message
 */
export function readClickHouseTarget(text: string, environment: NodeJS.ProcessEnv): ClickHouseTarget {
  const scheme = /^([a-z][a-z0-9+]*):\/\//i.exec(text.trim())?.[1]?.toLowerCase();
  if (scheme === "tcp" || scheme === "native")
    throw unreadable("it names the native protocol; tread asks over HTTP, port 8123, or 8443 with TLS");
  if (scheme === undefined || !/^(?:https?|(?:clickhouse|ch)(?:\+https?|s)?)$/.test(scheme))
    throw unreadable("it begins with neither http:// nor https://");
  let url: URL;
  try {
    url = new URL(text.trim().replace(/^[a-z][a-z0-9+]*:/i, "http:"));
  } catch {
    throw unreadable("a character such as @, / or # in the password must be written %40, %2F or %23");
  }
  const from = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const tls =
    /https$|^(?:clickhouses|chs)$/.test(scheme) ||
    /^(?:true|1|require|verify-full)$/.test(from("secure") ?? from("ssl") ?? from("sslmode") ?? "") ||
    (scheme.startsWith("c") && (url.port === "8443" || url.port === "9440"));
  if (url.port === "9000" || url.port === "9440")
    throw unreadable("9000 and 9440 are the native protocol's ports; tread asks over HTTP, port 8123, or 8443 with TLS");
  const port = url.port === "" ? (scheme.startsWith("c") ? (tls ? "8443" : "8123") : tls ? "443" : "80") : url.port;
  const user = decoded(url.username) || from("user") || from("username") || environment["CLICKHOUSE_USER"] || "default";
  const password = decoded(url.password) || from("password") || environment["CLICKHOUSE_PASSWORD"] || "";
  const database = decoded(url.pathname.replace(/^\/+|\/+$/g, "")) || from("database") || environment["CLICKHOUSE_DATABASE"] || null;
  const base = `${tls ? "https" : "http"}://`;
  const where = `${url.hostname}:${port}`;
  const secrets = [...new Set([password, encodeURIComponent(password), text.trim()])]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  return {
    shown: `${base}${encodeURIComponent(user)}@${where}${database === null ? "" : `/${encodeURIComponent(database)}`}`,
    endpoint: `${base}${where}/`,
    user,
    password,
    database,
    settings: Object.fromEntries([...url.searchParams].filter(([name]) => !NOT_SETTINGS.has(name))),
    redact: (message) => secrets.reduce((clean, secret) => clean.replaceAll(secret, "***"), message),
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw unreadable("a `%` in it is not followed by two hexadecimal digits: write %25");
  }
}

function unreadable(why: string): DatabaseTrouble {
  return new DatabaseTrouble(
    `the ClickHouse URL cannot be read: ${why}`,
    "for example https://reader:password@host:8443/web (the password may stand in CLICKHOUSE_PASSWORD instead)",
    null,
    2,
  );
}
