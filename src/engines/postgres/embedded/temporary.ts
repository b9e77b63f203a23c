import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { staleDirectories } from "../../embedded/temporary.ts";
import { type Identity, spawnIdentity } from "./identity.ts";
import { run } from "./run.ts";
import { SOCKET_PORT } from "./settings.ts";

/**
 * Removes what a killed tread and a killed guard left. Only directories of our own users whose tread is gone and whose socket
 * answers nobody: in a container that shares /tmp, a pid that we cannot see may still be alive.
 */
export async function sweepStale(parent: string, identity: Identity): Promise<void> {
  for (const { path, uid } of await staleDirectories(parent, ["pg", "initdb", "fetch"])) {
    if (await answers(join(path, `.s.PGSQL.${SOCKET_PORT}`))) continue;
    // As the server's user, so that root never walks through a tree that nobody can rearrange.
    if (identity.lent && uid === identity.uid) await run("rm", ["-rf", path], { cwd: "/", ...spawnIdentity(identity) });
    else if (uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
