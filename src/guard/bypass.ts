import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";

/** A session on the server that is not behind the proxy, and changes the schema. */
export interface Past {
  readonly pid: number;
  readonly who: string;
  readonly what: string;
  /** Its connection belongs to the command or to something that it has started. */
  readonly ofCommand: boolean;
  /** It is the role's that tread connects as. */
  readonly sameRole: boolean;
}

interface Row {
  readonly pid: number;
  readonly usename: string | null;
  readonly same: boolean;
  readonly application_name: string | null;
  readonly client_port: number | null;
  readonly query: string | null;
  readonly strong: readonly string[];
}

const SESSIONS = `SELECT a.pid, a.usename, a.usename = current_user AS same, a.application_name, a.client_port,
        left(regexp_replace(a.query, '\\s+', ' ', 'g'), 2000) AS query,
        ARRAY(SELECT DISTINCT replace(l.mode, 'Lock', '') || ' on ' || l.relation::regclass::text FROM pg_catalog.pg_locks l
               WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.relation >= 16384
                 AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) AS strong
   FROM pg_catalog.pg_stat_activity a
  WHERE a.datname = current_database() AND (a.backend_type = 'client backend' OR a.backend_type IS NULL) AND a.pid <> ALL ($1::int[])`;

const EVERY_MS = 100;

/** Looks for sessions that have come since the command was started and change the schema without the proxy. */
export class BypassWatch {
  readonly found: Map<number, Past> = new Map();
  readonly #client: Client;
  readonly #before: readonly number[];
  readonly #own: () => readonly number[];
  readonly #changesSchema: (sql: string) => boolean;
  readonly #judged = new Map<string, boolean>();
  #stopped = false;
  #loop: Promise<void> | null = null;

  private constructor(client: Client, before: readonly number[], own: () => readonly number[], changesSchema: (sql: string) => boolean) {
    this.#client = client;
    this.#before = before;
    this.#own = own;
    this.#changesSchema = changesSchema;
  }

  static async open(client: Client, own: () => readonly number[], changesSchema: (sql: string) => boolean): Promise<BypassWatch> {
    const { rows } = await client.query<{ pid: number }>("SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid IS NOT NULL");
    return new BypassWatch(
      client,
      rows.map(({ pid }) => pid),
      own,
      changesSchema,
    );
  }

  /** @param commandPid null: whose a session is cannot be told */
  start(commandPid: number | null, seen: (past: Past) => void): void {
    this.#stopped = false;
    this.#loop = (async () => {
      while (!this.#stopped) {
        await this.#look(commandPid, seen);
        await sleep(EVERY_MS);
      }
    })().catch(() => {
      // The connection is gone: whoever uses it next says so.
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #look(commandPid: number | null, seen: (past: Past) => void): Promise<void> {
    const { rows } = await this.#client.query<Row>(SESSIONS, [[...this.#before, ...this.#own()]]);
    const own = new Set(this.#own());
    for (const row of rows) {
      // One that has connected in the meantime is the proxy's.
      if (own.has(row.pid) || this.found.has(row.pid)) continue;
      const ddl = row.query !== null && this.#isDdl(row.query);
      if (!ddl && row.strong.length === 0) continue;
      const past: Past = {
        pid: row.pid,
        who: `process ${row.pid}${row.usename === null ? "" : ` of ${row.usename}`}${row.application_name ? ` (${row.application_name})` : ""}`,
        what: ddl ? (row.query ?? "") : row.strong.join(", "),
        ofCommand: commandPid !== null && row.client_port !== null && portsOf(commandPid).has(row.client_port),
        sameRole: row.same,
      };
      this.found.set(row.pid, past);
      seen(past);
    }
  }

  #isDdl(sql: string): boolean {
    const known = this.#judged.get(sql);
    if (known !== undefined) return known;
    if (this.#judged.size > 2000) this.#judged.clear();
    const judged = this.#changesSchema(sql);
    this.#judged.set(sql, judged);
    return judged;
  }
}

/** Local TCP ports of a process and of all that it has started (Linux; elsewhere none are known). */
function portsOf(root: number): ReadonlySet<number> {
  const ports = new Set<number>();
  try {
    const inodes = new Set<string>();
    for (const pid of family(root)) for (const inode of socketsOf(pid)) inodes.add(inode);
    for (const table of ["/proc/net/tcp", "/proc/net/tcp6"])
      for (const line of readFileSync(table, "utf8").split("\n").slice(1)) {
        const columns = line.trim().split(/\s+/);
        if (inodes.has(columns[9] ?? "")) ports.add(Number.parseInt((columns[1] ?? "").split(":")[1] ?? "", 16));
      }
  } catch {
    // No /proc here.
  }
  return ports;
}

function family(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended.
    }
  }
  const members = [root];
  for (const member of members) for (const [pid, parent] of parents) if (parent === member) members.push(pid);
  return members;
}

function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
