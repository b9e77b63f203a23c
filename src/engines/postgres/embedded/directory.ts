import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closedTo } from "./cache.ts";
import type { Identity } from "./identity.ts";
import { SOCKET_PORT } from "./settings.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../../embedded/temporary.ts";
import { sweepStale } from "./temporary.ts";
import { EngineUnavailable, fileTrouble } from "../../embedded/unavailable.ts";

/** `sun_path` is 108 bytes on Linux and 104 on macOS, with the closing zero. */
const SOCKET_PATH_LIMIT = process.platform === "darwin" ? 103 : 107;

/** A fresh directory for one server, short enough for a socket path. */
export async function serverDirectory(identity: Identity): Promise<TemporaryDirectory> {
  const parent = socketParent(identity);
  await sweepStale(parent, identity);
  try {
    return await temporaryDirectory("pg", parent);
  } catch (error) {
    throw fileTrouble(error, `creating a directory for the server in ${parent}`);
  }
}

/** The temporary directory, unless its path is too long or (as root, who lends the server to `nobody`) nobody may enter it. */
function socketParent(identity: Identity): string {
  const longest = (parent: string): number => Buffer.byteLength(join(parent, `tread-pg-4194304-XXXXXX/.s.PGSQL.${SOCKET_PORT}`));
  const short = [tmpdir(), "/tmp", "/var/tmp"].filter((parent) => existsSync(parent) && longest(parent) <= SOCKET_PATH_LIMIT);
  const usable = short.find((parent) => !identity.lent || closedTo(parent) === null);
  if (usable !== undefined) return usable;
  if (short.length > 0) {
    throw new EngineUnavailable(
      "temporary-closed",
      `The server runs as nobody, who may not enter ${short.join(" or ")}.`,
      "Set TMPDIR to a directory that every user may walk through, such as /tmp.",
    );
  }
  throw new EngineUnavailable(
    "socket-path-too-long",
    `The temporary directory ${tmpdir()} is too long for a Unix socket (${SOCKET_PATH_LIMIT} bytes).`,
    "Set TMPDIR to a short path, such as /tmp.",
  );
}
