import { readFileSync } from "node:fs";

/** Whom the server runs as. Postgres refuses to run as root, so root lends it the rights of `nobody`; no user is created. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** True when it differs from tread's own: files must be given to it. */
  readonly lent: boolean;
}

const NOBODY = 65534;

export function serverIdentity(): Identity {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? uid, lent: false };
  return { ...lookUpNobody(), lent: true };
}

/** What `spawn` needs. An empty object when tread is an ordinary user: setting one's own uid needs a capability that few have. */
export function spawnIdentity(identity: Identity): { uid?: number; gid?: number } {
  return identity.lent ? { uid: identity.uid, gid: identity.gid } : {};
}

/** `nobody` is 65534 on Linux and -2 on macOS; a minimal image may lack the line, and then the number still runs a server. */
function lookUpNobody(): { uid: number; gid: number } {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((line) => line.startsWith("nobody:"));
    const [, , uid, gid] = line?.split(":") ?? [];
    const parsed = { uid: Number(uid), gid: Number(gid) };
    if (parsed.uid > 0 && parsed.gid > 0) return parsed;
  } catch {
    // No passwd file at all: a bare container.
  }
  return { uid: NOBODY, gid: NOBODY };
}
