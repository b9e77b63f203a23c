import { describe, expect, it } from "vitest";
import type { Client } from "pg";
import type { Environment } from "../../model/environment.ts";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { NO_HINTS, seed, type SeededTable, type SeedHints } from "./index.ts";

const laptop: Environment = {
  name: "laptop",
  postgres: 18,
  postgresFrom: "default",
  assume: null,
  profiles: [],
  live: null,
  appliedThrough: null,
};

async function seeded(
  schema: string,
  options: { environment?: Environment; maxRows?: number; hints?: Partial<SeedHints> } = {},
  then: (client: Client, tables: Map<string, SeededTable>) => Promise<void> = async () => {},
): Promise<void> {
  await using database = await freshDatabase();
  await database.owner.query(schema);
  await database.superuser.query(
    `ALTER ROLE ${database.server.credentials.user} IN DATABASE "${database.name}" SET session_replication_role = 'replica'`,
  );
  const client = await database.server.connect({ role: "owner", database: database.name });
  try {
    const result = await seed(client, {
      environment: options.environment ?? laptop,
      maxRows: options.maxRows ?? 500,
      hints: { ...NO_HINTS, ...options.hints },
      signal: new AbortController().signal,
      superuser: database.superuser,
    });
    await then(client, new Map(result.map((table) => [table.table, table])));
  } finally {
    await client.end();
  }
}

/** Foreign keys were off while seeding: put each off and on again, so that Postgres itself checks every row. */
async function everyConstraintHolds(client: Client): Promise<void> {
  const keys = await client.query<{ drop: string; add: string }>(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS add
    FROM pg_constraint WHERE contype IN ('f', 'c') AND conparentid = 0 AND connamespace = 'public'::regnamespace AND conrelid <> 0`);
  for (const { drop, add } of keys.rows) {
    await client.query(drop);
    await client.query(add);
  }
}

describe("seeding", () => {
  it("fills a shop with rows that keep every constraint", async () => {
    await seeded(
      `CREATE TYPE order_status AS ENUM ('new', 'paid', 'sent');
       CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^[0-9]{5}$');
       CREATE DOMAIN positive AS numeric(10,2) NOT NULL CHECK (VALUE > 0);
       CREATE TABLE customer (id bigserial PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, post postcode NOT NULL, referred_by bigint REFERENCES customer);
       CREATE UNIQUE INDEX ON customer (lower(email));
       CREATE TABLE product (sku char(8) PRIMARY KEY, price positive, weight int CHECK (weight BETWEEN 1 AND 500), kind text NOT NULL CHECK (kind IN ('book', 'toy')));
       CREATE TABLE shop_order (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer, status order_status NOT NULL,
         placed_at timestamptz NOT NULL DEFAULT now(), sent_at timestamptz, CHECK (sent_at > placed_at), tags text[] NOT NULL, extra jsonb NOT NULL, token uuid NOT NULL UNIQUE);
       CREATE TABLE line (order_id int REFERENCES shop_order, sku char(8) REFERENCES product, amount smallint NOT NULL CHECK (amount > 0), total numeric GENERATED ALWAYS AS (amount * 2) STORED,
         PRIMARY KEY (order_id, sku));
       CREATE TABLE profile (customer_id bigint PRIMARY KEY REFERENCES customer, note text NOT NULL CHECK (length(note) >= 40));`,
      {},
      async (client, tables) => {
        expect([...tables.values()].map((t) => [t.table, t.rows, t.trouble])).toEqual([
          ["public.customer", 500, null],
          ["public.product", 500, null],
          ["public.profile", 500, null],
          ["public.shop_order", 500, null],
          ["public.line", 500, null],
        ]);
        await everyConstraintHolds(client);
        const next = await client.query("INSERT INTO customer (email, post) VALUES ('new@example.com', '10115') RETURNING id");
        expect(Number(next.rows[0].id)).toBeGreaterThan(500);
        const referred = await client.query("SELECT count(*)::int AS n FROM customer WHERE referred_by IS NOT NULL");
        expect(referred.rows[0].n).toBeGreaterThan(0);
      },
    );
  });

  it("fills tables that refer to each other in a circle", async () => {
    await seeded(
      `CREATE TABLE team (id serial PRIMARY KEY, name text NOT NULL, owner_id int);
       CREATE TABLE member (id serial PRIMARY KEY, team_id int NOT NULL REFERENCES team, boss_id int NOT NULL);
       ALTER TABLE team ADD FOREIGN KEY (owner_id) REFERENCES member;
       ALTER TABLE member ADD FOREIGN KEY (boss_id) REFERENCES member DEFERRABLE INITIALLY DEFERRED;`,
      {},
      async (client, tables) => {
        expect(tables.get("public.team")).toMatchObject({ rows: 500, trouble: null });
        expect(tables.get("public.member")).toMatchObject({ rows: 500, trouble: null });
        await everyConstraintHolds(client);
        expect((await client.query("SELECT count(*)::int AS n FROM team WHERE owner_id IS NOT NULL")).rows[0].n).toBeGreaterThan(0);
      },
    );
  });

  it("gives a many-to-many table different pairs, and stops when there are no more", async () => {
    await seeded(
      `CREATE TABLE dashboard (id serial PRIMARY KEY); CREATE TABLE tag (id serial PRIMARY KEY, colour text);
       CREATE TABLE dashboard_tags (id serial PRIMARY KEY, dashboard_id int NOT NULL REFERENCES dashboard, tag_id int NOT NULL REFERENCES tag, UNIQUE (dashboard_id, tag_id));
       CREATE TABLE flag (team text CHECK (team IN ('a', 'b')), on_call boolean NOT NULL, PRIMARY KEY (team, on_call));`,
      { maxRows: 300 },
      async (client, tables) => {
        expect(tables.get("public.dashboard_tags")).toMatchObject({ rows: 300, trouble: null });
        expect(tables.get("public.flag")?.rows).toBe(4);
        await everyConstraintHolds(client);
      },
    );
  });

  it("keeps to the bounds of partitions, nested ones too, and to exclusion constraints", async () => {
    await seeded(
      `CREATE EXTENSION IF NOT EXISTS btree_gist;
       CREATE TABLE event (id bigint GENERATED BY DEFAULT AS IDENTITY, at timestamptz NOT NULL, region text NOT NULL, PRIMARY KEY (id, at, region)) PARTITION BY RANGE (at);
       CREATE TABLE event_2026_01 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY LIST (region);
       CREATE TABLE event_2026_01_eu PARTITION OF event_2026_01 FOR VALUES IN ('de', 'fr');
       CREATE TABLE event_2026_01_rest PARTITION OF event_2026_01 DEFAULT;
       CREATE TABLE event_later PARTITION OF event FOR VALUES FROM ('2026-02-01') TO (MAXVALUE);
       CREATE TABLE session (id uuid PRIMARY KEY, n int) PARTITION BY HASH (id);
       CREATE TABLE session_0 PARTITION OF session FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE session_1 PARTITION OF session FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       CREATE TABLE booking (room int NOT NULL, during tstzrange NOT NULL, EXCLUDE USING gist (room WITH =, during WITH &&));`,
      {},
      async (client, tables) => {
        expect(tables.get("public.event")).toMatchObject({ rows: 500, trouble: null });
        expect(tables.get("public.session")).toMatchObject({ rows: 500, trouble: null });
        expect(tables.get("public.booking")).toMatchObject({ rows: 500, trouble: null });
        const parts = await client.query("SELECT tableoid::regclass::text AS part, count(*)::int AS n FROM event GROUP BY 1 ORDER BY 1");
        expect(parts.rows.map((row) => row.part)).toEqual(["event_2026_01_eu", "event_2026_01_rest", "event_later"]);
      },
    );
  });

  it("keeps composite references that share a column with another one", async () => {
    await seeded(
      `CREATE TABLE tenant (id int PRIMARY KEY);
       CREATE TABLE account (tenant_id int REFERENCES tenant, id int, PRIMARY KEY (tenant_id, id));
       CREATE TABLE project (tenant_id int REFERENCES tenant, id int, PRIMARY KEY (tenant_id, id));
       CREATE TABLE task (id serial PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant, account_id int NOT NULL, project_id int NOT NULL,
         FOREIGN KEY (tenant_id, account_id) REFERENCES account, FOREIGN KEY (tenant_id, project_id) REFERENCES project);`,
      {},
      async (client, tables) => {
        expect(tables.get("public.task")).toMatchObject({ trouble: null });
        expect(tables.get("public.task")?.rows).toBeGreaterThan(100);
        await everyConstraintHolds(client);
      },
    );
  });

  it("says why a table stays empty instead of failing", async () => {
    await seeded(
      `CREATE TABLE impossible (n int NOT NULL CHECK (n > 5 AND n < 3)); CREATE TABLE below (id int PRIMARY KEY, n int NOT NULL);
       CREATE TABLE fine (id serial PRIMARY KEY, label text)`,
      {},
      async (_client, tables) => {
        expect(tables.get("public.impossible")).toMatchObject({ rows: 0 });
        expect(tables.get("public.impossible")?.trouble).toMatch(/no made-up row/);
        expect(tables.get("public.fine")?.rows).toBe(500);
      },
    );
  });

  it("scales the profile's sizes down and keeps its shares of NULL", async () => {
    const column = (name: string, nullFraction: number, distinct: number) => ({
      column: name,
      type: null,
      nullFraction,
      distinct,
      averageBytes: null,
    });
    const table = (name: string, rows: number, columns: ReturnType<typeof column>[]) => ({
      table: name,
      rows,
      bytes: null,
      indexBytes: null,
      readsPerSecond: null,
      writesPerSecond: null,
      longestTransactionSeconds: null,
      columns,
    });
    const cloud: Environment = {
      ...laptop,
      profiles: [
        {
          format: "tread.scale/1",
          collectedAt: "2026-11-21T08:00:00Z",
          server: { engine: "postgres", version: "17.4" },
          tables: [
            table("public.person", 2_000_000_000, [column("nickname", 0.25, 10)]),
            table("public.team", 1_000_000, []),
            table("public.plan", 12, []),
          ],
        },
      ],
    };
    await seeded(
      "CREATE TABLE person (id bigserial PRIMARY KEY, nickname text); CREATE TABLE team (id serial PRIMARY KEY); CREATE TABLE plan (id serial PRIMARY KEY)",
      { environment: cloud, maxRows: 4000 },
      async (client, tables) => {
        expect([...tables.values()].map((t) => [t.table, t.rows, t.scaledFrom])).toEqual([
          ["public.person", 4000, 2_000_000_000],
          ["public.plan", 20, 12],
          ["public.team", 200, 1_000_000],
        ]);
        const { rows } = await client.query(
          "SELECT count(*) FILTER (WHERE nickname IS NULL)::int AS nulls, count(DISTINCT nickname)::int AS names FROM person",
        );
        expect(rows[0].nulls).toBe(1000);
        expect(rows[0].names).toBe(10);
      },
    );
  });

  it("makes rows that the coming migrations accept: a reference, a unique index, another type", async () => {
    await seeded(
      "CREATE TABLE team (id serial PRIMARY KEY); CREATE TABLE member (id serial PRIMARY KEY, team_ref int NOT NULL, active boolean NOT NULL, code text NOT NULL)",
      {
        hints: {
          foreignKeys: [{ table: "public.member", columns: ["team_ref"], references: "public.team", referencedColumns: ["id"] }],
          uniques: [{ table: "public.member", columns: ["team_ref"] }],
          types: new Map([["public.member.code", "integer"]]),
        },
      },
      async (client) => {
        await client.query(
          "ALTER TABLE member ADD FOREIGN KEY (team_ref) REFERENCES team, ADD UNIQUE (team_ref), ALTER COLUMN code TYPE integer USING code::integer",
        );
      },
    );
  });

  it("seeds 200,000 rows with five indexes in a few seconds", { timeout: 60_000 }, async () => {
    await seeded(
      `CREATE TABLE team (id serial PRIMARY KEY, name text NOT NULL);
       CREATE TABLE person (id bigserial PRIMARY KEY, team_id int NOT NULL REFERENCES team, email varchar(254) NOT NULL UNIQUE, uuid uuid NOT NULL UNIQUE, created_at timestamptz NOT NULL, properties jsonb NOT NULL);
       CREATE INDEX ON person (team_id); CREATE INDEX ON person (created_at);`,
      {
        maxRows: 200_000,
        environment: {
          ...laptop,
          profiles: [
            {
              format: "tread.scale/1",
              collectedAt: "2026-11-21T08:00:00Z",
              server: { engine: "postgres", version: "17.4" },
              tables: [
                {
                  table: "public.person",
                  rows: 5e9,
                  bytes: null,
                  indexBytes: null,
                  readsPerSecond: null,
                  writesPerSecond: null,
                  longestTransactionSeconds: null,
                  columns: [],
                },
              ],
            },
          ],
        },
      },
      async (client, tables) => {
        expect(tables.get("public.person")).toMatchObject({ rows: 200_000, trouble: null });
        // Its indexes slept meanwhile: they must be awake, complete and unique.
        const indexes = await client.query(
          "SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 'person'::regclass AND indisready AND indisvalid",
        );
        expect(indexes.rows[0].n).toBe(5);
        await client.query("SET enable_seqscan = off");
        expect((await client.query("SELECT count(*)::int AS n FROM person WHERE email IS NOT NULL")).rows[0].n).toBe(200_000);
        await expect(client.query("INSERT INTO person SELECT * FROM person LIMIT 1")).rejects.toThrow(/duplicate key/);
      },
    );
  });
});
