import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * A real ClickHouse server with its real HTTP interface, from the library that chDB ships: `chdb_query_cmdline` is clickhouse-local's
 * main, which listens after SYSTEM START LISTEN. chDB's own sessions cannot listen, so the library is loaded by ten lines of Python.
 */
export interface HttpClickHouse {
  readonly port: number;
  /** As the user `default`, who may do everything. @throws Error with the server's words */
  run(sql: string): Promise<string>;
  stop(): Promise<void>;
}

const MAIN = `import ctypes, sys
lib = ctypes.CDLL(sys.argv[1])
args = [b"clickhouse"] + [a.encode() for a in sys.argv[2:]]
lib.chdb_query_cmdline.restype = ctypes.c_void_p
lib.chdb_query_cmdline(len(args), (ctypes.c_char_p * len(args))(*args))
`;

const require = createRequire(import.meta.url);

function library(): string | null {
  try {
    // chDB's own dependency, one per platform.
    const own = createRequire(require.resolve("chdb"));
    const path = join(dirname(own.resolve(`@chdb/lib-${process.platform}-${process.arch}-gnu/package.json`)), "libchdb.so");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** Why no server can be had here, or null. */
export function withoutHttpServer(): string | null {
  if (library() === null) return "chDB's library for Linux is not installed";
  return spawnSync("python3", ["-c", "import ctypes"]).status === 0 ? null : "there is no python3 to load the library with";
}

/** @param users XML of users besides `default`, inside of `<users>`; `profiles` inside of `<profiles>` */
export async function startHttpClickHouse({
  users = "",
  profiles = "",
}: { users?: string; profiles?: string } = {}): Promise<HttpClickHouse> {
  const directory = mkdtempSync(join(tmpdir(), "tread-clickhouse-http-"));
  const [port, tcp] = [await freePort(), await freePort()];
  mkdirSync(join(directory, "data"));
  writeFileSync(join(directory, "main.py"), MAIN);
  writeFileSync(
    join(directory, "config.xml"),
    `<clickhouse><logger><level>none</level></logger><timezone>UTC</timezone>
     <users_config>${directory}/users.xml</users_config>
     <remote_servers><main><shard><replica><host>127.0.0.1</host><port>${tcp}</port></replica></shard></main></remote_servers>
     <macros><shard>01</shard><replica>a</replica></macros></clickhouse>`,
  );
  writeFileSync(
    join(directory, "users.xml"),
    `<clickhouse><profiles><default/>${profiles}</profiles><quotas><default/></quotas><users>
       <default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota><access_management>1</access_management></default>
       ${users}</users></clickhouse>`,
  );
  const listen =
    "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM system.numbers LIMIT 900 SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0 FORMAT Null";
  const child = spawn(
    "python3",
    [
      join(directory, "main.py"),
      library() ?? "",
      `--config-file=${directory}/config.xml`,
      `--path=${directory}/data`,
      "--listen_host=127.0.0.1",
      `--http_port=${port}`,
      `--tcp_port=${tcp}`,
      "--query",
      listen,
    ],
    { cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", () => child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}/`;
  for (let tries = 0; ; tries++) {
    const answers = await fetch(`${url}ping`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) break;
    if (tries > 400 || child.exitCode !== null) {
      await stop();
      throw new Error(`ClickHouse did not begin to listen: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    async run(sql) {
      const response = await fetch(url, { method: "POST", body: sql });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return text;
    },
    stop,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
