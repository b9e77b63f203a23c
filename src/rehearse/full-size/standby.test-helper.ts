import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serverBinaries } from "../../engines/postgres/embedded/binaries.ts";
import { cacheDirectory } from "../../engines/postgres/embedded/cache.ts";
import { serverDirectory } from "../../engines/postgres/embedded/directory.ts";
import { serverIdentity } from "../../engines/postgres/embedded/identity.ts";
import { serverPackage } from "../../engines/postgres/embedded/packages.ts";
import { startProcess } from "../../engines/postgres/embedded/process.ts";
import { run } from "../../engines/postgres/embedded/run.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { serverSettings } from "../../engines/postgres/embedded/settings.ts";

/** Settings of a server that can have a standby. */
export const PRIMARY = { wal_level: "replica", max_wal_senders: "4", full_page_writes: "on" } as const;

/** How to reach a server of ours as somebody outside would. */
export function urlOf(server: EmbeddedServer, database: string): string {
  const { user, password } = server.credentials;
  return `postgres://${user}:${password}@${encodeURIComponent(server.host)}:${server.port}/${database}`;
}

/** A real standby of a server: a copy of its data directory that follows it. @returns the way to stop it, and its URL */
export async function startStandby(primary: EmbeddedServer, database: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const superuser = await primary.connect({ role: "superuser", database: "postgres" });
  const { user, password } = primary.credentials;
  await superuser.query(`ALTER ROLE "${user}" REPLICATION`);
  const data = join(primary.host, "data");
  await writeFile(join(data, "pg_hba.conf"), "local all all scram-sha-256\nlocal replication all scram-sha-256\n");
  await superuser.query("SELECT pg_catalog.pg_reload_conf()");
  const identity = serverIdentity();
  const directory = await serverDirectory(identity);
  const copy = join(directory.path, "data");
  await superuser.query("SELECT pg_catalog.pg_backup_start('standby', true)");
  await cp(data, copy, { recursive: true });
  const backup = await superuser.query<{ label: string }>("SELECT labelfile AS label FROM pg_catalog.pg_backup_stop(false)");
  await superuser.end();
  await rm(join(copy, "postmaster.pid"), { force: true });
  await writeFile(join(copy, "backup_label"), backup.rows[0]?.label ?? "");
  await writeFile(join(copy, "standby.signal"), "");
  await run("chmod", ["-R", "u=rwX,go=", copy]);
  if (identity.lent) await run("chown", ["-R", `${identity.uid}:${identity.gid}`, directory.path]);
  const settings = {
    ...PRIMARY,
    hot_standby: "on",
    primary_conninfo: `host=${primary.host} port=${primary.port} user=${user} password=${password}`,
  };
  const options = { offline: false, onProgress: () => {} };
  const binaries = await serverBinaries(
    cacheDirectory(() => {}),
    serverPackage(primary.major),
    options,
  );
  const server = await startProcess({
    program: join(binaries, "bin/postgres"),
    args: ["-D", copy, ...serverSettings(primary.major, directory.path, settings)],
    directory: directory.path,
    identity,
  }).finally(() => directory.handOver());
  return {
    url: `postgres://${user}:${password}@${encodeURIComponent(directory.path)}:${primary.port}/${database}`,
    stop: () => server.stop(),
  };
}
