import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { type Identity, spawnIdentity } from "./identity.ts";
import type { ServerPackage } from "./packages.ts";
import { type Finished, run, serverEnvironment } from "./run.ts";
import { temporaryDirectory } from "../../embedded/temporary.ts";
import { EngineUnavailable, fileTrouble } from "../../embedded/unavailable.ts";

/** Tread's own role, the cluster's superuser. Not `postgres`: dumps and migrations speak of that one. */
export const SUPERUSER = "tread";

/** Goes up when a template is made differently, so that an older tread's template is not used. */
const RECIPE = 1;

/** Only the local socket and loopback, and always with the password: in a shared temporary directory 0700 is one of two locks. */
const HBA = `local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
`;

/**
 * A data directory that `initdb` made once (0.6 to 1.6 s), to be copied for every server (0.05 s). Closed to others (0700), since
 * its password is in it; each server gets passwords of its own right after it started.
 */
export async function template(
  cache: string,
  binaries: string,
  server: ServerPackage,
  identity: Identity,
  onProgress: (message: string) => void,
): Promise<{ readonly directory: string; readonly password: string }> {
  const entry = await cached(cache, `template-${server.packageVersion}-${server.platform}-${RECIPE}`, async (directory) => {
    onProgress(`Preparing PostgreSQL ${server.version} (initdb, once)`);
    await chmod(directory, 0o700);
    const password = randomBytes(24).toString("base64url");
    await initialise(binaries, join(directory, "data"), password, server, identity);
    await writeFile(join(directory, "password"), password, { mode: 0o600 });
  });
  return { directory: join(entry, "data"), password: (await readFile(join(entry, "password"), "utf8")).trim() };
}

/**
 * Runs `initdb` in a temporary directory of the server's user, then takes the result for ourselves: what nobody could change between
 * two runs must not become tomorrow's server.
 */
async function initialise(binaries: string, target: string, password: string, server: ServerPackage, identity: Identity): Promise<void> {
  const temporary = await temporaryDirectory("initdb");
  const work = temporary.path;
  try {
    const data = join(work, "data");
    const passwordFile = join(work, "password");
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (identity.lent) await run("chown", ["-R", `${identity.uid}:${identity.gid}`, work]);
    const outcome = await initdb(join(binaries, "bin/initdb"), data, passwordFile, server, identity);
    if (outcome.code !== 0) throw initdbError(outcome, server);
    await writeFile(join(data, "pg_hba.conf"), HBA);
    if (identity.lent) await run("chown", ["-R", `0:0`, work]);
    await rename(data, target).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "EXDEV") throw error;
      await mkdir(target);
      const copied = await run("cp", ["-R", "-p", `${data}/.`, target]);
      if (copied.code !== 0) throw new Error(copied.stderr);
    });
  } catch (error) {
    throw fileTrouble(error, `preparing PostgreSQL ${server.version}`);
  } finally {
    await temporary.remove();
  }
}

/** Tries the ways in which this machine may allow `initdb`, best first. */
async function initdb(program: string, data: string, passwordFile: string, server: ServerPackage, identity: Identity): Promise<Finished> {
  const options = { env: serverEnvironment, cwd: "/", ...spawnIdentity(identity) };
  let outcome: Finished | null = null;
  for (const locale of locales(server.major)) {
    const args = ["-D", data, "-U", SUPERUSER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8", "--no-sync"];
    // 1 MB of write-ahead log instead of 16: less to copy for every server.
    args.push("--wal-segsize=1", ...locale);
    outcome = await run(program, args, options);
    // A uid without a line in the passwd file (docker --user 12345): initdb only wants a name, and a user namespace gives it one.
    if (outcome.code !== 0 && outcome.stderr.includes("could not look up") && process.platform === "linux") {
      outcome = await run("unshare", ["--user", "--map-user=65534", "--map-group=65534", program, ...args], options).catch(() => outcome);
    }
    if (outcome === null || outcome.code === 0 || !outcome.stderr.includes("locale")) break;
  }
  if (outcome === null) throw new Error("no locale to try");
  return outcome;
}

/** UTF-8 rules for characters where the system has them without a language's collation; ICU is not required. */
function locales(major: number): readonly (readonly string[])[] {
  const plain = ["--locale=C"];
  if (major >= 17) return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"], plain];
  return [["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C", "--lc-ctype=en_US.UTF-8"], plain];
}

function initdbError(outcome: Finished, server: ServerPackage): EngineUnavailable {
  const said =
    outcome.stderr
      .trim()
      .split("\n")
      .find((line) => line.includes("error")) ?? outcome.stderr.trim();
  if (outcome.stderr.includes("No space left on device")) {
    return new EngineUnavailable(
      "disk-full",
      `No space left on the disk while preparing PostgreSQL ${server.version}.`,
      "Free about 200 MB.",
    );
  }
  const nameless = outcome.stderr.includes("could not look up");
  return new EngineUnavailable(
    "initdb-failed",
    `PostgreSQL ${server.version} could not prepare a data directory: ${said}`,
    nameless
      ? `Your user id (${nameOrNumber()}) has no entry in the passwd file, and initdb insists on one. Run tread once as a user that has one, with TREAD_CACHE set to a directory both can read.`
      : "Run again with TREAD_CACHE set to an empty directory; if it still fails, report this with the line above.",
  );
}

function nameOrNumber(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
