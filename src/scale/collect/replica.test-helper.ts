import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { serverBinaries } from "../../engines/postgres/embedded/binaries.ts";
import { cacheDirectory } from "../../engines/postgres/embedded/cache.ts";
import { serverDirectory } from "../../engines/postgres/embedded/directory.ts";
import { serverIdentity } from "../../engines/postgres/embedded/identity.ts";
import { startServer } from "../../engines/postgres/embedded/index.ts";
import { serverPackage } from "../../engines/postgres/embedded/packages.ts";
import { startProcess } from "../../engines/postgres/embedded/process.ts";
import { run } from "../../engines/postgres/embedded/run.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { serverSettings } from "../../engines/postgres/embedded/settings.ts";

const REPLICATING = { wal_level: "replica", max_wal_senders: "4", hot_standby: "on", wal_keep_size: "64MB" };

/** A primary that a replica can follow. The caller stops it. */
export function startPrimary(major: number): Promise<EmbeddedServer> {
  return startServer({ major, offline: false, onProgress: () => {}, settings: REPLICATING });
}

/**
 * A real streaming replica: a base backup of the primary's data directory (by hand, the package has no pg_basebackup) with
 * `standby.signal`, following over the primary's socket.
 * @param superuser on the primary
 * @returns its socket directory, and how to stop it
 */
export async function startReplica(
  primary: EmbeddedServer,
  superuser: Client,
): Promise<{ readonly host: string; readonly stop: () => Promise<void> }> {
  const options = { major: primary.major, offline: false, onProgress: () => {} };
  const server = serverPackage(primary.major);
  const identity = serverIdentity();
  const binaries = await serverBinaries(
    cacheDirectory(() => {}),
    server,
    options,
  );
  await appendFile(join(primary.host, "data/pg_hba.conf"), "local replication all trust\n");
  await superuser.query("SELECT pg_reload_conf()");
  const directory = await serverDirectory(identity);
  const data = join(directory.path, "data");
  const fresh = primary.major >= 15;
  await superuser.query(fresh ? "SELECT pg_backup_start('replica', true)" : "SELECT pg_start_backup('replica', true, false)");
  const copied = await run("cp", ["-R", join(primary.host, "data"), data]);
  if (copied.code !== 0) throw new Error(copied.stderr);
  const { rows } = await superuser.query<{ label: string }>(
    `SELECT labelfile AS label FROM ${fresh ? "pg_backup_stop(false)" : "pg_stop_backup(false, false)"}`,
  );
  await writeFile(join(data, "backup_label"), rows[0]?.label ?? "");
  await writeFile(join(data, "standby.signal"), "");
  await writeFile(
    join(data, "postgresql.auto.conf"),
    `primary_conninfo = 'host=${primary.host} port=${primary.port} user=tread application_name=replica'\n`,
  );
  await run("rm", ["-f", join(data, "postmaster.pid")]);
  await run("chmod", ["0700", data]);
  if (identity.lent) await run("chown", ["-R", `${identity.uid}:${identity.gid}`, directory.path]);
  const process = await startProcess({
    program: join(binaries, "bin/postgres"),
    args: ["-D", data, ...serverSettings(primary.major, directory.path, REPLICATING)],
    directory: directory.path,
    identity,
  });
  directory.handOver();
  return { host: directory.path, stop: () => process.stop() };
}
