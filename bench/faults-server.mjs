// The server of `npm run faults`: it keeps its data when it is killed, and does not know tread.
import { spawn } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { root } from "../scripts/setup.mjs";

const embedded = (name) => import(join(root, "dist/engines/postgres/embedded", `${name}.js`));
const [
  { cacheDirectory },
  { serverBinaries },
  { serverPackage },
  { serverIdentity, spawnIdentity },
  { template, SUPERUSER: superuser },
  { serverDirectory },
] = await Promise.all(["cache", "binaries", "packages", "identity", "template", "directory"].map(embedded));

export const SUPERUSER = superuser;

class Server {
  constructor(major, directory, program, identity, password) {
    Object.assign(this, { major, directory, program, identity, password, child: null });
  }
  static async make(major) {
    const identity = serverIdentity();
    const cache = cacheDirectory(() => {});
    const one = serverPackage(major);
    const binaries = await serverBinaries(cache, one, { offline: false, onProgress: (message) => console.error(`· ${message}`) });
    const initial = await template(cache, binaries, one, identity, () => {});
    // Where the server's own user may go: as root that is not every TMPDIR.
    const { path: directory } = await serverDirectory(identity);
    cpSync(initial.directory, join(directory, "data"), { recursive: true });
    if (identity.lent)
      await new Promise((resolve) => spawn("chown", ["-R", `${identity.uid}:${identity.gid}`, directory]).on("close", resolve));
    await new Promise((resolve) => spawn("chmod", ["0700", join(directory, "data"), directory]).on("close", resolve));
    return new Server(major, directory, join(binaries, "bin/postgres"), identity, initial.password);
  }
  async start() {
    const settings = {
      listen_addresses: "",
      unix_socket_directories: this.directory,
      port: "5432",
      max_connections: "60",
      fsync: "off",
      shared_buffers: "64MB",
      dynamic_shared_memory_type: "mmap",
      log_min_messages: "panic",
      ...(this.major >= 18 ? { io_method: "sync" } : {}),
    };
    this.child = spawn(
      this.program,
      ["-D", join(this.directory, "data"), ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      { stdio: "ignore", env: { PATH: process.env.PATH, LC_ALL: "C" }, ...spawnIdentity(this.identity) },
    );
    for (let tries = 0; tries < 600; tries++) {
      try {
        const client = await this.connect("postgres");
        await client.end();
        return;
      } catch {
        await sleep(50);
      }
    }
    throw new Error(`the server in ${this.directory} does not start within 30 s`);
  }
  async connect(database) {
    const client = new Client({
      host: this.directory,
      port: 5432,
      user: SUPERUSER,
      password: this.password,
      database,
      application_name: "judge",
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  }
  /** As the machine's own out-of-memory killer would: the postmaster first, its backends notice. */
  async kill(signal) {
    const ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill(signal);
    await ended;
    await sleep(200);
  }
  async stop() {
    const ended = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill("SIGINT");
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Not started yet. */
export async function serverOf(major) {
  return await Server.make(major);
}
