import type { Client, ClientConfig } from "pg";
import type { Target } from "./target.ts";
import { codeOf, troubleOf } from "./trouble.ts";

export interface ConnectOptions {
  /** Sent with the connection itself. A pooler that refuses such parameters (PgBouncer) is asked without them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
  /** Default `tread`. */
  readonly applicationName?: string;
}

/**
 * One connection to the target, over TLS as its `sslmode` says.
 * @throws DatabaseTrouble with one clear reason
 */
export async function connectTo(target: Target, options: ConnectOptions): Promise<Client> {
  const { default: pg } = await import("pg");
  const words = Object.entries(options.settings).map(([name, value]) => `-c ${name}=${value}`);
  const settings = [target.options, ...words].filter((word) => word !== "").join(" ");
  const open = async (config: ClientConfig): Promise<Client> => {
    const client = new pg.Client({
      ...config,
      // An index is built for an hour without a word on its connection: what lies between would forget it (AWS' balancers after 350 s).
      keepAlive: true,
      keepAliveInitialDelayMillis: 60_000,
      application_name: options.applicationName ?? "tread",
      connectionTimeoutMillis: target.connectTimeoutMs ?? options.connectTimeoutMs,
    });
    // Without a listener, a server that stops between two queries would end tread. Queries still reject.
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    return client;
  };
  let last: unknown = null;
  for (const config of target.attempts) {
    try {
      return await open(settings === "" ? config : { ...config, options: settings });
    } catch (error) {
      last = error;
      if (/unsupported startup parameter/i.test(String(error))) {
        try {
          return await open(target.options === "" ? config : { ...config, options: target.options });
        } catch (again) {
          last = again;
        }
      }
      // A wrong password stays wrong; only the way to the server is worth a second try.
      if (!isAboutTheWay(last)) break;
    }
  }
  throw troubleOf(last, target.shown, target.redact);
}

/** TLS that one side does not offer, or that pg_hba.conf wants the other way (28000). */
function isAboutTheWay(error: unknown): boolean {
  const code = codeOf(error);
  return code === "28000" || /SSL|TLS/i.test(String(error)) || (code ?? "").startsWith("ERR_SSL");
}
