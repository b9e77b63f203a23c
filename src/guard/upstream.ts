import type { Client } from "pg";
import type { ConnectionOptions } from "node:tls";
import { dial } from "../engines/postgres/proxy/dial.ts";
import type { Target as ProxyTarget } from "../engines/postgres/proxy/upstream.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";

/**
 * How the proxy reaches the server: as the connection that is open did, whatever of the URL, the variables and ~/.pgpass it took, and
 * encrypted if that one is.
 */
export function upstreamOf(client: Client, target: Target): Omit<ProxyTarget, "clientPasswords"> {
  const { host, port, user, database, password, ssl } = client as unknown as {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
    readonly password: string | null | undefined;
    readonly ssl: boolean | ConnectionOptions | undefined;
  };
  const tls = ssl === true ? {} : ssl === false || ssl === undefined ? null : ssl;
  const where = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  return { connect: () => dial(where, tls), user, database, password: password ?? null, options: target.options };
}

/** What leads to the real server, and would lead past the proxy. */
const OF_THE_SERVER = new Set(
  "host hostaddr port user password dbname sslmode ssl sslrootcert sslcert sslkey sslpassword sslcrl sslnegotiation channel_binding gssencmode options service requiressl".split(
    " ",
  ),
);

/** The user's own URL with the proxy in the server's place; its other settings (`schema=`, `pool_timeout=`) stay. */
export function urlThrough(
  original: string | null,
  proxy: { readonly port: number; readonly password: string },
  user: string,
  database: string,
): string {
  const settings = new URLSearchParams();
  if (original !== null && /^postgres(?:ql)?:\/\//i.test(original)) {
    const query = original.indexOf("?");
    if (query !== -1)
      for (const [name, value] of new URLSearchParams(original.slice(query + 1).replace(/#.*$/, "")))
        if (!OF_THE_SERVER.has(name)) settings.append(name, value);
  }
  settings.append("sslmode", "disable");
  const scheme = original !== null && /^postgres:/i.test(original) ? "postgres" : "postgresql";
  return `${scheme}://${encodeURIComponent(user)}:${proxy.password}@127.0.0.1:${proxy.port}/${encodeURIComponent(database)}?${settings.toString()}`;
}
