import type { Client } from "pg";
import { newIndex, rebuiltIndexes } from "../apply/alone.ts";
import type { Footing } from "./footing.ts";

type Concurrent = Extract<Footing, { readonly kind: "concurrent" }>;

/**
 * Drops what a CONCURRENTLY that failed has left behind, before one runs as well: an invalid index of the name would make CREATE fail,
 * and IF NOT EXISTS take it for the real one.
 */
export async function repairLeftovers(look: Client, { index, reindex }: Concurrent, done: (what: string) => void): Promise<void> {
  const effect = index !== null ? newIndex(index) : reindex ? rebuiltIndexes() : null;
  if (effect === null) return;
  try {
    for (const what of await effect.repair(look)) done(what);
  } catch (error) {
    done(`an invalid index may be left behind: ${error instanceof Error ? error.message : String(error)}`);
  }
}
