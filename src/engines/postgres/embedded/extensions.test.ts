import { expect, test } from "vitest";
import { ALLOWED_EXTENSIONS, createExtension, extensionPlan, withoutStubParameters } from "./extensions.ts";
import { STUBS } from "./stubs.ts";
import { freshDatabase, testMajors } from "./test-server.test-helper.ts";

test.each(testMajors())("PostgreSQL %i: the owner creates every allowed extension and every stub", async (major) => {
  await using database = await freshDatabase(major);
  for (const name of [...ALLOWED_EXTENSIONS, ...STUBS.keys()]) {
    const plan = await createExtension(database.server, database.name, name);
    expect(plan.kind, name).not.toBe("absent");
  }
  await database.owner.query("CREATE EXTENSION IF NOT EXISTS citext; DROP EXTENSION citext; CREATE EXTENSION citext");
});

test.each(["dblink", "postgres_fdw", "file_fdw", "plpython3u", "plperlu"])("%s cannot be created, by nobody", async (name) => {
  await using database = await freshDatabase();
  const code = "0A000"; // "extension … is not available"
  await expect(database.owner.query(`CREATE EXTENSION ${name}`)).rejects.toMatchObject({ code });
  await expect(database.superuser.query(`CREATE EXTENSION ${name}`)).rejects.toMatchObject({ code });
  expect(extensionPlan(name)).toMatchObject({ kind: "absent", reason: expect.stringContaining(name) });
});

test.each(testMajors())("PostgreSQL %i: a schema with vectors and its index runs on the stub", async (major) => {
  await using database = await freshDatabase(major);
  await database.owner.query(`CREATE EXTENSION vector;
    CREATE TABLE document (id bigserial PRIMARY KEY, embedding vector(3) NOT NULL DEFAULT '[0,0,0]', small halfvec(2));
    INSERT INTO document (embedding) VALUES ('[1,2,3]'), ('[4,5,6]'), (ARRAY[1,2,2]::real[])`);
  await database.owner.query(
    withoutStubParameters("CREATE INDEX ON document USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64)"),
  );
  await database.owner.query("CREATE INDEX CONCURRENTLY nearest ON document USING ivfflat (embedding)");
  const nearest = await database.owner.query<{ id: string; distance: number }>(
    "SELECT id, embedding <-> '[1,2,1]' AS distance FROM document ORDER BY embedding <-> '[1,2,1]' LIMIT 2",
  );
  expect(nearest.rows).toEqual([
    { id: "3", distance: 1 },
    { id: "1", distance: 2 },
  ]);
  const column = await database.owner.query<{ type: string }>(
    "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'document'::regclass AND attname = 'embedding'",
  );
  expect(column.rows).toEqual([{ type: "vector(3)" }]);
});

test.each(testMajors())("PostgreSQL %i: a PostGIS schema with a spatial index runs on the stub", async (major) => {
  await using database = await freshDatabase(major);
  await database.owner.query(`CREATE EXTENSION IF NOT EXISTS postgis;
    CREATE TABLE shop (id int PRIMARY KEY, place geometry(Point, 4326) NOT NULL, reach geography(Polygon, 4326));
    CREATE INDEX shop_place ON shop USING gist (place);
    INSERT INTO shop SELECT n, ST_SetSRID(ST_MakePoint(n, n), 4326) FROM generate_series(1, 2000) AS n;
    ALTER TABLE shop ADD CONSTRAINT valid CHECK (ST_IsValid(place))`);
  const found = await database.owner.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM shop WHERE ST_Intersects(place, ST_GeomFromText('POINT(7 7)', 4326))",
  );
  expect(found.rows).toEqual([{ n: 1 }]);
});

test("storage parameters of a stub's index are blanked without moving anything", () => {
  const sql = "CREATE INDEX ON document USING ivfflat (embedding) WITH (lists = 100) WHERE small IS NOT NULL";
  const blanked = withoutStubParameters(sql);
  expect(blanked).toHaveLength(sql.length);
  expect(blanked).toMatch(/USING ivfflat \(embedding\) +WHERE small IS NOT NULL$/);
  expect(withoutStubParameters("CREATE INDEX ON t USING btree (hnsw) WITH (fillfactor = 70)")).toContain("fillfactor = 70");
});
