import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import type { StallWatch } from "../../src/rehearse/traffic/stalls.ts";
import type { AppQuery } from "./types.ts";

export interface Written {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What a version met. */
export interface Felt {
  readonly queries: number;
  readonly failed: readonly string[];
}

const CLIENTS = 3;
const REST_MS = 3;

/** One version of the app: a few clients that send its queries in turn, and remember what they wrote. */
export class Version {
  readonly name: string;
  readonly writes: Written[] = [];
  readonly #queries: readonly AppQuery[];
  readonly #residue: number;
  readonly #rows: number;
  #next: number;
  #at = 0;

  /** @param residue 0 or 1: of which rows it takes its ids */
  constructor(name: string, queries: readonly AppQuery[], residue: number, rows: number) {
    this.name = name;
    this.#queries = queries;
    this.#residue = residue;
    this.#rows = rows;
    this.#next = 10_000_000 + residue;
  }

  /** How many there are to send before each was sent once. */
  get queries(): number {
    return this.#queries.length;
  }

  readsOnly(): Version {
    const reads = this.#queries.filter(({ sql }) => /^\s*select/i.test(sql));
    return new Version(this.name, reads, this.#residue, this.#rows);
  }

  async once(client: Client): Promise<void> {
    const query = this.#queries[this.#at++ % this.#queries.length];
    if (query === undefined) return;
    await this.#send(client, query);
  }

  async #send(client: Client, query: AppQuery): Promise<void> {
    const values = query.values?.({ id: () => this.#id(), fresh: () => (this.#next += 2) }) ?? [];
    await client.query(query.sql, [...values]);
    if (!/^\s*select/i.test(query.sql)) this.writes.push({ sql: query.sql, values });
  }

  #id(): number {
    const half = Math.max(1, Math.floor(this.#rows / 2));
    return 2 * Math.floor(Math.random() * half) + 1 + this.#residue;
  }
}

/** @returns the way to stop, which tells what was met */
export async function serve(
  server: EmbeddedServer,
  database: string,
  versions: readonly Version[],
  watch: StallWatch,
): Promise<() => Promise<Felt>> {
  const state = { going: true, queries: 0 };
  const failed: string[] = [];
  // One writer per version: what one client wrote can be written again in the same order.
  const clients = await Promise.all(
    versions
      .flatMap((version) => Array.from({ length: CLIENTS }, (_, index) => ({ version, writer: index === 0 })))
      .map(async (one) => {
        const client = await server.connect({ role: "owner", database, applicationName: one.version.name });
        client.on("error", () => {});
        watch.addTraffic((client as unknown as { processID: number }).processID);
        return { ...one, client };
      }),
  );
  const running = clients.map(async ({ version, client, writer }) => {
    const reader = version.readsOnly();
    while (state.going) {
      try {
        await (writer ? version : reader).once(client);
        state.queries++;
      } catch (error) {
        failed.push(`${version.name}: ${error instanceof Error ? error.message : String(error)}`);
        if (failed.length > 50) return;
      }
      await sleep(REST_MS);
    }
  });
  return async () => {
    state.going = false;
    await Promise.all(running);
    await Promise.all(clients.map(({ client }) => client.end()));
    return { queries: state.queries, failed };
  };
}

export function versionOf(name: string, queries: readonly AppQuery[], residue: number, rows: number): Version {
  return new Version(name, queries, residue, rows);
}
