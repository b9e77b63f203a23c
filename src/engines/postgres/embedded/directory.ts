import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Identity } from "./identity.ts";
import { SOCKET_PORT } from "./settings.ts";
import { sweepStale, type TemporaryDirectory, temporaryDirectory } from "./temporary.ts";
import { EngineUnavailable, fileTrouble } from "./unavailable.ts";

/** `sun_path` is 108 bytes on Linux and 104 on macOS, with the closing zero. */
const SOCKET_PATH_LIMIT = process.platform === "darwin" ? 103 : 107;

/** A fresh directory for one server, short enough for a socket path. */
export async function serverDirectory(identity: Identity): Promise<TemporaryDirectory> {
  const parent = socketParent();
  await sweepStale(parent, identity);
  try {
    return await temporaryDirectory("pg", parent);
  } catch (error) {
    throw fileTrouble(error, `creating a directory for the server in ${parent}`);
  }
}

function socketParent(): string {
  const longest = (parent: string): number => Buffer.byteLength(join(parent, `tread-pg-4194304-XXXXXX/.s.PGSQL.${SOCKET_PORT}`));
  for (const parent of [tmpdir(), "/tmp"]) if (longest(parent) <= SOCKET_PATH_LIMIT) return parent;
  throw new EngineUnavailable(
    "socket-path-too-long",
    `The temporary directory ${tmpdir()} is too long for a Unix socket (${SOCKET_PATH_LIMIT} bytes).`,
    "Set TMPDIR to a short path, such as /tmp.",
  );
}
