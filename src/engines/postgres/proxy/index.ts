import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmbeddedServer } from "../embedded/server.ts";
import { loadGrammar } from "../parse/load.ts";
import { serve } from "./connection.ts";
import type { ProxyHooks, RunningProxy } from "./types.ts";

export type { ProxiedStatement, ProxyHooks, RunningProxy, StatementOutcome } from "./types.ts";

const STOP_PATIENCE_MS = 2000;

/**
 * A wire-protocol proxy on loopback in front of the embedded server, for `tread rehearse -- <command>`: it knows each statement of the
 * command and its boundaries, and waits for the hooks between them. Clients log in with the sandbox role's name and a password of the
 * proxy's own, and reach the one database as the sandbox role.
 */
export async function startProxy(options: {
  readonly server: EmbeddedServer;
  readonly database: string;
  readonly hooks: ProxyHooks;
}): Promise<RunningProxy> {
  const { server, database, hooks } = options;
  const { user, password } = server.credentials;
  const clientPassword = randomBytes(24).toString("base64url");
  const target = { socketPath: join(server.host, `.s.PGSQL.${server.port}`), user, password, database, clientPassword };
  const grammar = await loadGrammar();

  const sockets = new Set<Socket>();
  const serving = new Set<Promise<void>>();
  let connections = 0;
  let statements = 0;
  let failure: Error | null = null;
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    const served = serve(socket, {
      target,
      grammar,
      hooks,
      onConnected: () => ++connections,
      onStatement: () => void statements++,
      onFailure: (error) => void (failure ??= error),
    }).finally(() => serving.delete(served));
    serving.add(served);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      const closed = once(listener, "close");
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      // A hook that never ends must not keep tread from stopping.
      await Promise.race([Promise.all(serving), sleep(STOP_PATIENCE_MS, undefined, { ref: false })]);
    })());

  const url = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(clientPassword)}@127.0.0.1:${port}/${encodeURIComponent(database)}?sslmode=disable`;
  return {
    url,
    env: {
      DATABASE_URL: url,
      PGHOST: "127.0.0.1",
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: clientPassword,
      PGDATABASE: database,
      PGSSLMODE: "disable",
    },
    get connections() {
      return connections;
    },
    get statements() {
      return statements;
    },
    get failure() {
      return failure;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
