import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverIdentity } from "../src/engines/postgres/embedded/identity.ts";
import { startServer } from "../src/engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../src/engines/postgres/embedded/server.ts";
import { NEWEST_POSTGRES } from "../src/engines/postgres/engine.ts";

/** A real server that is reached as servers are: by TCP. */
export interface TcpServer {
  readonly server: EmbeddedServer;
  readonly port: number;
  /** Certificates of the authority that has signed the server's (for `localhost` only), and of another one. */
  readonly authority: string;
  readonly stranger: string;
  /** Everything that its log has said. */
  readonly log: () => string;
  stop(): Promise<void>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** @param tls true: nobody gets in without */
export async function tcpServer(tls: boolean): Promise<TcpServer> {
  const folder = mkdtempSync(join(tmpdir(), "tread-tcp-"));
  const port = await freePort();
  const server = await startServer({
    major: NEWEST_POSTGRES,
    offline: false,
    onProgress: () => {},
    settings: { listen_addresses: "127.0.0.1", port: String(port) },
  });
  const lines: string[] = [];
  server.onLog((line) => lines.push(line));
  const authority = join(folder, "authority.pem");
  const stranger = join(folder, "stranger.pem");
  if (tls) {
    certify(folder, server);
    const superuser = await server.connect({ role: "superuser", database: "postgres" });
    writeFileSync(join(server.host, "data/pg_hba.conf"), "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
    await superuser.query("ALTER SYSTEM SET ssl = on");
    await superuser.query("SELECT pg_reload_conf()");
    for (let tries = 0; tries < 200; tries++) {
      if ((await superuser.query<{ ssl: string }>("SELECT current_setting('ssl') AS ssl")).rows[0]?.ssl === "on") break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await superuser.end();
  }
  return {
    server,
    port,
    authority,
    stranger,
    log: () => lines.join("\n"),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function certify(folder: string, server: EmbeddedServer): void {
  const openssl = (...args: readonly string[]): void => void execFileSync("openssl", args, { stdio: "ignore", cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=tread test authority");
  openssl("req", "-x509", ...key, "-days", "2", "-keyout", "stranger.key", "-out", "stranger.pem", "-subj", "/CN=somebody else");
  const [serverKey, certificate] = [join(server.host, "data/server.key"), join(server.host, "data/server.crt")];
  openssl("req", ...key, "-keyout", serverKey, "-out", "server.csr", "-subj", "/CN=localhost");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost\n");
  const signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", ...signed, "-out", certificate);
  const identity = serverIdentity();
  for (const file of [serverKey, certificate]) {
    chmodSync(file, 0o600);
    if (identity.lent) chownSync(file, identity.uid, identity.gid);
  }
}
