import { expect, test } from "vitest";
import { freshDatabase } from "./test-server.test-helper.ts";

test("a migration's role owns its database and reaches nothing outside it", async () => {
  await using database = await freshDatabase();
  await database.owner.query(
    "CREATE TABLE person (id serial PRIMARY KEY, email text); INSERT INTO person (email) VALUES ('ada@example.com')",
  );
  const outside = [
    "COPY person TO PROGRAM 'cat > /tmp/stolen'",
    "COPY person TO '/tmp/stolen'",
    "COPY person FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/stolen')",
    "ALTER SYSTEM SET fsync = on",
    "CREATE ROLE intruder SUPERUSER",
    "CREATE FUNCTION evil() RETURNS int LANGUAGE c AS '/tmp/evil.so', 'evil'",
    "DROP SCHEMA tread_observer CASCADE",
    "SET ROLE tread",
  ];
  for (const sql of outside) await expect(database.owner.query(sql), sql).rejects.toMatchObject({ code: "42501" });
});
