import type { Client } from "pg";

/** A real Postgres server that tread started for itself and that ends with it. */
export interface EmbeddedServer extends AsyncDisposable {
  readonly major: number;
  /** `18.4`. */
  readonly version: string;
  /** Socket directory (mode 0700) for tread's own connections. */
  readonly host: string;
  readonly port: number;
  /**
   * A fresh database owned by the sandbox role (NOSUPERUSER NOCREATEROLE) and otherwise as empty as a new one: observers look from a
   * superuser's connection, so nothing of tread's is in it that a migration could see or change.
   */
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** `owner` is the sandbox role that migrations and traffic use; `superuser` is tread's own. */
  connect(options: { readonly role: "owner" | "superuser"; readonly database: string; readonly applicationName?: string }): Promise<Client>;
  /** For the wire-protocol proxy: the credentials of the sandbox role. Never printed. */
  readonly credentials: { readonly user: string; readonly password: string };
  /** Lines of the server's log from now on. Returns the way to stop listening. */
  onLog(listener: (line: string) => void): () => void;
  /** Ends the server by its own pid and removes its directory. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly major: number;
  /** Never fetch a server package: fail with the command to run instead. */
  readonly offline: boolean;
  readonly onProgress: (message: string) => void;
  /** Extra server settings, e.g. `{ deadlock_timeout: "1ms" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}
