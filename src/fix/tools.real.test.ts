import { describe, expect, test } from "vitest";
import { freshDatabase } from "../engines/postgres/embedded/test-server.test-helper.ts";
import { catalogue, fixing, migrate, written, type Files } from "./fixing.test-helper.ts";

// A bakery's shop. Each tool keeps the same two migrations in its own way; the second one is new.
const SHOP =
  "CREATE TABLE baker (id bigint PRIMARY KEY);\nCREATE TABLE loaf (id bigint PRIMARY KEY, flour text, baker_id bigint, grams int);\n";
const INDEX = "CREATE INDEX loaf_flour ON loaf (flour);\n";
const KEY = "ALTER TABLE loaf ADD CONSTRAINT loaf_baker FOREIGN KEY (baker_id) REFERENCES baker (id);\n";
const CHECK = "ALTER TABLE loaf ADD CONSTRAINT loaf_grams CHECK (grams > 0);\n";
const UNIQUE = "ALTER TABLE loaf ADD CONSTRAINT loaf_one_flour UNIQUE (flour);\n";

interface Kept {
  readonly tool: string;
  /** The two migrations as files; `sql` is the second one's. */
  readonly files: (sql: string, down: string) => Files;
  readonly applied: string;
  /** What is different afterwards when `sql` was an index; null: it has to stay. */
  readonly index: Readonly<Record<string, string>> | null;
  /** The same for a foreign key. */
  readonly key: Readonly<Record<string, string>> | null;
}

const TIMED = "SET LOCAL lock_timeout = '2s';\n";
const NOT_VALID = KEY.replace(";\n", " NOT VALID;\n");
const CONCURRENT = INDEX.replace("INDEX", "INDEX CONCURRENTLY");
const VALIDATE = "ALTER TABLE loaf VALIDATE CONSTRAINT loaf_baker;\n";
const follows = (id: string): string => `-- Follows ${id}, in a transaction of its own.\n\n`;
const back = (id: string): string => `-- The way back of ${id} undoes this as well.\nSELECT 1;\n`;

const TOOLS: readonly Kept[] = [
  {
    tool: "goose",
    files: (sql, down) => ({
      "db/00001_shop.sql": `-- +goose Up\n${SHOP}\n-- +goose Down\nDROP TABLE loaf, baker;\n`,
      "db/00002_next.sql": `-- +goose Up\n${sql}\n-- +goose Down\n${down}`,
    }),
    applied: "00001_shop",
    index: { "db/00002_next.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${CONCURRENT}\n-- +goose Down\nDROP INDEX loaf_flour;\n` },
    key: {
      "db/00002_next.sql": `-- +goose Up\n${TIMED}${NOT_VALID}\n-- +goose Down\nALTER TABLE loaf DROP CONSTRAINT loaf_baker;\n`,
      "db/00003_validate_loaf_baker.sql": `-- +goose Up\n${follows("00002_next")}${VALIDATE}\n-- +goose Down\n${back("00002_next")}`,
    },
  },
  {
    tool: "dbmate",
    files: (sql, down) => ({
      "db/20240101000000_shop.sql": `-- migrate:up\n${SHOP}\n-- migrate:down\nDROP TABLE loaf, baker;\n`,
      "db/20241231235959_next.sql": `-- migrate:up\n${sql}\n-- migrate:down\n${down}`,
    }),
    applied: "20240101000000_shop",
    index: { "db/20241231235959_next.sql": `-- migrate:up transaction:false\n${CONCURRENT}\n-- migrate:down\nDROP INDEX loaf_flour;\n` },
    key: {
      "db/20241231235959_next.sql": `-- migrate:up\n${TIMED}${NOT_VALID}\n-- migrate:down\nALTER TABLE loaf DROP CONSTRAINT loaf_baker;\n`,
      "db/20250101000000_validate_loaf_baker.sql": `-- migrate:up\n${follows("20241231235959_next")}${VALIDATE}\n-- migrate:down\n${back("20241231235959_next")}`,
    },
  },
  {
    tool: "sql-migrate",
    files: (sql, down) => ({
      "db/1_shop.sql": `-- +migrate Up\n${SHOP}\n-- +migrate Down\nDROP TABLE loaf, baker;\n`,
      "db/9_next.sql": `-- +migrate Up\n${sql}\n-- +migrate Down\n${down}`,
    }),
    applied: "1_shop",
    index: { "db/9_next.sql": `-- +migrate Up notransaction\n${CONCURRENT}\n-- +migrate Down\nDROP INDEX loaf_flour;\n` },
    key: {
      "db/9_next.sql": `-- +migrate Up\n${TIMED}${NOT_VALID}\n-- +migrate Down\nALTER TABLE loaf DROP CONSTRAINT loaf_baker;\n`,
      "db/10_validate_loaf_baker.sql": `-- +migrate Up\n${follows("9_next")}${VALIDATE}\n-- +migrate Down\n${back("9_next")}`,
    },
  },
  {
    tool: "Flyway",
    files: (sql, down) => ({
      "db/V1.9__shop.sql": SHOP,
      "db/U1.9__shop.sql": "DROP TABLE loaf, baker;\n",
      "db/V1.10__next.sql": sql,
      "db/U1.10__next.sql": down,
    }),
    applied: "V1.9__shop",
    index: { "db/V1.10__next.sql": CONCURRENT },
    key: {
      "db/V1.10__next.sql": TIMED + NOT_VALID,
      "db/V1.11__validate_loaf_baker.sql": follows("V1.10__next") + VALIDATE,
      "db/U1.11__validate_loaf_baker.sql": back("V1.10__next"),
    },
  },
  {
    tool: "golang-migrate",
    files: (sql, down) => ({
      "db/000001_shop.up.sql": SHOP,
      "db/000001_shop.down.sql": "DROP TABLE loaf, baker;\n",
      "db/000002_next.up.sql": sql,
      "db/000002_next.down.sql": down,
    }),
    applied: "000001_shop",
    index: { "db/000002_next.up.sql": CONCURRENT },
    key: {
      "db/000002_next.up.sql": TIMED + NOT_VALID,
      "db/000003_validate_loaf_baker.up.sql": follows("000002_next") + VALIDATE,
      "db/000003_validate_loaf_baker.down.sql": back("000002_next"),
    },
  },
  {
    tool: "sqlx",
    files: (sql) => ({
      "Cargo.toml": '[dependencies]\nsqlx = "0.8"\n',
      "migrations/20240101000000_shop.sql": SHOP,
      "migrations/20240102000000_next.sql": sql,
    }),
    applied: "20240101000000_shop",
    index: { "migrations/20240102000000_next.sql": `-- no-transaction\n${CONCURRENT}` },
    key: {
      "migrations/20240102000000_next.sql": TIMED + NOT_VALID,
      "migrations/20240102000001_validate_loaf_baker.sql": follows("20240102000000_next") + VALIDATE,
    },
  },
  {
    tool: "Diesel",
    files: (sql, down) => ({
      "migrations/2024-01-01-000000_shop/up.sql": SHOP,
      "migrations/2024-01-01-000000_shop/down.sql": "DROP TABLE loaf, baker;\n",
      "migrations/2024-01-31-235959_next/up.sql": sql,
      "migrations/2024-01-31-235959_next/down.sql": down,
    }),
    applied: "2024-01-01-000000_shop",
    index: {
      "migrations/2024-01-31-235959_next/up.sql": CONCURRENT,
      "migrations/2024-01-31-235959_next/metadata.toml": "run_in_transaction = false\n",
    },
    key: {
      "migrations/2024-01-31-235959_next/up.sql": TIMED + NOT_VALID,
      "migrations/2024-02-01-000000_validate_loaf_baker/up.sql": follows("2024-01-31-235959_next") + VALIDATE,
      "migrations/2024-02-01-000000_validate_loaf_baker/down.sql": back("2024-01-31-235959_next"),
    },
  },
  {
    tool: "Atlas",
    files: (sql) => ({ "db/atlas.sum": "h1:x=\n", "db/20240101000000_shop.sql": SHOP, "db/20240102000000_next.sql": sql }),
    applied: "20240101000000_shop",
    index: { "db/20240102000000_next.sql": `-- atlas:txmode none\n\n${CONCURRENT}` },
    key: {
      "db/20240102000000_next.sql": TIMED + NOT_VALID,
      "db/20240102000001_validate_loaf_baker.sql": follows("20240102000000_next") + VALIDATE,
    },
  },
  {
    tool: "Prisma",
    files: (sql) => ({
      "prisma/schema.prisma": "",
      "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
      "prisma/migrations/20240101000000_shop/migration.sql": SHOP,
      "prisma/migrations/20240102000000_next/migration.sql": sql,
    }),
    applied: "20240101000000_shop",
    index: { "prisma/migrations/20240102000000_next/migration.sql": CONCURRENT },
    key: {
      "prisma/migrations/20240102000000_next/migration.sql": TIMED + NOT_VALID,
      "prisma/migrations/20240102000001_validate_loaf_baker/migration.sql": follows("20240102000000_next") + VALIDATE,
    },
  },
  {
    tool: "Supabase",
    files: (sql) => ({ "supabase/migrations/20240101000000_shop.sql": SHOP, "supabase/migrations/20240102000000_next.sql": sql }),
    applied: "20240101000000_shop",
    index: null,
    key: {
      "supabase/migrations/20240102000000_next.sql": TIMED + NOT_VALID,
      "supabase/migrations/20240102000001_validate_loaf_baker.sql": follows("20240102000000_next") + VALIDATE,
    },
  },
  {
    tool: "Drizzle",
    files: (sql) => ({
      "drizzle.config.ts": 'export default { dialect: "postgresql", out: "./drizzle", schema: "./schema.ts" };\n',
      "drizzle/meta/_journal.json": JSON.stringify({
        entries: [
          { idx: 0, tag: "0000_shop", when: 1 },
          { idx: 1, tag: "0001_next", when: 2 },
        ],
      }),
      "drizzle/0000_shop.sql": SHOP.replace(";\nCREATE", ";--> statement-breakpoint\nCREATE"),
      "drizzle/0001_next.sql": sql,
    }),
    applied: "0000_shop",
    index: null,
    key: null,
  },
];

async function sameEnd(before: Files, after: string): Promise<void> {
  await using asWritten = await freshDatabase();
  await using asFixed = await freshDatabase();
  await migrate(written(before), asWritten.owner);
  await migrate(after, asFixed.owner);
  expect(await catalogue(asFixed.owner)).toEqual(await catalogue(asWritten.owner));
}

/** The files that are not what they were. */
function changes(before: Files, after: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(after).filter(([path, text]) => before[path] !== text));
}

describe.each(TOOLS)("$tool", ({ files, applied, index, key }) => {
  test("an index", async () => {
    const before = files(INDEX, "DROP INDEX loaf_flour;\n");
    const fixed = await fixing(before, { appliedThrough: applied });
    if (index === null) {
      expect(fixed.left.join("\n")).toMatch(/^create-index-blocking: .*knows no way around it$/m);
      // The time-out can be had all the same.
      expect(fixed.run.fixed.map(({ finding }) => finding.rule)).toEqual(["missing-lock-timeout"]);
    } else {
      expect(changes(before, fixed.files)).toEqual(index);
      expect(fixed.remaining.filter((each) => !each.startsWith("info"))).toEqual([]);
    }
    await sameEnd(before, fixed.folder);
    expect((await fixing(fixed.files, { appliedThrough: applied })).run.files).toEqual([]);
  });

  test("a foreign key", async () => {
    const before = files(KEY, "ALTER TABLE loaf DROP CONSTRAINT loaf_baker;\n");
    const fixed = await fixing(before, { appliedThrough: applied });
    if (key === null) expect(fixed.left.join("\n")).toContain("runs all pending migrations in one transaction");
    else {
      expect(changes(before, fixed.files)).toEqual(key);
      expect(fixed.remaining.filter((each) => !each.startsWith("info"))).toEqual([]);
    }
    await sameEnd(before, fixed.folder);
    expect((await fixing(fixed.files, { appliedThrough: applied })).run.files).toEqual([]);
  });
});

describe("several statements in one file", () => {
  const goose = TOOLS[0]!;
  const golang = TOOLS[4]!;

  test("an index beside a column stays, with the advice to split", async () => {
    for (const { files, applied } of [goose, golang]) {
      const before = files(`ALTER TABLE loaf ADD COLUMN crust text;\n${INDEX}`, "ALTER TABLE loaf DROP COLUMN crust;\n");
      const fixed = await fixing(before, { appliedThrough: applied });
      const [first] = fixed.run.notFixed;
      expect(first).toMatchObject({ finding: { rule: "create-index-blocking" } });
      expect(first?.byHand).toContain("a migration of its own");
      expect(Object.values(fixed.files).join("")).not.toContain("CONCURRENTLY");
    }
  });

  test("several indexes leave their transaction together where each statement is sent by itself", async () => {
    const before = goose.files(`${INDEX}CREATE INDEX loaf_grams_idx ON loaf (grams);\n`, "DROP INDEX loaf_flour;\n");
    const fixed = await fixing(before, { appliedThrough: goose.applied });
    expect(fixed.files["db/00002_next.sql"]).toBe(
      `-- +goose NO TRANSACTION\n-- +goose Up\n${CONCURRENT}CREATE INDEX CONCURRENTLY loaf_grams_idx ON loaf (grams);\n\n-- +goose Down\nDROP INDEX loaf_flour;\n`,
    );
    await sameEnd(before, fixed.folder);
  });

  test("a way back of several statements keeps its transaction", async () => {
    const before = goose.files(INDEX, "DROP INDEX loaf_flour;\nALTER TABLE loaf DROP COLUMN grams;\n");
    const fixed = await fixing(before, { appliedThrough: goose.applied });
    expect(fixed.left[0]).toContain("its way back holds several statements");
  });

  test("what is validated later shares one migration, behind all that are there", async () => {
    const before = {
      ...golang.files(KEY + CHECK, "ALTER TABLE loaf DROP CONSTRAINT loaf_baker;\n"),
      "db/000003_later.up.sql": "ALTER TABLE loaf ADD CONSTRAINT loaf_heavy CHECK (grams < 9000);\n",
      "db/000003_later.down.sql": "ALTER TABLE loaf DROP CONSTRAINT loaf_heavy;\n",
    };
    const fixed = await fixing(before, { appliedThrough: golang.applied });
    expect(Object.keys(changes(before, fixed.files)).filter((path) => path.endsWith("up.sql"))).toEqual([
      "db/000002_next.up.sql",
      "db/000003_later.up.sql",
      "db/000004_validate_loaf_baker.up.sql",
      "db/000005_validate_loaf_heavy.up.sql",
    ]);
    expect(fixed.files["db/000004_validate_loaf_baker.up.sql"]).toBe(
      `${follows("000002_next")}${VALIDATE}ALTER TABLE loaf VALIDATE CONSTRAINT loaf_grams;\n`,
    );
    await sameEnd(before, fixed.folder);
  });

  test("a unique constraint is an index in one migration and a constraint in the next where a file is one query", async () => {
    const before = golang.files(UNIQUE, "ALTER TABLE loaf DROP CONSTRAINT loaf_one_flour;\n");
    const fixed = await fixing(before, { appliedThrough: golang.applied });
    expect(changes(before, fixed.files)).toEqual({
      "db/000002_next.up.sql": "CREATE UNIQUE INDEX CONCURRENTLY loaf_one_flour ON loaf (flour);\n",
      "db/000003_add_loaf_one_flour.up.sql": `${follows("000002_next")}${TIMED}ALTER TABLE loaf ADD CONSTRAINT loaf_one_flour UNIQUE USING INDEX loaf_one_flour;\n`,
      "db/000003_add_loaf_one_flour.down.sql": back("000002_next"),
    });
    await sameEnd(before, fixed.folder);
  });

  test("NOT NULL takes two migrations where each is a transaction, and one statement less from 18 on", async () => {
    for (const major of [17, 18]) {
      const before = goose.files(
        "ALTER TABLE loaf ALTER COLUMN flour SET NOT NULL;\n",
        "ALTER TABLE loaf ALTER COLUMN flour DROP NOT NULL;\n",
      );
      const fixed = await fixing(before, { appliedThrough: goose.applied, postgres: major });
      const added = fixed.files["db/00003_require_flour.sql"] ?? "";
      expect(added).toContain("VALIDATE CONSTRAINT");
      expect(added.includes("SET NOT NULL")).toBe(major < 18);
      expect(fixed.remaining.filter((each) => !each.startsWith("info"))).toEqual([]);
      await sameEnd(before, fixed.folder);
    }
  });

  test("what goose sends as one block stays one block", async () => {
    const block = `-- +goose StatementBegin\n${KEY}-- +goose StatementEnd\n`;
    const before = goose.files(INDEX, "DROP INDEX loaf_flour;\n");
    const inBlock = { ...before, "db/00002_next.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${block}\n-- +goose Down\nSELECT 1;\n` };
    const fixed = await fixing(inBlock, { appliedThrough: goose.applied });
    expect(fixed.left.join("\n")).toContain("between StatementBegin and StatementEnd");
  });
});
