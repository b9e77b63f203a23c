import type { Client } from "pg";
import { connectTo } from "../../engines/postgres/introspect/connect.ts";
import type { Target } from "../../engines/postgres/introspect/target.ts";
import { ensureLedger, hasLedger } from "../../ledger/postgres/schema.ts";
import type { ReleaseRecord } from "../../model/release.ts";
import type { ReleaseEvent, ReleaseLedger } from "./ledger.ts";
import { parseReleases } from "./read.ts";
import { Refused } from "./refused.ts";
import type { RawRelease } from "./schema.ts";

/** Beside the ledger of what ran (docs/ledger.md): which releases there are, and where they serve. Dates as they were given. */
const TABLES = `
CREATE TABLE IF NOT EXISTS tread.releases (
  name text PRIMARY KEY,
  version text,
  ref text,
  commit text,
  path text,
  root text,
  released text NOT NULL,
  recorded_by text NOT NULL DEFAULT session_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS tread.release_deployments (
  release text NOT NULL REFERENCES tread.releases ON DELETE CASCADE,
  environment text NOT NULL,
  live text NOT NULL,
  retired text,
  changed_by text NOT NULL DEFAULT session_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (release, environment)
);`;

interface ReleaseRow {
  readonly name: string;
  readonly version: string | null;
  readonly ref: string | null;
  readonly commit: string | null;
  readonly path: string | null;
  readonly root: string | null;
  readonly released: string;
}

interface DeploymentRow {
  readonly release: string;
  readonly environment: string;
  readonly live: string;
  readonly retired: string | null;
}

/** The releases on record in the ledger of a database: the same two things as the file in git does, in one transaction. */
export function databaseLedger(target: Target): ReleaseLedger {
  const where = `the ledger of ${target.shown}`;
  return {
    where,
    read: () => connected(target, async (client) => (await readFrom(client, where)) ?? { file: where, releases: [] }),
    append: (events) =>
      connected(target, async (client) => {
        await ensureLedger(client);
        await client.query("BEGIN");
        try {
          await client.query(TABLES);
          // Two that record at once would each check a record without the other's rows.
          await client.query("LOCK TABLE tread.releases, tread.release_deployments IN SHARE ROW EXCLUSIVE MODE");
          for (const event of events) await write(client, event);
          await readFrom(client, where);
          await client.query("COMMIT");
        } catch (error) {
          await client.query("ROLLBACK").catch(() => {});
          if ((error as { code?: string }).code === "23505")
            throw new Refused(
              `${where} has a release of this name already: somebody recorded it meanwhile`,
              "`tread release list` shows the record",
            );
          throw error;
        }
      }),
  };
}

/** @returns null where the database has no record of releases @throws ConfigError, LedgerTrouble, DatabaseTrouble */
export function releasesInDatabase(target: Target): Promise<ReleaseRecord | null> {
  return connected(target, (client) => readFrom(client, `the ledger of ${target.shown}`));
}

async function connected<T>(target: Target, act: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectTo(target, { settings: {}, connectTimeoutMs: 15_000 });
  try {
    return await act(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function readFrom(client: Client, where: string): Promise<ReleaseRecord | null> {
  if (!(await hasLedger(client))) return null;
  const { rows: found } = await client.query<{ there: boolean }>("SELECT to_regclass('tread.releases') IS NOT NULL AS there");
  if (found[0]?.there !== true) return null;
  const { rows: releases } = await client.query<ReleaseRow>(
    "SELECT name, version, ref, commit, path, root, released FROM tread.releases ORDER BY recorded_at, name",
  );
  const { rows: deployments } = await client.query<DeploymentRow>(
    "SELECT release, environment, live, retired FROM tread.release_deployments ORDER BY release, environment",
  );
  const raw = releases.map((row): RawRelease => {
    const own = deployments.filter(({ release }) => release === row.name);
    return {
      ...(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as RawRelease),
      environments: Object.fromEntries(own.map(({ environment, live, retired }) => [environment, { live, retired }])),
    };
  });
  // What a person wrote there with SQL is held to the same rules as the file.
  return parseReleases(where, JSON.stringify({ format: "tread.releases/1", releases: raw }));
}

async function write(client: Client, event: ReleaseEvent): Promise<void> {
  switch (event.kind) {
    case "released": {
      const { name, version = null, ref = null, commit = null, path = null, root = null, released } = event.release;
      await client.query(
        "INSERT INTO tread.releases (name, version, ref, commit, path, root, released) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [name, version, ref, commit, path, root, released],
      );
      return;
    }
    case "live":
      await client.query(
        `INSERT INTO tread.release_deployments (release, environment, live) VALUES ($1, $2, $3)
         ON CONFLICT (release, environment) DO UPDATE SET live = excluded.live, retired = NULL, changed_by = session_user, changed_at = clock_timestamp()`,
        [event.name, event.environment, event.date],
      );
      return;
    case "retired":
      await client.query(
        "UPDATE tread.release_deployments SET retired = $3, changed_by = session_user, changed_at = clock_timestamp() WHERE release = $1 AND environment = $2",
        [event.name, event.environment, event.date],
      );
      return;
    default:
      event satisfies never;
  }
}
