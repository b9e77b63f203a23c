import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { HostTrouble, literal, type WalkHost } from "./host.ts";
import { WalkStopped } from "./trouble.ts";

/** Who walks. A ClickHouse statement cannot be fenced: whoever holds the lock asks, before each one, whether it still does. */
export interface WalkLock {
  /** `KeeperMap on ch-1`, `a lease on ch-1`. */
  readonly kind: string;
  /** What this lock cannot do; null: nothing known. */
  readonly limits: string | null;
  /** Renews. @throws WalkStopped when another one has it, or nobody can tell any more */
  hold(): Promise<void>;
  release(): Promise<void>;
}

/** A lock is read before each statement, and renewed when this much time has gone, ms. */
const RENEW_MS = 10_000;
/** A walker that has not renewed for so long may be replaced, seconds. */
const LEASE_SECONDS = 60;
/** With Keeper away an INSERT hangs for more than 20 s (measured). A time-out means unknown. */
const TIMEOUT_MS = 5000;

/**
 * One walker at a time: a row in a KeeperMap table, taken by strict INSERT and taken over by strict UPDATE on the owner's token, which
 * exactly one of several contenders wins; where the server has no KeeperMap, a table on the first host, which only one can create.
 * @throws WalkStopped when another walker is at work
 */
export async function becomeTheWalker(hosts: readonly WalkHost[], by: string): Promise<WalkLock> {
  const [first] = hosts;
  if (first === undefined) throw new WalkStopped("no host answers", "bring them back, then run the same command", 4);
  const token = randomUUID();
  const keeper = await firstWithKeeperMap(hosts);
  return keeper === null ? await lease(first, token, by) : await keeperMap(keeper, token, by);
}

async function firstWithKeeperMap(hosts: readonly WalkHost[]): Promise<WalkHost | null> {
  for (const host of hosts) {
    if (host.dialect === "old") return null;
    try {
      await host.run(
        "CREATE TABLE IF NOT EXISTS tread.walk_lock (name String, token String, by String, until DateTime('UTC')) ENGINE = KeeperMap('/tread/walk_lock') PRIMARY KEY name",
        { timeoutMs: TIMEOUT_MS },
      );
      return host;
    } catch (error) {
      // A refusal says that it is not configured (36, 44, 344, …): every host of an installation is configured alike.
      if (error instanceof HostTrouble && error.kind === "refused" && error.code !== 999) return null;
      if (error instanceof HostTrouble && (error.kind === "unknown" || error.code === 999))
        throw new WalkStopped(
          `whether another walker is at work cannot be told: Keeper does not answer ${host.name} (${error.message})`,
          "bring Keeper back, then run the same command",
          4,
        );
    }
  }
  return null;
}

interface LockRow {
  readonly token: string;
  readonly by: string;
  readonly expired: number;
}

async function keeperMap(host: WalkHost, token: string, by: string): Promise<WalkLock> {
  const strict = { keeper_map_strict_mode: "1" };
  const until = `now('UTC') + ${LEASE_SECONDS}`;
  const read = async (): Promise<LockRow | null> => {
    const rows = await host.rows<LockRow>(
      "SELECT token, by, until < now('UTC') AS expired FROM tread.walk_lock WHERE name = 'walk'",
      TIMEOUT_MS,
    );
    return rows[0] ?? null;
  };
  const attempt = async (sql: string): Promise<void> => {
    try {
      await host.run(sql, { timeoutMs: TIMEOUT_MS, settings: { ...strict, mutations_sync: "1" } });
    } catch (error) {
      // 999: somebody else was faster, or nobody can tell: what counts is what is read back.
      if (!(error instanceof HostTrouble)) throw error;
    }
  };
  const take = async (): Promise<void> => {
    const there = await asked(read);
    if (there === null) await attempt(`INSERT INTO tread.walk_lock SELECT 'walk', ${literal(token)}, ${literal(by)}, ${until}`);
    else if (there.token !== token) {
      if (!isTrue(there.expired) && !isDead(there.by)) throw busy(there.by, host);
      await attempt(
        `ALTER TABLE tread.walk_lock UPDATE token = ${literal(token)}, by = ${literal(by)}, until = ${until} WHERE name = 'walk' AND token = ${literal(there.token)}`,
      );
    }
    const now = await asked(read);
    if (now?.token !== token) throw busy(now?.by ?? "somebody", host);
  };
  await take();
  let renewed = Date.now();
  return {
    kind: `KeeperMap on ${host.name}`,
    limits: null,
    async hold() {
      if (Date.now() - renewed > RENEW_MS) {
        await attempt(`ALTER TABLE tread.walk_lock UPDATE until = ${until} WHERE name = 'walk' AND token = ${literal(token)}`);
        renewed = Date.now();
      }
      const now = await asked(read);
      if (now?.token !== token) throw lost(now?.by ?? "nobody");
    },
    async release() {
      await attempt(`ALTER TABLE tread.walk_lock DELETE WHERE name = 'walk' AND token = ${literal(token)}`);
    },
  };
}

/**
 * Without Keeper: tables `tread.walker_<n>` on one host. CREATE TABLE has one winner, so number n + 1 has one owner; the highest number is
 * the walker, and its comment says until when. All clocks are that host's own.
 */
async function lease(host: WalkHost, token: string, by: string): Promise<WalkLock> {
  const old = host.dialect === "old";
  const read = async (): Promise<
    readonly { readonly n: number; readonly token: string; readonly by: string; readonly expired: number }[]
  > => {
    const rows = await host.rows<{ name: string; row: string; now: number | string }>(
      `SELECT name, ${old ? "create_table_query" : "comment"} AS row, toUInt32(now()) AS now FROM system.tables WHERE database = 'tread' AND match(name, '^walker_[0-9]+$')`,
      TIMEOUT_MS,
    );
    return rows
      .map(({ name, row, now }) => {
        const [until, owner, ...who] = (/until (\d+) (\S+) by (.*)$/.exec(row.replaceAll("\\'", "'"))?.slice(1) ?? []) as (
          | string
          | undefined
        )[];
        return {
          n: Number(name.slice("walker_".length)),
          token: owner ?? "",
          by: (who[0] ?? "somebody").replace(/'.*$/, ""),
          // A comment that is not there yet belongs to whoever is just creating it.
          expired: until === undefined ? 0 : Number(Number(until) < Number(now)),
        };
      })
      .toSorted((a, b) => b.n - a.n);
  };
  const comment = async (): Promise<string> => {
    const [row] = await host.rows<{ until: number | string }>(`SELECT toUInt32(now()) + ${LEASE_SECONDS} AS until`, TIMEOUT_MS);
    return literal(`until ${row?.until ?? 0} ${token} by ${by.replaceAll(/['\\]/g, "")}`);
  };
  const [newest] = await asked(read);
  if (newest !== undefined && !isTrue(newest.expired) && !isDead(newest.by)) throw busy(newest.by, host);
  const n = (newest?.n ?? 0) + 1;
  const name = `tread.walker_${n}`;
  try {
    await host.run(
      old
        ? `CREATE TABLE ${name} (x String DEFAULT ${await comment()}) ENGINE = Memory`
        : `CREATE TABLE ${name} (x UInt8) ENGINE = Null COMMENT ${await comment()}`,
      { timeoutMs: TIMEOUT_MS },
    );
  } catch (error) {
    if (!(error instanceof HostTrouble)) throw error;
    const now = await asked(read);
    if (now[0]?.token !== token) throw busy(now[0]?.by ?? "somebody", host);
  }
  const mine = async (): Promise<void> => {
    const [now] = await asked(read);
    if (now?.token !== token) throw lost(now?.by ?? "nobody");
  };
  await mine();
  for (const stale of (await asked(read)).slice(1))
    await host.run(`DROP TABLE IF EXISTS tread.walker_${stale.n}`, { timeoutMs: TIMEOUT_MS }).catch(() => {});
  let renewed = Date.now();
  return {
    kind: `a lease on ${host.name}`,
    limits: `it holds as long as ${host.name} answers and keeps its data; a walker that stops for more than ${LEASE_SECONDS} s between two statements is replaced, and finds out before its next one`,
    async hold() {
      await mine();
      // The old server has no comments on tables, and no way to renew: there a lease lasts for one minute and is made for tests.
      if (old || Date.now() - renewed < RENEW_MS) return;
      renewed = Date.now();
      await host.run(`ALTER TABLE ${name} MODIFY COMMENT ${await comment()}`, { timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
        if (!(error instanceof HostTrouble) || error.kind === "refused") throw lost("nobody");
      });
    },
    async release() {
      await host.run(`DROP TABLE IF EXISTS ${name}${old ? "" : " SYNC"}`, { timeoutMs: TIMEOUT_MS }).catch(() => {});
    },
  };
}

/** How a walker names itself in the lock. */
export function walkerName(user: string): string {
  return `${user.replaceAll(/['\\\s]/g, "")} pid ${process.pid} on ${hostname()}`;
}

/** A walker of this machine whose process is gone need not be waited for. */
function isDead(by: string): boolean {
  const [, pid, machine] = / pid (\d+) on (\S+)$/.exec(by) ?? [];
  if (pid === undefined || machine !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return !(error instanceof Error && "code" in error && error.code === "EPERM");
  }
}

/** A lock that cannot be read is not held. */
async function asked<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HostTrouble)) throw error;
    throw new WalkStopped(
      `whether this walker still has the lock cannot be told: ${error.host}: ${error.message}`,
      "nothing further is run; the same command goes on when the host answers",
      4,
    );
  }
}

function isTrue(value: unknown): boolean {
  return value === true || Number(value) === 1;
}

function busy(by: string, host: WalkHost): WalkStopped {
  return new WalkStopped(
    `another walker is at work: ${by} (lock on ${host.name})`,
    `wait for it; if it is gone, its lock ends ${LEASE_SECONDS} s after its last step, and the same command takes over`,
    4,
  );
}

function lost(to: string): WalkStopped {
  return new WalkStopped(
    `the lock has gone over to ${to}: nothing further is run by this walker`,
    "tread apply --dry-run shows how far the change is",
    4,
  );
}
