import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import type { Calibration } from "../../model/growth.ts";
import { timeOf } from "./clock.ts";

/** Larger than what a sequential scan keeps of a table in shared buffers (a quarter of 128 MB), small enough to take about 0.2 s. */
const ROWS = 48_000;
const WIDTH = 1000;

/**
 * How fast this server writes and reads a table of about 50 MB from end to end: what makes durations of one machine comparable with those
 * of another. The table is temporary and gone afterwards.
 *
 * @param here the server runs on this machine
 */
export async function calibrate(server: Pick<EmbeddedServer, "connect">, database: string, here: boolean): Promise<Calibration> {
  const client = await server.connect({ role: "superuser", database, applicationName: "tread calibration" });
  try {
    const backend = await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
    const pid = here ? (backend.rows[0]?.pid ?? null) : null;
    await client.query("SET max_parallel_workers_per_gather = 0");
    // Values that cannot be compressed away, made once: what is measured is writing rows, not making them.
    await client.query("CREATE TEMPORARY TABLE tread_calibration (n int, filler text)");
    await client.query("ALTER TABLE tread_calibration ALTER COLUMN filler SET STORAGE PLAIN");
    const written = await timeOf(pid, () =>
      client.query(`INSERT INTO tread_calibration SELECT n, f.filler FROM generate_series(1, ${ROWS}) n,
        (SELECT string_agg(md5(i::text), '') || repeat('x', ${WIDTH % 32}) AS filler FROM generate_series(1, ${Math.floor(WIDTH / 32)}) i) f`),
    );
    const { rows } = await client.query<{ bytes: number }>("SELECT pg_catalog.pg_relation_size('tread_calibration')::float8 AS bytes");
    const bytes = rows[0]?.bytes ?? ROWS * WIDTH;
    // The first pass over new rows also marks them as committed, which is not reading.
    await client.query("SELECT count(*) FROM tread_calibration");
    const read = await timeOf(pid, () => client.query("SELECT count(*) FROM tread_calibration"));
    const rate = (ms: number): number => Math.round(bytes / 1e6 / (Math.max(ms, 0.1) / 1000));
    return { writeMbPerSecond: rate(written), scanMbPerSecond: rate(read), bytes };
  } finally {
    await client.end();
  }
}
