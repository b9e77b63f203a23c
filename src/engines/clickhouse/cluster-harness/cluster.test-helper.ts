import { mkdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopWithTread } from "../../embedded/at-exit.ts";
import type { Server } from "./processes.test-helper.ts";
import { until } from "./processes.test-helper.ts";

export interface TestHost {
  /** From 0. */
  readonly index: number;
  /** Shard and replica: `s1r2`. */
  readonly name: string;
  readonly shard: number;
  readonly replica: number;
  readonly url: string;
  readonly httpPort: number;
  readonly nativePort: number;
  readonly folder: string;
}

/** An engine that ended by itself: a fault of the harness, not of what is tested. It was started again. */
export interface HarnessFault {
  readonly host: string;
  readonly log: string;
}

/**
 * Real servers on loopback, two clusters in each one's `remote_servers`: `c` (shards and replicas) and `flat` (every host a shard of its
 * own, for what replication does not carry).
 */
export interface TestCluster {
  readonly hosts: readonly TestHost[];
  /** Of the processes that ended though nobody asked them to. */
  readonly faults: readonly HarnessFault[];
  readonly folder: string;
  /** Null: without. */
  readonly keeper: TestKeeper | null;
  /** The answer as text, trimmed. Throws with the server's words. */
  query(host: number, sql: string, settings?: Readonly<Record<string, string>>): Promise<string>;
  rows<T>(host: number, sql: string, settings?: Readonly<Record<string, string>>): Promise<T[]>;
  /** The same statement on every host, one after the other. */
  everywhere(sql: string): Promise<void>;
  /** SIGKILL unless said otherwise. SIGSTOP leaves it standing there without an answer. */
  kill(host: number, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a killed host with its data, on its ports, and waits until it answers. */
  start(host: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TestKeeper {
  readonly port: number;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Node extends TestHost {
  readonly server: Server;
  /** What must lie there before each start. */
  readonly prepare: () => void;
  readonly close: () => void;
}

export class Nodes implements TestCluster {
  readonly nodes: Node[] = [];
  readonly faults: HarnessFault[] = [];
  readonly folder: string;
  keeper: TestKeeper | null = null;
  #restarts: Promise<void> = Promise.resolve();
  #stopping = false;
  /** A host that ends while it starts is no fault to be counted: the start fails. */
  readonly #starting = new Set<number>();
  readonly #release: () => void;

  private constructor(folder: string) {
    this.folder = folder;
    this.#release = stopWithTread(() => rmSync(folder, { recursive: true, force: true }));
  }

  static async make(): Promise<Nodes> {
    return new Nodes(await mkdtemp(join(tmpdir(), `tread-cluster-${process.pid}-`)));
  }

  get hosts(): readonly TestHost[] {
    return this.nodes;
  }

  /** A folder for one host. */
  folderOf(index: number): string {
    const folder = join(this.folder, `n${index}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** What to do when an engine ends by itself: start it again and count it. */
  unexpected(index: number): (log: string) => void {
    return (log) => {
      const node = this.nodes[index];
      if (this.#stopping || node === undefined || this.#starting.has(index)) return;
      this.faults.push({ host: node.name, log });
      this.#restarts = this.#restarts.then(() => this.start(index)).catch(() => undefined);
    };
  }

  async query(host: number, sql: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
    await this.#restarts;
    const response = await fetch(`${this.#node(host).url}/?${new URLSearchParams(settings).toString()}`, {
      method: "POST",
      body: sql,
      // A kept connection is closed by the server after some idle seconds, on a busy machine just when the next statement is sent.
      headers: { connection: "close" },
      signal: AbortSignal.timeout(120_000),
    });
    const text = (await response.text()).trim();
    if (!response.ok) throw new Error(text);
    return text;
  }

  async rows<T>(host: number, sql: string, settings: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const text = await this.query(host, `${sql}\nFORMAT JSONEachRow`, { output_format_json_quote_64bit_integers: "0", ...settings });
    return text.split("\n").flatMap((line): T[] => (line === "" ? [] : [JSON.parse(line) as T]));
  }

  async everywhere(sql: string): Promise<void> {
    for (const { index } of this.nodes) await this.query(index, sql);
  }

  async kill(host: number, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#node(host).server.kill(signal);
  }

  async start(host: number): Promise<void> {
    const node = this.#node(host);
    this.#starting.add(host);
    try {
      if (node.server.pid === null) {
        node.prepare();
        node.server.start();
      }
      await until(async () => {
        if (node.server.pid === null) return true;
        return (await fetch(`${node.url}/?query=SELECT+1`, { signal: AbortSignal.timeout(2000) })).ok;
      }, `an answer of ${node.name}`);
      node.server.assertRunning();
    } finally {
      this.#starting.delete(host);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restarts;
    await Promise.all(this.nodes.map(({ server }) => server.kill("SIGKILL")));
    for (const { close } of this.nodes) close();
    await this.keeper?.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    this.#release();
  }

  #node(index: number): Node {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`there is no host ${index}`);
    return node;
  }
}

/** `remote_servers` with `c` (as many replicas in a shard as said) and `flat`. */
export function remoteServers(hosts: readonly { readonly shard: number; readonly nativePort: number }[], more = ""): string {
  const replica = (port: number): string => `<replica><host>127.0.0.1</host><port>${port}</port></replica>`;
  const shards = [...new Set(hosts.map(({ shard }) => shard))];
  const c = shards.map(
    (shard) =>
      `<shard><internal_replication>true</internal_replication>${hosts
        .filter((host) => host.shard === shard)
        .map((host) => replica(host.nativePort))
        .join("")}</shard>`,
  );
  const flat = hosts.map((host) => `<shard>${replica(host.nativePort)}</shard>`);
  return `<remote_servers><c>${c.join("")}</c><flat>${flat.join("")}</flat>${more}</remote_servers>`;
}
