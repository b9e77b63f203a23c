import type { ScaleProfile } from "../../model/environment.ts";
import type { Raw } from "./assemble.ts";

/** Something that a reader of the profile should know. */
export interface Note {
  readonly text: string;
  /** The statement that a database administrator would run so that it can be read. */
  readonly grant: string | null;
}

export function notesOf(raw: Raw, profile: ScaleProfile, seconds: number | null): Note[] {
  const notes: Note[] = [];
  const add = (text: string, grant: string | null = null): void => void notes.push({ text, grant });
  const { session, rights, tables } = raw;
  const role = /^[a-z_][a-z0-9_]*$/.test(session.user) ? session.user : `"${session.user.replaceAll('"', '""')}"`;
  if (session.major < 13 || session.major > 18)
    add(`PostgreSQL ${session.version}: tread knows 13 to 18; these numbers were read, predictions need a known version`);
  if (session.replica) {
    add(
      "a replica: reads per second are its own and not the primary's, and writes are not counted there (null); sizes and row counts are the same",
    );
  }
  if (!rights.track_counts) add("the server does not count reads and writes (track_counts is off): rates are null");
  else if (seconds === null)
    add(
      raw.sinceReset
        ? "the server does not say when its counters began (stats_reset is empty): rates are null; leave out --since-reset to take two samples"
        : "no rates: only one sample was taken",
    );
  else add(`reads and writes per second over ${span(seconds)}: scans started, and rows inserted, updated and deleted`);
  if (!rights.all_stats)
    add(
      "the age of other roles' transactions may not be seen by this role: longestTransactionSeconds is null",
      `GRANT pg_read_all_stats TO ${role};`,
    );
  if (raw.sizes === null)
    add(
      "a table is locked, so that sizes are the pages of the last VACUUM or ANALYZE: try again when the ALTER TABLE is over for those of now",
    );
  const never = profile.tables.filter((table) => table.rows === null).map((table) => table.table);
  if (never.length > 0) {
    add(
      `row counts of ${few(never)} are null: never analyzed${tables.some((table) => table.kind === "p") ? ", or one of the partitions was not" : ""}`,
      `ANALYZE ${never.length === 1 ? (never[0] ?? "") : ""}`.trim() + ";",
    );
  }
  const hidden = new Set(raw.columns.filter((column) => !column.readable).map((column) => column.oid));
  if (hidden.size > 0) {
    const schemas = [...new Set(tables.filter((table) => hidden.has(table.oid)).map((table) => table.schema))];
    const grant =
      session.major >= 14
        ? `GRANT pg_read_all_data TO ${role};`
        : schemas.map((schema) => `GRANT SELECT ON ALL TABLES IN SCHEMA "${schema.replaceAll('"', '""')}" TO ${role};`).join(" ");
    add(
      `column statistics (NULL fraction, distinct values, average width) of ${hidden.size} table${hidden.size === 1 ? " are" : "s are"} null: Postgres shows them only to who may SELECT the column (and not under row security)`,
      grant,
    );
  }
  return notes;
}

function span(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}

function few(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more tables`;
}
