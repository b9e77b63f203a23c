import { readFileSync } from "node:fs";
import type { ClientConfig } from "pg";
import { DatabaseTrouble } from "./trouble.ts";

/** libpq's `sslmode` (manual 32.19.1). */
const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type SslMode = (typeof SSL_MODES)[number];

/** Where a database is, and how to speak of it without its password. */
export interface Target {
  /** `postgres://reader@db.example.org:5432/shop`: for messages and reports. */
  readonly shown: string;
  /** Takes every secret of the target out of a text. */
  readonly redact: (text: string) => string;
  /** What to try in order: with `sslmode=prefer` TLS first and then without. */
  readonly attempts: readonly ClientConfig[];
  /** The user's own start-up options (`-c search_path=…`; some hosts route by them), or empty. */
  readonly options: string;
  /** `connect_timeout`, in ms. */
  readonly connectTimeoutMs: number | null;
}

/**
 * A URL (`postgres://…`), a libpq string (`host=… dbname=…`), or null for what the `PG*` variables say.
 * @throws DatabaseTrouble when it cannot be read (exit code 2); the text itself is never part of the message
 */
export function readTarget(connection: string | null, environment: NodeJS.ProcessEnv): Target {
  const given = connection === null || connection.trim() === "" ? {} : settingsOf(connection.trim());
  const from = (key: string, variable: string): string | undefined => given[key] ?? (environment[variable] || undefined);
  const host = from("host", "PGHOST");
  const port = Number(from("port", "PGPORT") ?? 5432);
  const user = from("user", "PGUSER") ?? environment["USER"] ?? "postgres";
  const database = from("dbname", "PGDATABASE") ?? user;
  const password = from("password", "PGPASSWORD");
  if (!Number.isInteger(port) || port <= 0 || port > 65_535) throw unreadable("its port is no number from 1 to 65535");
  const modeText = from("sslmode", "PGSSLMODE");
  const rootCertificate = from("sslrootcert", "PGSSLROOTCERT");
  const mode = (modeText ?? "prefer") as SslMode;
  if (!SSL_MODES.includes(mode)) throw unreadable(`its sslmode is none of ${SSL_MODES.join(", ")}`);
  const local = host === undefined || host.startsWith("/") || host.startsWith("@");
  const base: ClientConfig = {
    host: host ?? "localhost",
    port,
    user,
    database,
    // Absent and not undefined: pg then looks into ~/.pgpass.
    ...(password === undefined ? {} : { password }),
  };
  const shown = `postgres://${encodeURIComponent(user)}@${local && host !== undefined ? encodeURIComponent(host) : bracketed(host ?? "localhost")}${port === 5432 ? "" : `:${port}`}/${encodeURIComponent(database)}`;
  const secrets = secretsOf([
    password,
    given["password"],
    given["sslpassword"],
    connection?.includes("@") === true ? connection : undefined,
  ]);
  return {
    shown,
    redact: (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, "***"), text),
    options: from("options", "PGOPTIONS") ?? "",
    connectTimeoutMs: secondsOf(from("connect_timeout", "PGCONNECT_TIMEOUT")),
    attempts: attemptsOf(base, local ? "disable" : mode, tlsOptions(mode, rootCertificate, given["sslcert"], given["sslkey"])),
  };
}

/** 0 and what is no number mean the default, as for libpq. */
function secondsOf(text: string | undefined): number | null {
  const seconds = Number(text ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

function attemptsOf(base: ClientConfig, mode: SslMode, tls: NonNullable<Exclude<ClientConfig["ssl"], boolean>>): readonly ClientConfig[] {
  const plain = { ...base, ssl: false };
  const encrypted = { ...base, ssl: tls };
  if (mode === "disable") return [plain];
  if (mode === "allow") return [plain, encrypted];
  return mode === "prefer" ? [encrypted, plain] : [encrypted];
}

function tlsOptions(
  mode: SslMode,
  rootCertificate: string | undefined,
  certificate: string | undefined,
  key: string | undefined,
): NonNullable<Exclude<ClientConfig["ssl"], boolean>> {
  const file = (path: string, setting: string): string => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      throw unreadable(`its ${setting} cannot be read (${error instanceof Error && "code" in error ? String(error.code) : "error"})`);
    }
  };
  // libpq checks the authority under `require` too when a root certificate is named (manual 32.19.1, the note below table 32.1).
  const checked = mode === "verify-full" || mode === "verify-ca" || (mode === "require" && rootCertificate !== undefined);
  return {
    rejectUnauthorized: checked,
    ...(rootCertificate === undefined || rootCertificate === "system" ? {} : { ca: file(rootCertificate, "sslrootcert") }),
    ...(certificate === undefined ? {} : { cert: file(certificate, "sslcert") }),
    ...(key === undefined ? {} : { key: file(key, "sslkey") }),
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** Keyed as libpq's parameters are. */
function settingsOf(connection: string): Readonly<Record<string, string>> {
  if (/^postgres(?:ql)?:\/\//i.test(connection)) return urlSettings(connection);
  if (/^\s*\w+\s*=/.test(connection)) return keywordSettings(connection);
  throw unreadable("it is neither a URL nor a list of `key=value`");
}

function urlSettings(connection: string): Readonly<Record<string, string>> {
  // host1:5432,host2:5432 is libpq's, and which of them answered would not be said.
  const hosts = /^\w+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(connection)?.[1] ?? "";
  if (hosts.includes(",")) throw unreadable("it names several hosts; name the one to ask");
  let url: URL;
  try {
    // A socket's folder may stand percent-encoded where the host is.
    url = new URL(connection.replace(/^postgres(?:ql)?:/i, "postgres:"));
  } catch {
    throw unreadable("a character such as @, / or # in the password must be written %40, %2F or %23");
  }
  const settings: Record<string, string> = {};
  const put = (key: string, value: string): void => {
    if (value !== "") settings[key] = decoded(value);
  };
  put("host", url.hostname.replace(/^\[|\]$/g, ""));
  put("port", url.port);
  put("user", url.username);
  put("password", url.password);
  put("dbname", url.pathname.replace(/^\//, ""));
  for (const [key, value] of url.searchParams)
    settings[key === "ssl" && value === "true" ? "sslmode" : key] = key === "ssl" && value === "true" ? "require" : value;
  return settings;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw unreadable("a `%` in it is not followed by two hexadecimal digits: write %25");
  }
}

/** `host=localhost password='it''s'`: values in single quotes with `\` before `'` and `\` (manual 32.1.1.1). */
function keywordSettings(connection: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  const pattern = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))\s*/gy;
  while (pattern.lastIndex < connection.length) {
    const match = pattern.exec(connection);
    if (match === null) throw unreadable("`key=value` expected, values with blanks in single quotes");
    const [, key = "", quoted, bare = ""] = match;
    settings[key] = (quoted ?? bare).replaceAll(/\\(.)/g, "$1");
  }
  return settings;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** As they stand, and as a URL writes them. Longest first, so that what holds another is taken out whole. */
function secretsOf(values: readonly (string | undefined)[]): readonly string[] {
  const secrets = new Set<string>();
  for (const value of values) {
    if (value === undefined || value === "") continue;
    secrets.add(value);
    secrets.add(encodeURIComponent(value));
  }
  return [...secrets].sort((a, b) => b.length - a.length);
}

function unreadable(why: string): DatabaseTrouble {
  return new DatabaseTrouble(
    `the database URL cannot be read: ${why}`,
    "for example postgres://user:password@host:5432/database?sslmode=require (the password may stand in PGPASSWORD instead)",
    null,
    2,
  );
}
