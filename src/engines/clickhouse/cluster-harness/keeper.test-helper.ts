import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopWithTread } from "../../embedded/at-exit.ts";
import type { TestKeeper } from "./cluster.test-helper.ts";
import type { KeeperPackages } from "./packages.test-helper.ts";
import { freePort, Server, until } from "./processes.test-helper.ts";

/** A ZooKeeper that answers, and how many sessions it has. */
export interface RunningKeeper extends TestKeeper {
  sessions(): Promise<number>;
}

export async function startKeeper({ java, classPath }: KeeperPackages): Promise<RunningKeeper> {
  const folder = mkdtempSync(join(tmpdir(), `tread-keeper-${process.pid}-`));
  const release = stopWithTread(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  mkdirSync(join(folder, "data"));
  // Sessions as short as 1 s: a killed replica is seen to be gone within seconds.
  const settings = `tickTime=500
minSessionTimeout=1000
maxSessionTimeout=60000
dataDir=${folder}/data
clientPort=${port}
clientPortAddress=127.0.0.1
admin.enableServer=false
maxClientCnxns=0
4lw.commands.whitelist=srvr,mntr
forceSync=no
preAllocSize=1024
`;
  writeFileSync(join(folder, "zoo.cfg"), settings);
  const options = ["-Xms32m", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.jmx.log4j.disable=true"];
  const command = [java, ...options, "-Djava.net.preferIPv4Stack=true", "-cp", classPath];
  const server = new Server([...command, "org.apache.zookeeper.server.ZooKeeperServerMain", join(folder, "zoo.cfg")], {
    folder,
    log: join(folder, "out.log"),
  });
  // Not `ruok`: it says imok before the server accepts sessions, and a server 18.16 whose first connect fails may crash later.
  const ready = (): Promise<void> =>
    until(async () => {
      server.assertRunning();
      return /^Mode:/m.test(await fourLetters(port, "srvr"));
    }, "ZooKeeper's start");
  const start = async (): Promise<void> => {
    server.start();
    await ready();
  };
  await start();
  return {
    port,
    start,
    kill: () => server.kill("SIGKILL"),
    sessions: async () => Number(/zk_num_alive_connections\s+(\d+)/.exec(await fourLetters(port, "mntr"))?.[1] ?? 0),
    stop: async () => {
      await server.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      release();
    },
  };
}

function fourLetters(port: number, word: string): Promise<string> {
  return new Promise((answer, fail) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(word));
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.on("close", () => answer(text));
    socket.on("error", fail);
    socket.setTimeout(2000, () => socket.destroy());
  });
}
