import { pidOf } from "./session.ts";
import type { ApplySession } from "./types.ts";

export interface ProgressEvents {
  /** `building index: 61 %, about 4 min left`. */
  readonly progress: (text: string) => void;
}

interface Row {
  readonly phase: string;
  readonly done: string;
  readonly total: string;
}

const EVERY_MS = 1000;

/** The views of the manual, section 28.4 (Progress Reporting); what there is of them differs between versions, their shape does not. */
const SOURCES = [
  `SELECT phase, CASE WHEN blocks_total > 0 THEN blocks_done WHEN lockers_total > 0 THEN lockers_done ELSE tuples_done END AS done,
          CASE WHEN blocks_total > 0 THEN blocks_total WHEN lockers_total > 0 THEN lockers_total ELSE tuples_total END AS total
     FROM pg_stat_progress_create_index WHERE pid = $1`,
  "SELECT 'vacuum: ' || phase AS phase, heap_blks_scanned AS done, heap_blks_total AS total FROM pg_stat_progress_vacuum WHERE pid = $1",
  "SELECT command || ': ' || phase AS phase, heap_blks_scanned AS done, heap_blks_total AS total FROM pg_stat_progress_cluster WHERE pid = $1",
];

/** Asks once a second how far the runner's statement is. @returns ends the asking, and waits for the last answer */
export function watchProgress(session: ApplySession, events: ProgressEvents): () => Promise<void> {
  const pid = pidOf(session.runner);
  const started = Date.now();
  let phaseStarted = started;
  let phase = "";
  let asking: Promise<void> = Promise.resolve();
  const ask = async (): Promise<void> => {
    for (const source of SOURCES) {
      const { rows } = await session.watcher.query<Row>(source, [pid]);
      const [row] = rows;
      if (row === undefined) continue;
      if (row.phase !== phase) phaseStarted = Date.now();
      phase = row.phase;
      events.progress(`${row.phase}${shareOf(row, Date.now() - phaseStarted)}`);
      return;
    }
    events.progress(`${Math.round((Date.now() - started) / 1000)} s`);
  };
  const timer = setInterval(() => {
    asking = asking.then(ask).catch(() => {});
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await asking;
  };
}

function shareOf({ done, total }: Row, phaseMs: number): string {
  const [part, whole] = [Number(done), Number(total)];
  if (whole === 0) return "";
  const left = part > 0 && part < whole ? (phaseMs / part) * (whole - part) : null;
  return `: ${Math.floor((100 * part) / whole)} %${left === null ? "" : `, about ${spell(left)} left in this phase`}`;
}

function spell(ms: number): string {
  return ms < 90_000
    ? `${Math.max(1, Math.round(ms / 1000))} s`
    : ms < 5_400_000
      ? `${Math.round(ms / 60_000)} min`
      : `${(ms / 3_600_000).toFixed(1)} h`;
}
