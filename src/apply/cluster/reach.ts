import { HostTrouble, type WalkHost } from "./host.ts";
import type { Hosts } from "./requirements.ts";

/** Hosts by name, and which of them do not answer for the time being. */
export class Reach implements Hosts {
  readonly #all: ReadonlyMap<string, WalkHost>;
  /** Host → why it is left out. */
  readonly away: Map<string, string> = new Map();

  constructor(all: ReadonlyMap<string, WalkHost>, names: Iterable<string>) {
    this.#all = all;
    for (const name of names) if (!all.has(name)) this.away.set(name, "nobody said where it is");
  }

  get(name: string): WalkHost | null {
    return this.away.has(name) ? null : (this.#all.get(name) ?? null);
  }

  /** Those that answer, in the order given. */
  present(): readonly WalkHost[] {
    return [...this.#all.values()].filter(({ name }) => !this.away.has(name));
  }

  lose(name: string, why: string): void {
    this.away.set(name, why);
  }

  /** Asks every host for a sign of life. */
  async look(timeoutMs: number): Promise<void> {
    await Promise.all(
      [...this.#all.values()].map(async (host) => {
        try {
          await host.rows("SELECT 1 AS one", timeoutMs);
          this.away.delete(host.name);
        } catch (error) {
          if (!(error instanceof HostTrouble)) throw error;
          this.lose(host.name, error.message);
        }
      }),
    );
  }
}
