import { describe, expect, test } from "vitest";
import { nextToken, tokensOf } from "../engines/postgres/parse/lexer.ts";
import { fixing, type Files } from "./fixing.test-helper.ts";

// A museum's catalogue; the first migration is deployed.
const MUSEUM = `CREATE TABLE painter (id bigint PRIMARY KEY, name text);
CREATE TABLE painting (id bigint PRIMARY KEY, title text, painter_id bigint, year int);
CREATE SCHEMA vault;
CREATE TABLE vault."Crate; of --art" (id bigint PRIMARY KEY, "a""b" int, note text);
`;

async function museum(next: string | Buffer): Promise<{ readonly after: Buffer; readonly left: readonly string[] }> {
  const files: Files = { "db/1_museum.sql": MUSEUM, "db/2_next.sql": next };
  const fixed = await fixing(files, { appliedThrough: "1_museum" });
  const again = await fixing({ ...files, "db/2_next.sql": fixed.bytes("db/2_next.sql") }, { appliedThrough: "1_museum" });
  expect(again.run.files).toEqual([]);
  return { after: fixed.bytes("db/2_next.sql"), left: fixed.left };
}

const INDEX = "CREATE INDEX painting_year ON painting (year)";
const FIXED = "CREATE INDEX CONCURRENTLY painting_year ON painting (year)";

describe("what stands around an edit stays as it is, byte for byte", () => {
  test("lines that end with CRLF, and new lines do too", async () => {
    const { after } = await museum(`-- years\r\n${INDEX};\r\n\r\nALTER TABLE painting ADD CHECK (year > 1000);\r\n`);
    expect(after.toString()).toBe(
      `-- years\r\n${FIXED};\r\n\r\nSET lock_timeout = '2s';\r\nALTER TABLE painting ADD CONSTRAINT painting_year_check CHECK (year > 1000) NOT VALID;\r\nALTER TABLE painting VALIDATE CONSTRAINT painting_year_check;\r\n`,
    );
  });

  test("a byte-order mark", async () => {
    const { after } = await museum(Buffer.from(`\ufeff${INDEX};\n`));
    expect(after).toEqual(Buffer.from(`\ufeff${FIXED};\n`));
  });

  test("Latin-1, whose letters are no UTF-8", async () => {
    const { after } = await museum(Buffer.from(`-- Gem\xe4lde von D\xfcrer\n${INDEX}; -- \xe9t\xe9\n`, "latin1"));
    expect(after).toEqual(Buffer.from(`-- Gem\xe4lde von D\xfcrer\n${FIXED}; -- \xe9t\xe9\n`, "latin1"));
  });

  test.each(["utf16le", "utf16be"] as const)("%s", async (encoding) => {
    const bytes = (text: string): Buffer => {
      const little = Buffer.from(`\ufeff${text}`, "utf16le");
      return encoding === "utf16le" ? little : little.swap16();
    };
    const { after } = await museum(bytes(`-- Ölbild 🖼\n${INDEX};\n`));
    expect(after).toEqual(bytes(`-- Ölbild 🖼\n${FIXED};\n`));
  });

  test("letters of several units before the statement", async () => {
    const { after } = await museum(`SELECT '🖼🖼 CREATE INDEX x ON painting (year);'; /* ü; */ ${INDEX}; -- 🖼`);
    expect(after.toString()).toBe(`SELECT '🖼🖼 CREATE INDEX x ON painting (year);'; /* ü; */ ${FIXED}; -- 🖼`);
  });
});

describe("only the statement itself is edited", () => {
  test("strings, comments and dollar quotes that look like it", async () => {
    const decoys = `/* ${INDEX}; /* ${INDEX}; */ */
-- ${INDEX};
INSERT INTO painter VALUES (1, '${INDEX}; DROP INDEX painting_year;'), (2, $$${INDEX}; $$), (3, $x$ $$ ${INDEX}; $x$), (4, E'\\'; ${INDEX}');
`;
    const { after } = await museum(`${decoys}${INDEX};\n`);
    expect(after.toString()).toBe(`${decoys}${FIXED};\n`);
  });

  test("several statements on one line", async () => {
    const { after } = await museum(`SELECT 1; ${INDEX}; SELECT 2; DROP INDEX painting_year; SELECT 3\n`);
    // The index is new in this release: nobody waits for its end.
    expect(after.toString()).toContain(`SELECT 1; ${FIXED}; SELECT 2; DROP INDEX CONCURRENTLY painting_year; SELECT 3\n`);
  });

  test("names with quotes, semicolons and dashes in them", async () => {
    const { after } = await museum(`alter table vault."Crate; of --art"\n  alter column "a""b" set not null;`);
    expect(after.toString()).toBe(
      `set lock_timeout = '2s';\nalter table vault."Crate; of --art" add constraint "Crate; of --art_a""b_not_null" not null "a""b" not valid;\nalter table vault."Crate; of --art" validate constraint "Crate; of --art_a""b_not_null";`,
    );
  });

  test("a semicolon on a line of its own, behind a comment", async () => {
    const { after } = await museum(`ALTER TABLE painting ADD CONSTRAINT old CHECK (year > 1000) -- not; younger\n;\nSELECT 1;\n`);
    expect(after.toString()).toBe(
      `SET lock_timeout = '2s';\nALTER TABLE painting ADD CONSTRAINT old CHECK (year > 1000) NOT VALID;\nALTER TABLE painting VALIDATE CONSTRAINT old -- not; younger\n;\nSELECT 1;\n`,
    );
  });

  test("commas that divide no parts of the statement", async () => {
    const { after } = await museum(
      "ALTER TABLE painting ADD COLUMN tags text[] DEFAULT ARRAY['a', 'b'], ADD CONSTRAINT known CHECK (year IN (1, 2) AND coalesce(title, ', CHECK (') <> ''), ALTER COLUMN year TYPE int;\n",
    );
    expect(after.toString()).toBe(
      "SET lock_timeout = '2s';\nALTER TABLE painting ADD COLUMN tags text[] DEFAULT ARRAY['a', 'b'], ADD CONSTRAINT known CHECK (year IN (1, 2) AND coalesce(title, ', CHECK (') <> '') NOT VALID, ALTER COLUMN year TYPE int;\nALTER TABLE painting VALIDATE CONSTRAINT known;\n",
    );
  });

  test("what a person has judged stays, and stays judged", async () => {
    const ignored = `-- tread-ignore create-index-blocking: the museum is closed on Mondays\n${INDEX};\n`;
    const { after } = await museum(`${ignored}ALTER TABLE painting ADD COLUMN room text;\n`);
    expect(after.toString()).toBe(
      `-- tread-ignore create-index-blocking: the museum is closed on Mondays\n${INDEX};\nALTER TABLE painting ADD COLUMN room text;\n`.replace(
        "-- tread",
        "SET lock_timeout = '2s';\n-- tread",
      ),
    );
  });

  test("comments between any two words change nothing", async () => {
    const statements = [
      "CREATE UNIQUE INDEX painting_title ON painting ( title )",
      "DROP INDEX IF EXISTS painting_title , painting_year",
      "ALTER TABLE ONLY painting ADD CONSTRAINT by FOREIGN KEY ( painter_id ) REFERENCES painter ( id ) ON DELETE CASCADE",
      "ALTER TABLE painting ADD CHECK ( year > 0 ) , ADD FOREIGN KEY ( painter_id ) REFERENCES painter",
      "ALTER TABLE painting ALTER COLUMN title SET NOT NULL , ALTER year SET NOT NULL",
      "ALTER TABLE painting ADD CONSTRAINT once UNIQUE ( title , year ) DEFERRABLE",
    ];
    const before = "CREATE INDEX painting_year ON painting (year);CREATE INDEX painting_title ON painting (title);\n";
    const fix = async (sql: string): Promise<string> => {
      const needs = sql.startsWith("DROP") ? before : "";
      const fixed = await fixing({ "db/1_museum.sql": MUSEUM + needs, "db/2_next.sql": `${sql};\n` }, { appliedThrough: "1_museum" });
      expect(fixed.left).toEqual([]);
      expect(fixed.run.fixed.length).toBeGreaterThan(0);
      return fixed.files["db/2_next.sql"] ?? "";
    };
    for (const sql of statements) {
      const plain = await fix(sql);
      const dressed = await fix(
        tokensOf(sql)
          .map(({ start, end }) => sql.slice(start, end))
          .join(" -- ; ,\n/* ( '; */ "),
      );
      expect(words(dressed)).toEqual(words(plain));
    }
  });
});

/** Without comments and blanks. */
function words(sql: string): readonly string[] {
  const found: string[] = [];
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, token.end)) {
    if (token.kind !== "comment") found.push(sql.slice(token.start, token.end));
  }
  return found;
}
