import { expect, test } from "vitest";
import { startServer } from "../../engines/postgres/embedded/index.ts";
import { StandbyLag } from "./standby-lag.ts";

test("a standby that is away and for which a slot keeps WAL is behind since it lacked something, and not since the last it said", async () => {
  await using server = await startServer({
    major: 18,
    offline: false,
    onProgress: () => {},
    settings: { wal_level: "replica", max_replication_slots: "4" },
  });
  await server.createDatabase("bakery");
  const primary = await server.connect({ role: "superuser", database: "bakery" });
  try {
    const lag = new StandbyLag();
    expect(await lag.worst(primary)).toBeNull();

    await primary.query("SELECT pg_create_physical_replication_slot('oven_2', true)");
    await primary.query("CREATE TABLE loaf (id int); INSERT INTO loaf SELECT generate_series(1, 1000)");
    expect(await lag.worst(primary)).toMatchObject({ name: "oven_2 (a slot whose standby is away)" });
    await primary.query("SELECT pg_sleep(0.3)");
    const later = await lag.worst(primary);
    expect(later?.ms).toBeGreaterThanOrEqual(250);
    // However much is written meanwhile, it has lacked the first of it for longest.
    await primary.query("INSERT INTO loaf SELECT generate_series(1, 1000)");
    expect((await lag.worst(primary))?.ms).toBeGreaterThanOrEqual(later?.ms ?? Infinity);

    await primary.query("SELECT pg_drop_replication_slot('oven_2')");
    expect(await lag.worst(primary)).toBeNull();
  } finally {
    await primary.end();
  }
});
