import { expect, test } from "vitest";
import { refusal } from "./refuse.ts";

test.each([
  ["COPY person FROM PROGRAM 'curl https://example.com/people.csv'", "COPY … FROM PROGRAM"],
  ["COPY (SELECT email FROM person) TO '/tmp/emails.csv'", "COPY … TO '/tmp/emails.csv'"],
  ["COPY person FROM '/var/lib/people.csv' CSV", "COPY … FROM '/var/lib/people.csv'"],
  ["INSERT INTO setting (value) VALUES (pg_catalog.pg_read_file('/etc/passwd'))", "pg_read_file()"],
  ["WITH f AS (SELECT pg_ls_dir('.') AS name) SELECT * FROM f", "pg_ls_dir()"],
  ["SELECT lo_export(avatar, '/tmp/avatar.png') FROM person", "lo_export()"],
  ["UPDATE person SET avatar = lo_import('/tmp/avatar.png')", "lo_import()"],
  ["SELECT * FROM dblink('host=billing', 'SELECT 1') AS t(a int)", "dblink()"],
  ["CREATE EXTENSION IF NOT EXISTS postgres_fdw", "CREATE EXTENSION postgres_fdw"],
  ["CREATE SERVER billing FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'billing')", "CREATE SERVER"],
  ["CREATE LANGUAGE plpython3u", "CREATE EXTENSION plpython3u"],
  ["CREATE FUNCTION peek() RETURNS text LANGUAGE plpython3u AS $$ return open('/etc/passwd').read() $$", "LANGUAGE plpython3u"],
  ["CREATE FUNCTION fast() RETURNS int LANGUAGE C AS '/tmp/fast.so', 'fast'", "LANGUAGE c"],
  ["ALTER SYSTEM SET wal_level = logical", "ALTER SYSTEM"],
  ["LOAD 'auto_explain'", "LOAD"],
  ["DO $$ BEGIN PERFORM pg_read_file('/etc/hostname'); END $$", "pg_read_file()"],
  ["CREATE FUNCTION leak() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COPY person TO PROGRAM 'cat'; END $$", "COPY … TO PROGRAM"],
  ["CREATE SUBSCRIPTION s CONNECTION 'host=elsewhere' PUBLICATION p", "CREATE SUBSCRIPTION"],
])("%s is refused and named", async (sql, name) => {
  expect(await refusal(sql)).toContain(name);
});

test.each([
  "COPY person (id, email) FROM STDIN",
  "COPY person TO STDOUT",
  "CREATE EXTENSION IF NOT EXISTS pg_trgm",
  "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen = now(); RETURN NEW; END $$",
  "DO $$ DECLARE copy_to text := '/tmp/x'; BEGIN -- COPY person TO '/tmp/x'\n UPDATE person SET note = 'copy to ' || copy_to; END $$",
  "CREATE TABLE pg_read_file (dblink text)",
  "SELECT 'COPY x FROM PROGRAM' AS harmless",
  "this does not parse",
])("%s is not refused", async (sql) => {
  expect(await refusal(sql)).toBeNull();
});
