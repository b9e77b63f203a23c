import { readFileSync } from "node:fs";
import { ConfigError } from "../../config/config-error.ts";

/** Who logs in at a host. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Of one host (`ch-1`, or `ch-1:8443`); null: what the URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD say. */
export type CredentialsOf = (host: string) => Credentials | null;

/** The variable that names the file. */
export const CREDENTIALS = "TREAD_CLICKHOUSE_CREDENTIALS";

/**
 * Users and passwords per host, from a file that the variable TREAD_CLICKHOUSE_CREDENTIALS names:
 * `ch-1: { user: tread, password: … }`, `"*"` for all others. A password may stand in a variable: `passwordFrom: NAME`.
 * @throws ConfigError; no password is in any message
 */
export async function credentialsFrom(environment: NodeJS.ProcessEnv): Promise<CredentialsOf> {
  const file = environment[CREDENTIALS] ?? "";
  if (file === "") return () => null;
  const wrong = (message: string, help: string): ConfigError =>
    new ConfigError("the command line", [{ span: null, setting: CREDENTIALS, message, help }]);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(
      `${file} cannot be read (${error instanceof Error && "code" in error ? String(error.code) : "?"})`,
      "it holds users and passwords of hosts",
    );
  }
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw wrong(`${file} is neither YAML nor JSON`, EXAMPLE);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(`${file} holds no hosts`, EXAMPLE);
  const byHost = new Map<string, Credentials>();
  for (const [host, entry] of Object.entries(value)) {
    if (typeof entry !== "object" || entry === null) throw wrong(`${file}: ${host} has no user and password`, EXAMPLE);
    const { user, password, passwordFrom, ...others } = entry as Record<string, unknown>;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw wrong(`${file}: ${host} has an unknown key ${unknown}`, EXAMPLE);
    if (typeof user !== "string") throw wrong(`${file}: ${host} has no user`, EXAMPLE);
    if (passwordFrom !== undefined && typeof passwordFrom !== "string")
      throw wrong(`${file}: passwordFrom of ${host} names no variable`, EXAMPLE);
    const named = passwordFrom === undefined ? undefined : environment[passwordFrom];
    if (passwordFrom !== undefined && named === undefined)
      throw wrong(`${file}: ${host} takes its password from ${passwordFrom}, which is not set`, "");
    byHost.set(host, { user, password: named ?? (typeof password === "string" || typeof password === "number" ? String(password) : "") });
  }
  return (host) => byHost.get(host) ?? byHost.get(host.replace(/:\d+$/, "")) ?? byHost.get("*") ?? null;
}

const EXAMPLE = 'for example: `ch-1: { user: tread, passwordFrom: CH1_PASSWORD }`, and `"*"` for all other hosts';
