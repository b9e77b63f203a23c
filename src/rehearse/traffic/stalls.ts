/** A backend that waited for a lock, as the server's log tells it. Times are milliseconds since 1970. */
export interface Wait {
  readonly pid: number;
  readonly from: number;
  /** Null while it waits. */
  to: number | null;
  /** The migration held the lock, stood before it in the queue, or stood in the way of the one that did. */
  byMigration: boolean;
}

const PREFIX = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3}) \w+ \[(\d+)\] (LOG|DETAIL|ERROR|FATAL):\s+(.*)$/;
const WAITING = /^process (\d+) still waiting for .* after (\d+(?:\.\d+)?) ms(?: at character \d+)?$/;
const ENDED =
  /^process (\d+) (?:acquired|failed to acquire|avoided deadlock|detected deadlock) .* after (\d+(?:\.\d+)?) ms(?: at character \d+)?$/;
const HOLDERS = /^Process(?:es)? holding the lock: ([\d, ]*)\. Wait queue: ([\d, ]*)\.?$/;

/**
 * Reads waits from the lines that `log_lock_waits` writes with `deadlock_timeout = 1ms`: what is shorter than a millisecond is no stall.
 * The latency that a client sees on a busy machine cannot show a wait of 10 ms (with no migration at all, 12 clients on 2 cores met
 * 26 to 105 ms).
 */
export class StallWatch {
  readonly #migration = new Set<number>();
  readonly #traffic = new Set<number>();
  readonly #open = new Map<number, Wait>();
  readonly #waits: Wait[] = [];

  addMigration(pid: number): void {
    this.#migration.add(pid);
  }

  addTraffic(pid: number): void {
    this.#traffic.add(pid);
  }

  read(line: string): void {
    const match = PREFIX.exec(line);
    if (match === null) return;
    const at = Date.parse(`${match[1]}T${match[2]}Z`);
    const pid = Number(match[3]);
    const message = match[5] ?? "";
    if (match[4] === "DETAIL") {
      this.#holders(pid, message);
      return;
    }
    const waiting = WAITING.exec(message);
    if (waiting !== null) {
      const wait: Wait = { pid, from: at - Number(waiting[2]), to: null, byMigration: false };
      this.#open.set(pid, wait);
      this.#waits.push(wait);
      return;
    }
    const open = this.#open.get(pid);
    if (open === undefined) return;
    const ended = ENDED.exec(message);
    if (ended !== null) open.to = open.from + Number(ended[2]);
    else if (match[4] === "ERROR" || match[4] === "FATAL") open.to = at;
    else return;
    this.#open.delete(pid);
  }

  /** Who waits at this moment, and for whom: where there is no log to read. */
  look(at: number, waiting: ReadonlyMap<number, readonly number[]>): void {
    for (const [pid, open] of this.#open) {
      if (waiting.has(pid)) continue;
      open.to = at;
      this.#open.delete(pid);
    }
    const isMigration = (pid: number, depth = 0): boolean =>
      this.#migration.has(pid) || (depth < 4 && (waiting.get(pid) ?? []).some((other) => isMigration(other, depth + 1)));
    for (const [pid, blockers] of waiting) {
      const wait = this.#open.get(pid) ?? { pid, from: at, to: null, byMigration: false };
      wait.byMigration ||= blockers.some((blocker) => isMigration(blocker));
      if (!this.#open.has(pid)) this.#waits.push(wait);
      this.#open.set(pid, wait);
    }
  }

  /** Longest time that one backend of the traffic waited within the window; ms. */
  longest(from: number, to: number, only: "migration" | "any"): number {
    let longest = 0;
    for (const wait of this.#waits) {
      if (!this.#traffic.has(wait.pid) || (only === "migration" && !wait.byMigration)) continue;
      const overlap = Math.min(wait.to ?? to, to) - Math.max(wait.from, from);
      longest = Math.max(longest, overlap);
    }
    return Math.round(longest * 10) / 10;
  }

  #holders(pid: number, detail: string): void {
    const wait = this.#open.get(pid);
    const match = HOLDERS.exec(detail);
    if (wait === undefined || match === null) return;
    const holders = numbers(match[1]);
    const queue = numbers(match[2]);
    const before = queue.slice(0, Math.max(0, queue.indexOf(pid)));
    const blocking = [...holders, ...before];
    wait.byMigration = blocking.some((other) => this.#migration.has(other) || this.#open.get(other)?.byMigration === true);
  }
}

function numbers(list: string | undefined): number[] {
  return (list ?? "")
    .split(",")
    .map((part) => Number(part.trim()))
    .filter((n) => n > 0);
}
