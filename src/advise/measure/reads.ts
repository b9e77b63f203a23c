import { type Lab, rowsOf } from "../engine/lab.ts";

/** What running one query read. */
export interface Read {
  readonly rows: number;
  readonly bytes: number;
  /** Rows of its result, where it was read; else null. */
  readonly result: number | null;
}

/**
 * Reads rows and bytes of a query from the engine's own counters: its output is thrown away, so a query that returns a million rows costs
 * no more than reading them. Reading `system.events` counts itself, so that is taken off.
 */
export class ReadMeter {
  readonly #lab: Lab;
  #bytesPerEvent: number | null = null;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** @throws ClickHouseError when the query fails */
  async measure(sql: string): Promise<Read> {
    const calibration = this.#bytesPerEvent === null ? await this.#counters() : null;
    const before = await this.#counters();
    if (calibration !== null) this.#bytesPerEvent = (before.bytes - calibration.bytes) / Math.max(1, calibration.events);
    await this.#lab.quiet(sql);
    const after = await this.#counters();
    return {
      rows: Math.max(0, after.rows - before.rows - before.events),
      bytes: Math.max(0, Math.round(after.bytes - before.bytes - before.events * (this.#bytesPerEvent ?? 0))),
      result: null,
    };
  }

  /** For a query with a short result: in one statement, out of what the engine says about it. @throws ClickHouseError */
  async measureSmall(sql: string): Promise<Read> {
    const answer = await this.#lab.json(sql);
    const statistics = statisticsOf(answer);
    // A FORMAT of the query's own stands above ours.
    return statistics ?? this.measure(sql);
  }

  async #counters(): Promise<{ readonly events: number; readonly rows: number; readonly bytes: number }> {
    const [row] = rowsOf(
      await this.#lab.text(
        "SELECT count(), sumIf(value, event = 'SelectedRows'), sumIf(value, event = 'SelectedBytes') FROM system.events",
      ),
    );
    const [events, rows, bytes] = (row ?? []).map(Number);
    return { events: events ?? 0, rows: rows ?? 0, bytes: bytes ?? 0 };
  }
}

function statisticsOf(answer: string): Read | null {
  try {
    const { statistics, rows: result } = JSON.parse(answer) as { statistics?: { rows_read?: number; bytes_read?: number }; rows?: number };
    const { rows_read: rows, bytes_read: bytes } = statistics ?? {};
    return rows === undefined || bytes === undefined ? null : { rows, bytes, result: result ?? null };
  } catch {
    return null;
  }
}
