import { describe, expect, test } from "vitest";
import { project, rules, type ProjectFiles } from "./project.test-helper.ts";

// A lending library that keeps its migrations as plain SQL files.
const BASE =
  "CREATE TABLE book (id bigint PRIMARY KEY, title varchar(200) NOT NULL, isbn text, shelf int);\nCREATE TABLE member (id bigint PRIMARY KEY, name text NOT NULL, card varchar(20));\n";

interface Twin {
  readonly name: string;
  readonly dangerous: string;
  /** The rule that must be raised as an error. */
  readonly rule: string;
  /** The same wish in one or several safe files. */
  readonly safe: readonly string[];
}

const TWINS: readonly Twin[] = [
  {
    name: "a new column for all books",
    dangerous: "ALTER TABLE book ADD COLUMN lent_at timestamptz NOT NULL;",
    rule: "add-column-not-null-no-default",
    safe: ["ALTER TABLE book ADD COLUMN lent_at timestamptz;"],
  },
  {
    name: "an id of its own for every book",
    dangerous: "ALTER TABLE book ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();",
    rule: "add-column-volatile-default",
    safe: ["ALTER TABLE book ADD COLUMN public_id uuid;\nALTER TABLE book ALTER COLUMN public_id SET DEFAULT gen_random_uuid();"],
  },
  {
    name: "a running number",
    dangerous: "ALTER TABLE member ADD COLUMN number bigserial;",
    rule: "add-column-rewrite",
    safe: ["ALTER TABLE member ADD COLUMN number bigint;"],
  },
  {
    name: "an index on isbn",
    dangerous: "CREATE INDEX book_isbn ON book (isbn);",
    rule: "create-index-blocking",
    safe: ["CREATE INDEX CONCURRENTLY book_isbn ON book (isbn);"],
  },
  {
    name: "a required isbn",
    dangerous: "ALTER TABLE book ALTER COLUMN isbn SET NOT NULL;",
    rule: "set-not-null",
    safe: [
      "ALTER TABLE book ADD CONSTRAINT isbn_given CHECK (isbn IS NOT NULL) NOT VALID;",
      "ALTER TABLE book VALIDATE CONSTRAINT isbn_given;",
      "ALTER TABLE book ALTER COLUMN isbn SET NOT NULL;\nALTER TABLE book DROP CONSTRAINT isbn_given;",
    ],
  },
  {
    name: "a longer title",
    dangerous: "ALTER TABLE book ALTER COLUMN shelf TYPE bigint;",
    rule: "change-type-rewrite",
    safe: ["ALTER TABLE book ALTER COLUMN title TYPE varchar(400);"],
  },
  {
    name: "who has the book",
    dangerous:
      "ALTER TABLE book ADD COLUMN lent_to bigint;\nALTER TABLE book ADD CONSTRAINT book_lent_to FOREIGN KEY (lent_to) REFERENCES member (id);",
    rule: "add-foreign-key-validated",
    safe: [
      "ALTER TABLE book ADD COLUMN lent_to bigint;",
      "ALTER TABLE book ADD CONSTRAINT book_lent_to FOREIGN KEY (lent_to) REFERENCES member (id) NOT VALID;",
      "ALTER TABLE book VALIDATE CONSTRAINT book_lent_to;",
    ],
  },
  {
    name: "card numbers are unique",
    dangerous: "ALTER TABLE member ADD CONSTRAINT member_card UNIQUE (card);",
    rule: "add-unique-constraint",
    safe: [
      "CREATE UNIQUE INDEX CONCURRENTLY member_card ON member (card);",
      "ALTER TABLE member ADD CONSTRAINT member_card UNIQUE USING INDEX member_card;",
    ],
  },
  {
    name: "shelves are positive",
    dangerous: "ALTER TABLE book ADD CONSTRAINT shelf_positive CHECK (shelf > 0);",
    rule: "add-check-validated",
    safe: [
      "ALTER TABLE book ADD CONSTRAINT shelf_positive CHECK (shelf > 0) NOT VALID;",
      "ALTER TABLE book VALIDATE CONSTRAINT shelf_positive;",
    ],
  },
  {
    name: "an index in a transaction",
    dangerous: "BEGIN;\nCREATE INDEX CONCURRENTLY book_shelf ON book (shelf);\nCOMMIT;",
    rule: "concurrently-in-transaction",
    safe: ["CREATE INDEX CONCURRENTLY book_shelf ON book (shelf);"],
  },
  {
    name: "all titles in capitals",
    dangerous: "UPDATE book SET title = upper(title);",
    rule: "row-by-row",
    safe: ["UPDATE book SET title = upper(title) WHERE id = 7;"],
  },
];

function files(...sql: readonly string[]): ProjectFiles {
  return Object.fromEntries([
    ["migrations/0001_start.sql", BASE],
    ...sql.map((text, i): [string, string] => [`migrations/${String(i + 2).padStart(4, "0")}_step.sql`, text]),
  ]);
}

describe("a bare folder of SQL files needs no config", () => {
  test.each(TWINS)("$name: the first form is caught", ({ dangerous, rule }) => {
    const { report, status } = project(files(dangerous)).check("migrations");
    expect(rules(report, "error")).toContain(rule);
    expect(status).toBe(1);
    const finding = report.findings.find((candidate) => candidate.rule === rule);
    expect(finding?.migration).toBe("0002_step");
    expect(finding?.span?.file).toBe("migrations/0002_step.sql");
  });

  test.each(TWINS)("$name: the safe form passes", ({ safe }) => {
    const { report, status } = project(files(...safe)).check("migrations");
    expect(rules(report, "error")).toEqual([]);
    expect(report.verdict).toBe("safe");
    expect(status).toBe(0);
  });

  test("a query of a live version that cannot be read may use what is dropped", () => {
    const { report, status } = project({
      ...files("SET lock_timeout = '2s';\nALTER TABLE book DROP COLUMN isbn;"),
      "queries.sql": "SELECT title FROM book WHERE id = $1;\nSELEC isbn FROM book;\n",
    }).check("migrations", "--applied-through", "0001_start", "--live", "v1=queries.sql");
    expect(report.verdict).toBe("unknown");
    expect(status).toBe(3);
    expect(report.environments[0]?.reason).toContain("queries.sql:2");
  });

  test("a file that --live names is that version, at its place, and no raw SQL of somebody else", () => {
    const { report } = project({
      ...files("SET lock_timeout = '2s';\nALTER TABLE book DROP COLUMN isbn;"),
      "desk/lookup.sql": "-- name: by-isbn\nSELECT title FROM book WHERE isbn = $1;\n",
    }).check("migrations", "--applied-through", "0001_start", "--live", "v1=desk/lookup.sql");
    const drop = report.findings.find(({ rule }) => rule === "drop-column");
    expect(drop?.liveVersions).toEqual(["v1"]);
    expect(JSON.stringify(drop?.evidence)).toContain("(desk/lookup.sql:2)");
    expect(JSON.stringify(report)).not.toContain("raw SQL");
  });

  test("a table of the same release is empty and unused: nothing to say", () => {
    const { report } = project(
      files(
        "CREATE TABLE loan (id bigint PRIMARY KEY, book_id bigint);\nCREATE INDEX loan_book ON loan (book_id);\nALTER TABLE loan ALTER COLUMN book_id SET NOT NULL;",
      ),
    ).check("migrations");
    expect(rules(report, "error")).toEqual([]);
  });
});

describe("the queries of a live version decide what a drop breaks", () => {
  const config = (live: string): string =>
    `sources: [{ type: sql-dir, path: migrations, appliedThrough: 0001_start }]\nlive:\n  - { name: desk, sql: ${live} }\nenvironments: { production: {} }\n`;

  test("a version that selects the column breaks with 42703 and is named", () => {
    const { report, status } = project({
      ...files("ALTER TABLE book DROP COLUMN shelf;"),
      "tread.config.yaml": config("desk.sql"),
      "desk.sql": "-- name: find\nSELECT id, title, shelf FROM book WHERE id = $1;\n",
    }).check();
    expect(status).toBe(1);
    const finding = report.findings.find((candidate) => candidate.rule === "drop-column");
    expect(finding?.severity).toBe("error");
    expect(finding?.liveVersions).toEqual(["desk"]);
    const cell = report.compatibility.cells.find((candidate) => candidate.version === "desk" && candidate.step === "0002_step#0");
    expect(cell?.broken[0]?.sqlstate).toBe("42703");
    expect(report.compatibility.cells.find((candidate) => candidate.step === "start")?.broken).toEqual([]);
  });

  test("the same drop passes when no live version asks for the column", () => {
    const { report, status } = project({
      ...files("ALTER TABLE book DROP COLUMN shelf;"),
      "tread.config.yaml": config("desk.sql"),
      "desk.sql": "-- name: find\nSELECT id, title FROM book WHERE id = $1;\n",
    }).check();
    expect(rules(report, "error")).toEqual([]);
    expect(status).toBe(0);
  });

  test("a required column breaks the worker that does not know it", () => {
    const { report } = project({
      ...files("ALTER TABLE member ADD COLUMN joined date NOT NULL DEFAULT now();\nALTER TABLE member ALTER COLUMN joined DROP DEFAULT;"),
      "tread.config.yaml": config("desk.sql"),
      "desk.sql": "INSERT INTO member (id, name) VALUES ($1, $2);\n",
    }).check();
    const broken = report.compatibility.cells.flatMap((cell) => cell.broken);
    expect(broken.map((query) => query.sqlstate)).toContain("23502");
    expect(rules(report, "error")).toContain("add-column-default-dropped");
  });

  test("raw SQL in a worker's source is found without being listed", () => {
    const { report } = project({
      ...files("ALTER TABLE member ADD COLUMN joined date NOT NULL;"),
      "worker/join.ts":
        "export const join = (db, id: number, name: string) =>\n  db.query(`INSERT INTO member (id, name) VALUES ($1, $2)`, [id, name]);\n",
    }).check("migrations");
    expect(JSON.stringify(report.findings)).toContain("worker/join.ts:2");
  });
});

describe("scale decides how bad it is", () => {
  const profile = (rows: number): string =>
    JSON.stringify({
      format: "tread.scale/1",
      collectedAt: "2026-11-21T08:00:00Z",
      server: { engine: "postgres", version: "16.2" },
      tables: [
        {
          table: "public.book",
          rows,
          bytes: rows * 100,
          indexBytes: rows * 20,
          readsPerSecond: 3,
          writesPerSecond: 1,
          longestTransactionSeconds: 1,
          columns: [],
        },
      ],
    });

  test("100 rows and two billion rows get different verdicts, and the report says why", () => {
    const { report, status } = project({
      ...files("CREATE INDEX book_isbn ON book (isbn);"),
      "tread.config.yaml":
        "sources: [{ type: sql-dir, path: migrations }]\nenvironments:\n  village: { scale: village.json }\n  city: { scale: city.json }\n",
      "village.json": profile(100),
      "city.json": profile(2_000_000_000),
    }).check();
    expect(status).toBe(1);
    expect(Object.fromEntries(report.environments.map(({ name, verdict }) => [name, verdict]))).toEqual({
      village: "safe",
      city: "unsafe",
    });
    const finding = report.findings.find((candidate) => candidate.rule === "create-index-blocking");
    expect(finding?.environments).toEqual({ village: "info", city: "error" });
    const rows = finding?.evidence.filter((line) => line.kind === "rows").map((line) => line.text) ?? [];
    expect(rows.join("\n")).toContain("2,000,000,000");
    expect(finding?.evidence.some((line) => line.from === "scale-profile")).toBe(true);
  });
});
