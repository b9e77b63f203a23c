import { HostTrouble, type WalkHost } from "./host.ts";
import type { Reach } from "./reach.ts";
import { WalkStopped } from "./trouble.ts";

/** Null: the host has stopped answering, and is away from now on. @throws WalkStopped where it refuses */
export async function onHost<T>(host: WalkHost, reach: Reach, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HostTrouble) || error.kind === "refused") throw asStop(error);
    reach.lose(host.name, error.message);
    return null;
  }
}

export function asStop(error: unknown): unknown {
  return error instanceof HostTrouble
    ? new WalkStopped(`${error.host}: ${error.message}`, "correct the cause, then run the same command", error.kind === "refused" ? 5 : 4)
    : error;
}
