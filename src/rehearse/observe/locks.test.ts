import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { locksOf } from "./locks.ts";

it("takes no lock on a row, a page or the end of a table's file for one on the table", async () => {
  await using database = await freshDatabase();
  const { owner, superuser } = database;
  const [oid] = (
    await superuser
      .query<{ oid: number }>("CREATE TABLE seat (id int); INSERT INTO seat VALUES (1)")
      .then(() => superuser.query<{ oid: number }>("SELECT 'seat'::regclass::int AS oid"))
  ).rows;
  await superuser.query("GRANT ALL ON seat TO PUBLIC");
  const waiter = await owner.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  const pid = waiter.rows[0]?.pid ?? 0;
  await superuser.query("BEGIN; UPDATE seat SET id = 2");
  const waiting = owner.query("UPDATE seat SET id = 3");
  const tuple = "SELECT mode FROM pg_catalog.pg_locks WHERE pid = $1 AND locktype = 'tuple' AND granted";
  // What is asked about is there: an ExclusiveLock that names the table and is on one of its rows.
  let held = (await superuser.query<{ mode: string }>(tuple, [pid])).rows;
  for (; held.length === 0; held = (await superuser.query<{ mode: string }>(tuple, [pid])).rows) await sleep(10);
  expect(held).toEqual([{ mode: "ExclusiveLock" }]);

  const locks = await locksOf(superuser, pid);
  await superuser.query("COMMIT");
  await waiting;
  expect(locks).toEqual({ held: new Map([[oid?.oid, "RowExclusive"]]), wanted: new Map([[oid?.oid, "RowExclusive"]]), waits: true });
});
