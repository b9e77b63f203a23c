import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withoutStubParameters } from "../embedded/extensions.ts";
import { refusalBy } from "../embedded/refuse.ts";
import type { EmbeddedServer } from "../embedded/server.ts";
import { loadGrammar } from "../parse/load.ts";
import { serve } from "./connection.ts";
import { dial } from "./dial.ts";
import type { Manner, ProxyHooks, RunningProxy } from "./types.ts";
import type { Target } from "./upstream.ts";

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
  const grammar = await loadGrammar();
  const { user, password } = server.credentials;
  const path = join(server.host, `.s.PGSQL.${server.port}`);
  return await openProxy({
    target: { connect: () => dial({ path }), user, password, database, options: "" },
    manner: {
      name: "the rehearsal",
      refuse: (sql) => refusalBy(grammar, sql),
      refusalHint: "The rehearsal's server lives on this machine. See `tread rehearse --help`.",
      rewrite: withoutStubParameters,
    },
    hooks,
  });
}

/** As `startProxy`, before any server. Clients also get in with the passwords of `known`. */
export async function openProxy(options: {
  readonly target: Omit<Target, "clientPasswords">;
  readonly known?: readonly string[];
  readonly manner: Manner;
  readonly hooks: ProxyHooks;
}): Promise<RunningProxy> {
  const { manner, hooks } = options;
  const { user, database } = options.target;
  const clientPassword = randomBytes(24).toString("base64url");
  const target = { ...options.target, clientPasswords: [clientPassword, ...(options.known ?? [])] };
  const grammar = await loadGrammar();

  const sockets = new Set<Socket>();
  const serving = new Set<Promise<void>>();
  const turnedAway = new Set<string>();
  let connections = 0;
  let statements = 0;
  let failure: Error | null = null;
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    const served = serve(socket, {
      target,
      grammar,
      manner,
      hooks,
      onConnected: () => ++connections,
      onStatement: () => void statements++,
      onTurnedAway: (why) => void turnedAway.add(why),
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
    port,
    password: clientPassword,
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
    get turnedAway() {
      return [...turnedAway];
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
