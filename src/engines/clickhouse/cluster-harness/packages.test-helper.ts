import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "../../embedded/temporary.ts";

/** What a cluster is made of, or why it cannot be had here. */
export type Packages<T> = { readonly packages: T; readonly reason: null } | { readonly packages: null; readonly reason: string };

export interface ModernPackages {
  /** Holds `node_modules/ffi-rs`. */
  readonly ffi: string;
  readonly library: string;
}

export interface OldPackages {
  readonly server: string;
  readonly libraries: string;
  readonly keeper: KeeperPackages;
}

export interface KeeperPackages {
  readonly java: string;
  readonly classPath: string;
}

const FFI = "1.3.7";
/** Debian bookworm's: the newest ClickHouse *server* that a package registry carries. */
const SERVER = "18.16.1";
const SERVER_DEBS = `clickhouse-server clickhouse-common libfarmhash0 libmetrohash1 libpocofoundation80 libpoconet80 libpocoutil80
  libpocoxml80 libpocojson80 libpocodata80 libpocodataodbc80 libpocomongodb80 libpococrypto80 libpoconetssl80 libodbc2 libltdl7
  libmariadb3 librdkafka1 libre2-9 libdouble-conversion3 libpcre3 libcapnp-0.9.2 libcctz2 libcpuinfo0 libjemalloc2
  libboost-filesystem1.74.0 libboost-program-options1.74.0 libicu72`.split(/\s+/);
/** ZooKeeper's server loads classes from six jars only. */
const KEEPER_DEBS = ["libzookeeper-java", "libslf4j-java", "libdropwizard-metrics-java", "libsnappy-java", "libsnappy-jni"];
const JAVA_DEBS = ["openjdk-17-jre-headless"];

/** The folder that has package.json: this file may have been packed elsewhere (`npm run bench:cluster`). */
export function repository(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "tsconfig.test.json"))) {
    if (dirname(folder) === folder) throw new Error("the repository of tread was not found above this file");
    folder = dirname(folder);
  }
  return folder;
}

function cacheFolder(): string {
  const cache = process.env["TREAD_CACHE"];
  return join(cache === undefined || cache === "" ? join(repository(), ".cache") : cache, "clickhouse-clusters");
}

/** libchdb, which is a dependency, and ffi-rs to call it, fetched from npm on first use (1 MB). */
export function modernPackages(): Packages<ModernPackages> {
  const library = libchdb();
  if (library === null) return missing("chdb, an optional dependency, is not installed (it exists for Linux with glibc and for macOS)");
  const ffi = join(cacheFolder(), `ffi-rs-${FFI}`);
  const reason = once(ffi, (folder) => {
    const npm = [
      "install",
      "--prefix",
      folder,
      `ffi-rs@${FFI}`,
      "--no-save",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
    ];
    writeFileSync(join(folder, "package.json"), "{}");
    run("npm", npm, "ffi-rs could not be fetched from npm");
  });
  return reason === null ? { packages: { ffi, library }, reason } : missing(reason);
}

function libchdb(): string | null {
  const given = process.env["LIBCHDB"];
  if (given !== undefined && given !== "") return given;
  const from = createRequire(join(repository(), "package.json"));
  const names = [`@chdb/lib-${process.platform}-${process.arch}-gnu`, `@chdb/lib-${process.platform}-${process.arch}`];
  for (const name of names) {
    try {
      const found = join(dirname(from.resolve(`${name}/package.json`)), process.platform === "darwin" ? "libchdb.dylib" : "libchdb.so");
      if (existsSync(found)) return found;
      const other = join(dirname(found), "libchdb.so");
      if (existsSync(other)) return other;
    } catch {
      // The next name.
    }
  }
  return null;
}

/** Debian's ClickHouse server and ZooKeeper, fetched with apt by name and unpacked beside each other (30 MB); root is not needed. */
export function oldPackages(): Packages<OldPackages> {
  const keeper = keeperPackages();
  if (keeper.packages === null) return keeper;
  const folder = join(cacheFolder(), `debian-clickhouse-${SERVER}`);
  const reason = once(folder, (into) => unpackDebs(SERVER_DEBS, into, { "clickhouse-server": SERVER }));
  if (reason !== null) return missing(reason);
  const server = join(folder, "usr/sbin/clickhouse-server");
  const libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"].map((path) => join(folder, path)).join(":");
  if (!existsSync(server)) return missing("Debian's clickhouse-server package holds no server for this machine");
  return { packages: { server, libraries, keeper: keeper.packages }, reason: null };
}

/** ZooKeeper 3.8 from Debian, run by the machine's Java, or by one that is fetched beside it. */
export function keeperPackages(): Packages<KeeperPackages> {
  if (process.platform !== "linux" || process.arch !== "x64") return missing("Debian's ClickHouse server and ZooKeeper run on Linux x64");
  const folder = join(cacheFolder(), "debian-zookeeper-3.8");
  const reason = once(folder, (into) => unpackDebs(KEEPER_DEBS, into, { "libzookeeper-java": "3.8" }));
  if (reason !== null) return missing(reason);
  const jars = join(folder, "usr/share/java");
  const classPath = ["zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-nop", "metrics-core", "snappy-java"].map((name) =>
    join(jars, `${name}.jar`),
  );
  const absent = classPath.find((jar) => !existsSync(jar));
  if (absent !== undefined) return missing(`Debian's ZooKeeper packages hold no ${absent.slice(jars.length + 1)}`);
  const java = javaProgram();
  return java.packages === null ? java : { packages: { java: java.packages, classPath: classPath.join(":") }, reason: null };
}

function javaProgram(): Packages<string> {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return { packages: "java", reason: null };
  } catch {
    const folder = join(cacheFolder(), "debian-java-17");
    const reason = once(folder, (into) => {
      unpackDebs(JAVA_DEBS, into, {});
      // Its settings are links into /etc, which nobody installed.
      const home = join(into, "usr/lib/jvm/java-17-openjdk-amd64");
      rmSync(join(home, "conf"), { recursive: true, force: true });
      rmSync(join(home, "lib/security"), { recursive: true, force: true });
      execFileSync("cp", ["-rL", join(into, "etc/java-17-openjdk/security"), join(home, "lib/security")], { stdio: "ignore" });
      execFileSync("cp", ["-r", join(into, "etc/java-17-openjdk"), join(home, "conf")], { stdio: "ignore" });
      rmSync(join(home, "lib/jvm.cfg"), { force: true });
      execFileSync("cp", [join(into, "etc/java-17-openjdk/jvm-amd64.cfg"), join(home, "lib/jvm.cfg")], { stdio: "ignore" });
    });
    return reason === null ? { packages: join(folder, "usr/lib/jvm/java-17-openjdk-amd64/bin/java"), reason } : missing(reason);
  }
}

/** Downloads packages by name into a folder of our own, with the machine's own sources and mirrors, and unpacks them. */
function unpackDebs(names: readonly string[], into: string, versions: Readonly<Record<string, string>>): void {
  const wanted = names.map((name) => (name in versions ? `${name}=${versions[name]}*` : name));
  const downloads = join(into, ".downloads");
  mkdirSync(downloads);
  try {
    run("apt-get", ["download", "-q", ...wanted], "", downloads);
  } catch {
    // No package lists here, or old ones: read them into a folder of our own, for which nobody need be root.
    const state = join(into, ".apt");
    for (const part of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(state, part), { recursive: true });
    writeFileSync(join(state, "status"), "");
    const own = {
      Lists: `Dir::State::Lists=${state}/lists`,
      Cache: `Dir::Cache=${state}/cache`,
      Status: `Dir::State::status=${state}/status`,
    };
    const options = [
      "-q",
      "-o",
      "Debug::NoLocking=1",
      "-o",
      "APT::Sandbox::User=",
      ...Object.values(own).flatMap((option) => ["-o", option]),
    ];
    for (const name of readdirSync(downloads)) rmSync(join(downloads, name));
    run("apt-get", ["update", ...options], "Debian's package lists could not be read with apt-get");
    run("apt-get", ["download", ...options, ...wanted], `apt-get does not offer ${wanted[0] ?? ""} (Debian 12 does)`, downloads);
    rmSync(state, { recursive: true, force: true });
  }
  for (const name of readdirSync(downloads)) run("dpkg-deb", ["-x", join(downloads, name), into], `${name} could not be unpacked`);
  rmSync(downloads, { recursive: true, force: true });
}

function run(program: string, args: readonly string[], complaint: string, cwd?: string): void {
  try {
    execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 240_000, ...(cwd === undefined ? {} : { cwd }) });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    const lines = said
      .trim()
      .split("\n")
      .filter((line) => !/^npm warn|^W:/.test(line));
    throw new Error(`${complaint}: ${lines.at(-1) ?? `${program} failed`}`, { cause: error });
  }
}

/**
 * Fills a folder once and for all: test files run side by side, one of them fetches, the others wait. Whole or not there.
 * @returns null, or why it could not be filled
 */
function once(folder: string, fill: (into: string) => void): string | null {
  if (existsSync(folder)) return null;
  const lock = `${folder}.lock`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    if (!locked(lock, () => existsSync(folder))) return null;
    const into = mkdtempSync(`${folder}.part-`);
    try {
      fill(into);
      renameSync(into, folder);
    } finally {
      rmSync(into, { recursive: true, force: true });
      rmSync(lock, { recursive: true, force: true });
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** False: somebody else has done it meanwhile. A lock of a process that is gone is broken. */
function locked(lock: string, done: () => boolean): boolean {
  for (let waited = 0; waited < 300_000; waited += 200) {
    if (done()) return false;
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      return true;
    } catch {
      const owner = Number(readOr(join(lock, "pid"), String(process.pid)));
      if (!isAlive(owner)) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  throw new Error(`${lock} is held for five minutes`);
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}

function missing(reason: string): { packages: null; reason: string } {
  return { packages: null, reason };
}
