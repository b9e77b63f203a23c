import { beforeAll, describe, expect, test } from "vitest";
import type { Client } from "pg";
import type { SchemaState } from "../../../model/schema.ts";
import { loadDump } from "../embedded/dump.ts";
import type { EmbeddedServer } from "../embedded/server.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../embedded/test-server.test-helper.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";
import { fold } from "../predict/observe.test-helper.ts";
import { SCENES } from "../predict/scenes.test-helper.ts";
import { formatType } from "../changes/types.ts";
import { introspect, type LiveSchema } from "./index.ts";
import { openReadOnly } from "./session.ts";
import { readTarget } from "./target.ts";

function urlOf(server: EmbeddedServer, database: string): string {
  const { user, password } = server.credentials;
  return `host=${server.host} port=${server.port} user=${user} password=${password} dbname=${database}`;
}

async function live(engine: PostgresEngine, database: FreshDatabase): Promise<LiveSchema> {
  await using session = await openReadOnly(readTarget(urlOf(database.server, database.name), {}));
  return await introspect(session, engine);
}

/** Everything of a schema but how somebody happened to write it: the server writes expressions anew. */
function facts(state: SchemaState): unknown {
  const sorted = <T>(list: readonly T[]): T[] => [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const value = (e: { readonly volatility: string; readonly isNull: boolean } | null): string | null =>
    e === null || e.isNull ? null : e.volatility;
  return {
    relations: sorted(
      [...state.relations.values()].map((r) => ({
        name: r.name,
        kind: r.kind,
        columns: r.columns.map(
          (c) =>
            `${c.name} ${formatType(c.type).replace(/^public\./, "")}${c.notNull ? " not null" : ""} default=${value(c.default)} ${c.identity ?? ""} ${c.generated ?? ""} ${c.collation?.replace(/^.*\./, "") ?? ""}`,
        ),
        constraints: sorted(
          r.constraints
            .filter((c) => c.kind !== "not-null")
            .map((c) => ({
              ...c,
              columns: c.kind === "check" ? sorted(c.columns) : c.columns,
              expression: c.expression === null ? null : { columns: sorted(c.expression.columns), volatility: c.expression.volatility },
            })),
        ),
        indexes: sorted(r.indexes.map((i) => ({ ...i, mentions: sorted(i.mentions), predicate: i.predicate !== null }))),
        triggers: sorted(r.triggers),
        partition: [r.partitionOf, r.partitionBound?.replaceAll(/\s+/g, " ").toLowerCase()],
        inherits: r.inherits,
        unlogged: r.unlogged,
        rowSecurity: r.rowSecurity,
        reads: r.reads === null ? null : sorted(r.reads),
      })),
    ),
    types: sorted(
      [...state.types.values()].map((t) => {
        const base = { kind: t.kind, name: t.name };
        if (t.kind === "enum") return { ...base, values: t.values };
        if (t.kind === "domain")
          return {
            ...base,
            base: formatType(t.base),
            notNull: t.notNull,
            default: value(t.default),
            checks: sorted(t.checks.map((c) => [c.name, c.validated])),
          };
        return t.kind === "composite" ? { ...base, columns: t.columns.map((c) => `${c.name} ${formatType(c.type)}`) } : base;
      }),
    ),
    functions: sorted([...state.functions.values()].map((f) => [f.name, f.volatility, f.language])),
    sequences: sorted([...state.sequences.values()]),
    extensions: sorted([...state.extensions]),
    schemas: sorted([...state.schemas]),
    complete: state.complete,
  };
}

/** A shop that uses most of what a schema can hold. */
const SHOP = `
  CREATE SCHEMA billing;
  CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'glad');
  CREATE DOMAIN billing.amount AS numeric(12,2) DEFAULT 0 CONSTRAINT amount_positive CHECK (VALUE >= 0);
  CREATE TYPE address AS (street text, zip varchar(10));
  CREATE TYPE span AS RANGE (subtype = date);
  CREATE FUNCTION next_code(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT prefix || random()::text $$;
  CREATE FUNCTION slug(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'x'; RETURN NEW; END $$;
  CREATE SEQUENCE billing.invoice_number START 1000;
  CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, feels mood DEFAULT 'glad', home address, name varchar(80) COLLATE "C",
    code text DEFAULT next_code('c'), made timestamptz NOT NULL DEFAULT now(), note text, active span, CHECK (email LIKE '%@%'));
  CREATE TABLE "Order" (id serial PRIMARY KEY, customer_id bigint REFERENCES customer ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, total billing.amount,
    cents int GENERATED ALWAYS AS (id * 100) STORED, number bigint DEFAULT nextval('billing.invoice_number'), tags text[] DEFAULT '{}');
  ALTER TABLE "Order" ADD CONSTRAINT few CHECK (id < 1000000) NOT VALID;
  CREATE UNIQUE INDEX customer_slug ON customer (slug(email)) WHERE note IS NULL;
  CREATE INDEX order_both ON "Order" USING btree (customer_id DESC, total) INCLUDE (number);
  CREATE VIEW open_order AS SELECT o.id, c.email FROM "Order" o JOIN customer c ON c.id = o.customer_id WHERE o.total > 0;
  CREATE VIEW billing.twice AS SELECT * FROM public.open_order;
  CREATE MATERIALIZED VIEW sums AS SELECT customer_id, sum(total) AS total FROM "Order" GROUP BY 1;
  CREATE UNIQUE INDEX sums_customer ON sums (customer_id);
  CREATE TRIGGER touched BEFORE UPDATE OF email, note ON customer FOR EACH ROW EXECUTE FUNCTION touch();
  ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON customer FOR SELECT USING (note IS NOT NULL);
  CREATE UNLOGGED TABLE session (token uuid PRIMARY KEY DEFAULT gen_random_uuid(), data jsonb) WITH (fillfactor = 70);
  CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, customer_id bigint REFERENCES customer, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE INDEX event_customer ON event (customer_id);
  CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE event_rest PARTITION OF event DEFAULT;
  CREATE TABLE base (id int PRIMARY KEY, label text NOT NULL, CHECK (id > 0));
  CREATE TABLE heir (extra text) INHERITS (base);
  ALTER TABLE heir ALTER COLUMN label SET DEFAULT 'none';
  CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree);
`;

async function run(client: Client, sql: string): Promise<void> {
  await client.query("SET search_path = public");
  await client.query(sql);
}

for (const major of testMajors()) {
  describe(`the schema of a live PostgreSQL ${major}`, () => {
    let engine: PostgresEngine;
    beforeAll(async () => {
      engine = await loadPostgres();
    });

    for (const scene of [{ name: "a shop", setup: SHOP }, ...SCENES]) {
      test(`is what folding its migrations says: ${scene.name}`, async () => {
        await using database = await freshDatabase(major);
        await run(database.superuser, scene.setup);
        const { state, notes } = await live(engine, database);
        expect(notes).toEqual([]);
        expect(facts(state)).toEqual(facts(fold(engine, scene.setup)));
      });
    }

    test("written as SQL, makes the same schema on an empty server, where a rehearsal starts from it", async () => {
      await using database = await freshDatabase(major);
      await run(database.superuser, SHOP);
      const first = await live(engine, database);
      await using copy = await freshDatabase(major);
      expect((await loadDump(copy.owner, first.sql)).leftOut).toEqual([]);
      expect((await live(engine, copy)).sql).toBe(first.sql);
    });
  });
}
