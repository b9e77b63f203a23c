import { describe, expect, test } from "vitest";
import { blocksWrites } from "../model/effects.ts";
import { freshDatabase, testMajors } from "../engines/postgres/embedded/test-server.test-helper.ts";
import { observeOnce } from "../../conformance/observe/in-transaction.ts";
import { countRows } from "../../conformance/observe/rows.ts";
import { catalogue, fixing, migrate, migrationsOf, queriesOf, written, type Files } from "./fixing.test-helper.ts";

// A lending library. What stands in 0001 is deployed; 0002 is what a developer just wrote.
const LIBRARY = `CREATE SCHEMA archive;
CREATE TABLE member (id bigint PRIMARY KEY, name text NOT NULL, card varchar(20));
CREATE TABLE book (id bigint PRIMARY KEY, title text NOT NULL, isbn text, shelf int, member_id bigint, price numeric(8, 2));
CREATE TABLE archive."Loan" (id bigint, "Book" bigint, back date);
CREATE INDEX book_title ON book (title);
CREATE INDEX book_shelf ON book (shelf);
CREATE MATERIALIZED VIEW shelf_size AS SELECT shelf, count(*) AS books FROM book GROUP BY shelf;
CREATE UNIQUE INDEX shelf_size_shelf ON shelf_size (shelf);
CREATE TABLE visit (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE visit_2024 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE visit_2025 PARTITION OF visit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
`;
const ROWS = `INSERT INTO member SELECT n, 'reader ' || n, 'card ' || n FROM generate_series(1, 300) n;
INSERT INTO book SELECT n, 'title ' || n, 'isbn ' || n, n % 7 + 1, n, n FROM generate_series(1, 300) n;
INSERT INTO archive."Loan" SELECT n, n, NULL FROM generate_series(1, 300) n;
INSERT INTO visit SELECT n, '2024-05-01' FROM generate_series(1, 300) n;
REFRESH MATERIALIZED VIEW shelf_size;`;

function library(sql: string): Files {
  return { "migrations/0001_library.sql": LIBRARY, "migrations/0002_next.sql": sql };
}

interface Case {
  readonly wish: string;
  readonly dangerous: string;
  readonly rule: string;
  readonly safe: string;
  /** Postgres majors on which the fix is this one; all of them by default. */
  readonly from?: number;
  readonly below?: number;
}

const CASES: readonly Case[] = [
  {
    wish: "an index",
    dangerous: "CREATE INDEX book_isbn ON book (isbn);\n",
    rule: "create-index-blocking",
    safe: "CREATE INDEX CONCURRENTLY book_isbn ON book (isbn);\n",
  },
  {
    wish: "a partial unique index, in small letters and with comments in between",
    dangerous: "create unique /* one INDEX only */ index -- named below\n  book_isbn on book (isbn) where shelf > 0;\n",
    rule: "create-index-blocking",
    safe: "create unique /* one INDEX only */ index concurrently -- named below\n  book_isbn on book (isbn) where shelf > 0;\n",
  },
  {
    wish: "one index less",
    dangerous: "DROP INDEX book_title;\n",
    rule: "drop-index-blocking",
    safe: "DROP INDEX CONCURRENTLY book_title;\n",
  },
  {
    wish: "two indexes less, in one statement",
    dangerous: "DROP INDEX IF EXISTS book_title, public.book_shelf;\n",
    rule: "drop-index-blocking",
    safe: "DROP INDEX CONCURRENTLY IF EXISTS book_title;\nDROP INDEX CONCURRENTLY IF EXISTS public.book_shelf;\n",
  },
  {
    wish: "a bloated index built again",
    dangerous: "REINDEX (VERBOSE) TABLE book;\n",
    rule: "reindex-blocking",
    safe: "REINDEX (VERBOSE) TABLE CONCURRENTLY book;\n",
  },
  {
    wish: "a materialized view filled again",
    dangerous: "REFRESH MATERIALIZED VIEW shelf_size;\n",
    rule: "refresh-materialized-view",
    safe: "SET lock_timeout = '2s';\nREFRESH MATERIALIZED VIEW CONCURRENTLY shelf_size;\n",
  },
  {
    wish: "a foreign key",
    dangerous:
      "ALTER TABLE ONLY public.book ADD CONSTRAINT book_member FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE SET NULL;\n",
    rule: "add-foreign-key-validated",
    safe: "SET lock_timeout = '2s';\nALTER TABLE ONLY public.book ADD CONSTRAINT book_member FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE SET NULL NOT VALID;\nALTER TABLE public.book VALIDATE CONSTRAINT book_member;\n",
  },
  {
    wish: "a foreign key without a name, beside a check, deferred, inside of BEGIN and COMMIT",
    dangerous:
      'BEGIN;\nALTER TABLE archive."Loan"\n  ADD FOREIGN KEY ("Book") REFERENCES book DEFERRABLE INITIALLY DEFERRED, -- what was lent\n  ADD CHECK (back > \'2020-01-01\'::text::date OR back IS NULL);\nCOMMIT;\nSELECT 1;\n',
    rule: "add-check-validated",
    safe: 'BEGIN;\nSET LOCAL lock_timeout = \'2s\';\nALTER TABLE archive."Loan"\n  ADD CONSTRAINT "Loan_Book_fkey" FOREIGN KEY ("Book") REFERENCES book DEFERRABLE INITIALLY DEFERRED NOT VALID, -- what was lent\n  ADD CONSTRAINT "Loan_back_check" CHECK (back > \'2020-01-01\'::text::date OR back IS NULL) NOT VALID;\nCOMMIT;\nALTER TABLE archive."Loan" VALIDATE CONSTRAINT "Loan_Book_fkey";\nALTER TABLE archive."Loan" VALIDATE CONSTRAINT "Loan_back_check";\nSELECT 1;\n',
  },
  {
    wish: "a check",
    dangerous: "ALTER TABLE book ADD CONSTRAINT shelf_positive CHECK (shelf > 0)",
    rule: "add-check-validated",
    safe: "SET lock_timeout = '2s';\nALTER TABLE book ADD CONSTRAINT shelf_positive CHECK (shelf > 0) NOT VALID;\nALTER TABLE book VALIDATE CONSTRAINT shelf_positive",
  },
  {
    wish: "a required column",
    dangerous: "ALTER TABLE book ALTER COLUMN isbn SET NOT NULL;\n",
    rule: "set-not-null",
    safe: "SET lock_timeout = '2s';\nALTER TABLE book ADD CONSTRAINT book_isbn_not_null NOT NULL isbn NOT VALID;\nALTER TABLE book VALIDATE CONSTRAINT book_isbn_not_null;\n",
    from: 18,
  },
  {
    wish: "a required column",
    dangerous: 'ALTER TABLE archive."Loan" ALTER id SET NOT NULL, ALTER COLUMN "Book" SET NOT NULL;\n',
    rule: "set-not-null",
    safe: `SET lock_timeout = '2s';
ALTER TABLE archive."Loan" ADD CONSTRAINT "Loan_id_present" CHECK (id IS NOT NULL) NOT VALID;
ALTER TABLE archive."Loan" ADD CONSTRAINT "Loan_Book_present" CHECK ("Book" IS NOT NULL) NOT VALID;
ALTER TABLE archive."Loan" VALIDATE CONSTRAINT "Loan_id_present";
ALTER TABLE archive."Loan" VALIDATE CONSTRAINT "Loan_Book_present";
ALTER TABLE archive."Loan" ALTER id SET NOT NULL;
ALTER TABLE archive."Loan" DROP CONSTRAINT "Loan_id_present";
ALTER TABLE archive."Loan" ALTER COLUMN "Book" SET NOT NULL;
ALTER TABLE archive."Loan" DROP CONSTRAINT "Loan_Book_present";
`,
    below: 18,
  },
  {
    wish: "unique cards, in a schema of their own and without a name",
    dangerous: "ALTER TABLE public.member ADD UNIQUE (card) INCLUDE (name) WITH (fillfactor = 90) DEFERRABLE;\n",
    rule: "add-unique-constraint",
    safe: "CREATE UNIQUE INDEX CONCURRENTLY member_card_name_key ON public.member (card) INCLUDE (name) WITH (fillfactor = 90);\nSET lock_timeout = '2s';\nALTER TABLE public.member ADD CONSTRAINT member_card_name_key UNIQUE USING INDEX member_card_name_key DEFERRABLE;\n",
  },
  {
    wish: "an index of a name that may be there",
    dangerous: 'CREATE INDEX IF NOT EXISTS loan_book ON archive."Loan" ("Book");\n',
    rule: "create-index-blocking",
    safe: 'DROP INDEX CONCURRENTLY IF EXISTS archive.loan_book;\nCREATE INDEX CONCURRENTLY loan_book ON archive."Loan" ("Book");\n',
  },
  {
    wish: "a column on a table that others wait for",
    dangerous: "-- for the new catalogue\nALTER TABLE book ADD COLUMN language text;\n",
    rule: "missing-lock-timeout",
    safe: "SET lock_timeout = '2s';\n-- for the new catalogue\nALTER TABLE book ADD COLUMN language text;\n",
  },
  {
    wish: "an index under a time-out, and then a column",
    dangerous:
      "SET lock_timeout = '1500ms';\nCREATE INDEX CONCURRENTLY book_isbn ON book (isbn);\nALTER TABLE book ADD COLUMN language text;\n",
    rule: "concurrently-under-lock-timeout",
    safe: "SET lock_timeout = '1500ms';\nSET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY book_isbn ON book (isbn);\nSET lock_timeout = '1.5s';\nALTER TABLE book ADD COLUMN language text;\n",
  },
  {
    wish: "an index under a statement time-out",
    dangerous: "SET statement_timeout = '90s';\nDROP INDEX CONCURRENTLY book_title;\nCREATE INDEX CONCURRENTLY book_isbn ON book (isbn);\n",
    rule: "concurrently-under-statement-timeout",
    safe: "SET statement_timeout = '90s';\nSET statement_timeout = 0;\nDROP INDEX CONCURRENTLY book_title;\nCREATE INDEX CONCURRENTLY book_isbn ON book (isbn);\n",
  },
  {
    wish: "a check that is validated too early",
    dangerous:
      "BEGIN;\n  SET LOCAL lock_timeout = '1s';\n  ALTER TABLE book ADD CONSTRAINT shelf_positive CHECK (shelf > 0) NOT VALID;\n  ALTER TABLE book VALIDATE CONSTRAINT shelf_positive;\n  SELECT 1;\nCOMMIT;\n",
    rule: "validate-in-same-transaction",
    safe: "BEGIN;\n  SET LOCAL lock_timeout = '1s';\n  ALTER TABLE book ADD CONSTRAINT shelf_positive CHECK (shelf > 0) NOT VALID;\n  SELECT 1;\nCOMMIT;\nALTER TABLE book VALIDATE CONSTRAINT shelf_positive;\n",
  },
  {
    wish: "a primary key where the column is NOT NULL already",
    dangerous: "ALTER TABLE visit_2024 ADD CONSTRAINT visit_2024_id PRIMARY KEY (id, day) NOT DEFERRABLE;\n",
    rule: "add-unique-constraint",
    safe: "CREATE UNIQUE INDEX CONCURRENTLY visit_2024_id ON visit_2024 (id, day);\nSET lock_timeout = '2s';\nALTER TABLE visit_2024 ADD CONSTRAINT visit_2024_id PRIMARY KEY USING INDEX visit_2024_id NOT DEFERRABLE;\n",
  },
  {
    wish: "unique where NULL counts once",
    dangerous: "ALTER TABLE member ADD CONSTRAINT one_card UNIQUE NULLS NOT DISTINCT (card);\n",
    rule: "add-unique-constraint",
    safe: "CREATE UNIQUE INDEX CONCURRENTLY one_card ON member (card) NULLS NOT DISTINCT;\nSET lock_timeout = '2s';\nALTER TABLE member ADD CONSTRAINT one_card UNIQUE USING INDEX one_card;\n",
    from: 15,
  },
];

describe.each(testMajors())("fixes of SQL files on PostgreSQL %i", (major) => {
  const cases = CASES.filter(({ from = 13, below = 99 }) => major >= from && major < below);
  test.each(cases)("$wish: $rule", async ({ dangerous, rule, safe }) => {
    const flags = { postgres: major, appliedThrough: "0001_library" };
    const before = written(library(dangerous));
    const fixed = await fixing(library(dangerous), flags);

    expect(fixed.files["migrations/0002_next.sql"]).toBe(safe);
    expect(fixed.run.fixed.map((each) => each.finding.rule)).toContain(rule);
    expect(fixed.remaining.filter((each) => !each.startsWith("info"))).toEqual([]);

    // The same schema at the end, on a real server with rows.
    await using asWritten = await freshDatabase(major);
    await using asFixed = await freshDatabase(major);
    const seeded = { id: "0001_library", sql: ROWS };
    await migrate(before, asWritten.owner, seeded);
    await migrate(fixed.folder, asFixed.owner, seeded);
    expect(await catalogue(asFixed.owner)).toEqual(await catalogue(asWritten.owner));

    // Nothing to do the second time.
    const again = await fixing({ "migrations/0001_library.sql": LIBRARY, "migrations/0002_next.sql": safe }, flags);
    expect(again.run.files).toEqual([]);
  });

  test("no statement of a fixed file does work proportional to a table while others wait", async () => {
    const all = cases.map(({ dangerous }) => dangerous.replace(/;?\n?$/, ";\n"));
    for (const dangerous of all) {
      const fixed = await fixing(library(dangerous), { postgres: major, appliedThrough: "0001_library" });
      await using database = await freshDatabase(major);
      const client = database.owner;
      const [first, next] = await migrationsOf(fixed.folder);
      for (const query of await queriesOf(first!)) await client.query(query);
      await client.query(ROWS);
      const rows = await countRows(client);
      for (const statement of await queriesOf(next!)) {
        const alone = !/concurrently|^\s*(begin|commit|set)\b/i.test(statement);
        if (alone) {
          const { locks, scans, rewrites, error } = (await observeOnce(client, [], statement, rows, false)).effects;
          expect(error, statement).toBeNull();
          const waited = locks.filter(({ mode }) => blocksWrites(mode)).map(({ relation }) => relation);
          const worked = [...scans, ...rewrites].filter((relation) => waited.includes(relation));
          expect(worked, statement).toEqual([]);
        }
        await client.query(statement);
      }
    }
  });

  test("readers and writers go on while a fixed file builds its indexes, and wait for the file as it was", async () => {
    const dangerous = "CREATE INDEX book_isbn ON book (isbn);\nALTER TABLE member ADD CONSTRAINT one_card UNIQUE (card);\n";
    const fixed = await fixing(library(dangerous), { postgres: major, appliedThrough: "0001_library" });
    for (const [folder, waits] of [
      [written(library(dangerous)), true],
      [fixed.folder, false],
    ] as const) {
      await using database = await freshDatabase(major);
      const [first, next] = await migrationsOf(folder);
      for (const query of await queriesOf(first!)) await database.owner.query(query);
      // Somebody's open transaction has written to both tables: whoever wants more than they have queues behind it.
      const open = await database.server.connect({ role: "owner", database: database.name });
      const writer = await database.server.connect({ role: "owner", database: database.name });
      try {
        await open.query("BEGIN; INSERT INTO book VALUES (1, 'a'); INSERT INTO member VALUES (1, 'b')");
        const building = (async () => {
          for (const query of await queriesOf(next!)) await database.owner.query(query);
        })();
        await until(database.superuser, "SELECT 1 FROM pg_locks WHERE NOT granted");
        await writer.query("SET lock_timeout = '300ms'");
        const write = writer.query("INSERT INTO book VALUES (2, 'c')").then(
          () => "written",
          (error: { code?: string }) => error.code,
        );
        expect(await write).toBe(waits ? "55P03" : "written");
        await open.query("COMMIT");
        await building;
      } finally {
        await open.end();
        await writer.end();
      }
    }
  });
});

async function until(client: { query: (sql: string) => Promise<{ rows: unknown[] }> }, sql: string): Promise<void> {
  for (let n = 0; n < 200; n++) {
    if ((await client.query(sql)).rows.length > 0) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`never came true: ${sql}`);
}
