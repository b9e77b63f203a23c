import { describe, expect, test } from "vitest";
import { fixing, type Files } from "./fixing.test-helper.ts";

// A railway. What is deployed, and wishes that no edit can grant without changing what they mean.
const RAILWAY = `CREATE TABLE line (id bigint PRIMARY KEY, name text);
CREATE TABLE train (id bigint PRIMARY KEY, line_id bigint, code text, seats int);
CREATE INDEX train_code ON train (code);
CREATE TABLE trip (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE trip_2024 PARTITION OF trip FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX trip_id ON trip (id);
CREATE MATERIALIZED VIEW crowd AS SELECT line_id, count(*) FROM train GROUP BY line_id;
CREATE MATERIALIZED VIEW empty AS SELECT id FROM train WITH NO DATA;
CREATE UNIQUE INDEX empty_id ON empty (id);
CREATE TABLE old_train (extra int) INHERITS (train);
`;

interface Refused {
  readonly wish: string;
  readonly sql: string;
  readonly because: string;
  readonly postgres?: number;
}

const REFUSED: readonly Refused[] = [
  { wish: "an index of a partitioned table", sql: "CREATE INDEX trip_day ON trip (day);", because: "trip is partitioned" },
  { wish: "a unique constraint of a partitioned table", sql: "ALTER TABLE trip ADD UNIQUE (day, id);", because: "trip is partitioned" },
  {
    wish: "a foreign key of a partitioned table before 18",
    sql: "ALTER TABLE trip ADD FOREIGN KEY (id) REFERENCES train (id);",
    because: "knows no foreign key there that is NOT VALID",
    postgres: 17,
  },
  { wish: "DROP INDEX with CASCADE", sql: "DROP INDEX train_code CASCADE;", because: "CASCADE cannot be said together with CONCURRENTLY" },
  { wish: "an index of a partitioned table less", sql: "DROP INDEX trip_id;", because: "belongs to a partitioned table" },
  { wish: "everything built again", sql: "REINDEX DATABASE;", because: "leaves the system catalogs out" },
  {
    wish: "a view without a unique index filled",
    sql: "REFRESH MATERIALIZED VIEW crowd;",
    because: "no unique index over plain columns of crowd",
  },
  { wish: "a view filled for the first time", sql: "REFRESH MATERIALIZED VIEW empty;", because: "may never have been filled" },
  { wish: "an exclusion", sql: "ALTER TABLE train ADD EXCLUDE (code WITH =);", because: "EXCLUDE has no form that does not block" },
  {
    wish: "a primary key over what may be NULL",
    sql: "ALTER TABLE train DROP CONSTRAINT train_pkey;\nALTER TABLE train ADD PRIMARY KEY (code);",
    because: "code may be NULL",
  },
  {
    wish: "a unique constraint beside something else",
    sql: "ALTER TABLE train ADD UNIQUE (code), ADD COLUMN wifi boolean;",
    because: "the statement does something else, too",
  },
  {
    wish: "NOT NULL beside something else",
    sql: "ALTER TABLE train ALTER code SET NOT NULL, ALTER seats SET DEFAULT 80;",
    because: "the statement does something else, too",
  },
  {
    wish: "NOT NULL on a parent alone",
    sql: "ALTER TABLE ONLY train ALTER code SET NOT NULL;",
    because: "ONLY leaves the tables below it out",
    postgres: 17,
  },
  {
    wish: "a check on a new column that has a default",
    sql: "ALTER TABLE train ADD COLUMN speed int DEFAULT 80 CHECK (speed > 0);",
    because: "stands on a new column with a default",
  },
  {
    wish: "an index between other statements of a transaction",
    sql: "BEGIN;\nUPDATE train SET seats = 80 WHERE id = 1;\nCREATE INDEX train_seats ON train (seats);\nCOMMIT;",
    because: "between BEGIN and COMMIT together with other statements",
  },
];

function railway(sql: string): Files {
  return { "db/1_railway.sql": RAILWAY, "db/2_next.sql": `${sql}\n` };
}

describe("what is not fixed is said, with the reason and what to do", () => {
  test.each(REFUSED)("$wish", async ({ sql, because, postgres }) => {
    const fixed = await fixing(railway(sql), { appliedThrough: "1_railway", ...(postgres === undefined ? {} : { postgres }) });
    expect(fixed.left.join("\n")).toContain(because);
    for (const { byHand } of fixed.run.notFixed) expect(byHand).not.toBe("");
    // At most the line for the time-out was added.
    const rest = (fixed.files["db/2_next.sql"] ?? "").replaceAll(/SET (?:LOCAL )?lock_timeout = '2s';\n/g, "");
    expect(rest).toBe(`${sql}\n`);
  });

  test("a column that a serving version still leaves NULL stays nullable", async () => {
    const files = {
      ...railway("ALTER TABLE train ALTER COLUMN code SET NOT NULL;"),
      "live.sql": "INSERT INTO train (id, seats) VALUES ($1, $2);\n",
    };
    const fixed = await fixing({ ...files, "tread.config.yaml": CONFIG }, {});
    expect(fixed.left.join("\n")).toContain("still write NULL into it");
    expect(fixed.files["db/2_next.sql"]).not.toContain("NOT VALID");
  });

  test("a fix after which something else would fail is taken back, and the others are kept", async () => {
    const sql =
      "BEGIN;\nALTER TABLE train ADD CONSTRAINT known CHECK (seats > 0);\nALTER TABLE train DROP COLUMN seats;\nCOMMIT;\nCREATE INDEX train_line ON train (line_id);";
    const fixed = await fixing(railway(sql), { appliedThrough: "1_railway" });
    expect(fixed.files["db/2_next.sql"]).toContain("CREATE INDEX CONCURRENTLY train_line");
    expect(fixed.files["db/2_next.sql"]).not.toContain("NOT VALID");
    expect(fixed.left.join("\n")).toContain("add-check-validated: the fix was tried and taken back: it would bring another finding");
  });

  test("a constraint that a later migration takes away cannot be validated at the end", async () => {
    const files: Files = {
      "db/00001_railway.sql": `-- +goose Up\n${RAILWAY}\n-- +goose Down\nSELECT 1;\n`,
      "db/00002_next.sql": "-- +goose Up\nALTER TABLE train ADD CONSTRAINT known CHECK (seats > 0);\n\n-- +goose Down\nSELECT 1;\n",
      "db/00003_again.sql": "-- +goose Up\nALTER TABLE train DROP CONSTRAINT known;\n\n-- +goose Down\nSELECT 1;\n",
    };
    const fixed = await fixing(files, { appliedThrough: "00001_railway" });
    expect(fixed.left.join("\n")).toMatch(/add-check-validated: the fix was tried and taken back: it would bring another finding/);
    expect(Object.keys(fixed.files)).toHaveLength(3);
  });

  test("what is small everywhere is left as it is", async () => {
    const fixed = await fixing({
      ...railway("CREATE INDEX train_seats ON train (seats);"),
      "tread.config.yaml":
        'sources:\n  - { type: sql-dir, path: db, appliedThrough: "1_railway" }\nenvironments:\n  laptop: { assume: small }\n',
    });
    expect(fixed.remaining).toContain("info create-index-blocking");
    expect(fixed.run.files).toEqual([]);
    expect(fixed.left).toEqual([]);
  });
});

const CONFIG = `sources:
  - { type: sql-dir, path: db, appliedThrough: "1_railway" }
live:
  - { name: v7, sql: live.sql }
environments:
  cloud: { postgres: 18 }
`;

describe("a partition that is given up", () => {
  const config = (postgres: number): string => `sources:
  - { type: sql-dir, path: db, appliedThrough: "1_railway" }
environments:
  cloud: { postgres: ${postgres}, scale: scale.json }
`;
  const scale = JSON.stringify({
    format: "tread.scale/1",
    collectedAt: "2026-11-20T08:00:00Z",
    server: { engine: "postgres", version: "17.4" },
    tables: [
      {
        table: "public.trip",
        rows: 9e8,
        bytes: 1e11,
        indexBytes: 1e10,
        readsPerSecond: 5000,
        writesPerSecond: 900,
        longestTransactionSeconds: 40,
        columns: [],
      },
    ],
  });
  const detach = "SET lock_timeout = '1s';\nALTER TABLE trip DETACH PARTITION trip_2024;";

  test("is detached concurrently where it is dropped next", async () => {
    const fixed = await fixing({ ...railway(`${detach}\nDROP TABLE trip_2024;`), "tread.config.yaml": config(17), "scale.json": scale });
    expect(fixed.files["db/2_next.sql"]).toContain("DETACH PARTITION trip_2024 CONCURRENTLY;");
  });

  test("is not where it lives on, or the server is too old", async () => {
    const kept = await fixing({ ...railway(detach), "tread.config.yaml": config(17), "scale.json": scale });
    expect(kept.left.join("\n")).toContain("would leave a CHECK on trip_2024");
    const old = await fixing({ ...railway(`${detach}\nDROP TABLE trip_2024;`), "tread.config.yaml": config(13), "scale.json": scale });
    expect(old.left.join("\n")).toContain("PostgreSQL 13 of `cloud` has no DETACH PARTITION CONCURRENTLY");
  });
});
