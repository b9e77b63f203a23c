import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import { bareName } from "../../model/schema.ts";
import type { Binder, Values } from "../matrix/bind.ts";
import { isRun } from "../matrix/matrix.ts";
import { databaseError } from "../observe/errors.ts";
import type { StallWatch } from "./stalls.ts";

/** One query that a live version sent. Times are milliseconds since 1970. */
export interface Sent {
  readonly version: string;
  readonly query: number;
  readonly sql: string;
  readonly from: number;
  readonly to: number;
  readonly error: { readonly sqlstate: string; readonly message: string } | null;
}

interface Asked {
  readonly index: number;
  readonly query: Query;
  readonly values: Values;
}

/** Two cores serve the traffic, the migration and tread itself. */
const CONNECTIONS = 8;
const REST_MS = 4;
/** Rows fetched of a result: an app pages, and 200,000 rows through one socket would only measure the socket. */
const PAGE = 10;

/** The live versions' queries on several connections, one after the other and rolled back, until stopped. */
export class Traffic {
  readonly sent: Sent[] = [];
  /** Queries that are sent at all, over all versions. */
  asked = 0;
  readonly #server: Pick<EmbeddedServer, "connect">;
  readonly #database: string;
  readonly #stalls: StallWatch;
  readonly #clients: Client[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #sendable = new Set<string>();
  #focus: readonly string[] = [];
  #breaking: ReadonlySet<string> = new Set();
  #running = true;

  private constructor(server: Pick<EmbeddedServer, "connect">, database: string, stalls: StallWatch) {
    this.#server = server;
    this.#database = database;
    this.#stalls = stalls;
  }

  static async start(
    server: Pick<EmbeddedServer, "connect">,
    database: string,
    versions: readonly LiveVersion[],
    binder: Binder,
    stalls: StallWatch,
  ): Promise<Traffic> {
    const traffic = new Traffic(server, database, stalls);
    const bound = new Map<string, Values>();
    const asking: { version: string; queries: Asked[] }[] = [];
    for (const version of versions) {
      const queries: Asked[] = [];
      for (const [index, query] of version.queries.entries()) {
        if (!isRun(query) || query.use === "latent") continue;
        const key = `${query.sql}\0${JSON.stringify(query.params)}`;
        const values = bound.get(key) ?? (await binder.bind(query));
        bound.set(key, values);
        queries.push({ index, query, values });
        traffic.#sendable.add(`${version.name}#${index}`);
      }
      if (queries.length > 0) asking.push({ version: version.name, queries });
    }
    traffic.asked = asking.reduce((sum, { queries }) => sum + queries.length, 0);
    const each = Math.max(1, Math.min(2, Math.floor(CONNECTIONS / Math.max(1, asking.length))));
    for (const { version, queries } of asking) {
      for (let i = 0; i < each; i++) traffic.#loops.push(traffic.#loop(version, queries, i, each).catch(() => {}));
    }
    return traffic;
  }

  /**
   * Which queries come more often: those on the tables that the next statements are about, and before all others those that will break,
   * as `<version>#<position>`.
   */
  focus(tables: readonly string[], breaking: ReadonlySet<string>): void {
    this.#focus = tables.map((table) => bareName(table).toLowerCase());
    this.#breaking = breaking;
  }

  /** Waits until each version has met one of the queries that broke, or for so long. */
  async untilFelt(since: number, patienceMs: number): Promise<void> {
    const waiting = new Set([...this.#breaking].filter((key) => this.#sendable.has(key)).map((key) => key.slice(0, key.lastIndexOf("#"))));
    for (const started = Date.now(); waiting.size > 0 && Date.now() - started < patienceMs; await sleep(20)) {
      for (const one of this.sent) {
        if (one.error !== null && one.from >= since && this.#breaking.has(`${one.version}#${one.query}`)) waiting.delete(one.version);
      }
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.allSettled(this.#loops);
    await Promise.allSettled(this.#clients.map((client) => client.end()));
  }

  async #loop(version: string, queries: readonly Asked[], which: number, of: number): Promise<void> {
    const client = await this.#server.connect({ role: "owner", database: this.#database, applicationName: `tread traffic ${version}` });
    this.#clients.push(client);
    const { rows } = await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
    this.#stalls.addTraffic(rows[0]?.pid ?? 0);
    await client.query("SET statement_timeout = '30s'");
    let turn = Math.floor((queries.length / of) * which);
    for (let round = 0; this.#running; round++) {
      const focused = round % 2 === 1 ? this.#focused(version, queries) : [];
      const asked = focused.length > 0 ? focused[(round >> 1) % focused.length] : queries[turn++ % queries.length];
      if (asked === undefined) return;
      // Connections use different sets, so that they do not insert the same key at the same time.
      const set = asked.values[(round * of + which) % asked.values.length] ?? [];
      const from = Date.now();
      const error = await send(client, asked.query, set);
      const to = Date.now();
      // Without a server there is nothing to ask: the rehearsal was stopped, and says so itself.
      if (!this.#running || error === "lost") return;
      this.sent.push({ version, query: asked.index, sql: asked.query.sql, from, to, error });
      await sleep(Math.max(REST_MS, Math.min(50, to - from)));
    }
  }

  #focused(version: string, queries: readonly Asked[]): readonly Asked[] {
    const breaking = queries.filter((asked) => this.#breaking.has(`${version}#${asked.index}`));
    if (breaking.length > 0 || this.#focus.length === 0) return breaking;
    return queries.filter(({ query }) => {
      const sql = query.sql.toLowerCase();
      return this.#focus.some((name) => sql.includes(name));
    });
  }
}

async function send(client: Client, query: Query, set: Values[number]): Promise<Sent["error"] | "lost"> {
  const values = set.map((value) => (Array.isArray(value) ? [...value] : value));
  try {
    await client.query("BEGIN");
    if (query.verb === "select") {
      await client.query({ text: `DECLARE tread_page NO SCROLL CURSOR FOR ${query.sql}`, values });
      await client.query(`FETCH ${PAGE} FROM tread_page`);
    } else await client.query({ text: query.sql, values });
    await client.query("ROLLBACK");
    return null;
  } catch (thrown) {
    const error = databaseError(thrown);
    if (error === null || error.code.startsWith("57P")) return "lost";
    await client.query("ROLLBACK").catch(() => {});
    return { sqlstate: error.code, message: error.message };
  }
}
