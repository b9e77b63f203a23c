import { beforeAll, describe, expect, test } from "vitest";
import type { PostgresEngine, RawStatement } from "../engine.ts";
import { loadPostgres } from "../index.ts";
import { emptyState } from "../../../model/apply/index.ts";
import { wholeSpan } from "../../../text/span.ts";

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

function read(sql: string): readonly RawStatement[] {
  return engine.read({
    kind: "sql",
    sql,
    span: wholeSpan("0001_shop.sql", sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  });
}

function nth<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no statement ${index}`);
  return found;
}

function errorOf(statements: readonly RawStatement[], index: number): RawStatement["span"] {
  const { syntaxError } = nth(statements, index);
  if (syntaxError === null) throw new Error(`statement ${index} parses`);
  return syntaxError.span;
}

/** The text that a span points at. */
function at(sql: string, span: RawStatement["span"]): string {
  const lines = sql.split("\n");
  const offset = (line: number, column: number): number => lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0) + column - 1;
  return sql.slice(offset(span.line, span.column), offset(span.endLine, span.endColumn));
}

describe("splitting a script into statements", () => {
  test("semicolons in strings, dollar quotes, comments and SQL-standard bodies end nothing", () => {
    const sql = [
      "INSERT INTO note VALUES ('a; b', E'it\\'s; fine', $$x; y$$, $tag$ $$; $tag$);",
      'ALTER TABLE "odd;name" ADD COLUMN a int; /* one; /* nested; */ two; */ SELECT 1; -- last; comment',
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
      "CREATE RULE r AS ON INSERT TO t DO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2));",
      "SELECT 3",
    ].join("\n");
    const statements = read(sql);
    expect(statements.map((s) => s.sql.split(/\s/)[0])).toEqual(["INSERT", "ALTER", "SELECT", "CREATE", "CREATE", "SELECT"]);
    expect(statements.map((s) => s.syntaxError)).toEqual(statements.map(() => null));
  });

  test("every statement has its own exact place, behind a byte order mark, CRLF, accents and emoji", () => {
    const sql = "\ufeff-- Größe 😀\r\nCREATE TABLE größe (id int); /* 👩‍👩‍👧 */ ALTER TABLE größe\r\n  ADD COLUMN naïve text;\r\n";
    const statements = read(sql);
    expect(statements.map((s) => at(sql, s.span))).toEqual(["CREATE TABLE größe (id int)", "ALTER TABLE größe\r\n  ADD COLUMN naïve text"]);
    expect(statements[1]?.span).toMatchObject({ line: 2, endLine: 3 });
  });

  test("a sub-command of ALTER TABLE has a place of its own", () => {
    const sql = "-- 😀\nALTER TABLE person ADD COLUMN a int DEFAULT coalesce(1, 2), -- é\n  DROP COLUMN b;";
    const statements = read(sql);
    const changes = engine.changes(nth(statements, 0), emptyState());
    expect(changes.map((c) => at(sql, c.span))).toEqual(["DROP COLUMN b", "ADD COLUMN a int DEFAULT coalesce(1, 2)"]);
  });

  test("text that does not stand verbatim in the file keeps the place of its step", () => {
    const span = { file: "0001.py", line: 12, column: 9, endLine: 14, endColumn: 10 };
    const sql = "SELECT 1; ALTER TABLE a ADD b int, ADD c int";
    const statements = engine.read({ kind: "sql", sql, span, verbatim: false, operation: null, reverse: "unknown", suppressions: [] });
    expect(statements.map((s) => s.span)).toEqual([span, span]);
    expect(engine.changes(nth(statements, 1), emptyState()).map((c) => c.span)).toEqual([span, span]);
  });

  test("nothing but comments is no statement", () => {
    expect(read("-- nothing here\n\n/* or here */;;\n")).toEqual([]);
  });
});

describe("what does not parse", () => {
  test("spoils one statement: the others are read, and the error points at its token", () => {
    const sql = "CREATE TABLE a (id int);\nALTER TABLE 'é😀' ADDD COLUMN x;\nDROP TABLE b;";
    const statements = read(sql);
    expect(statements.map((s) => s.syntaxError === null)).toEqual([true, false, true]);
    expect(at(sql, errorOf(statements, 1))).toBe("'é😀'");
    expect(statements[1]?.syntaxError?.message).toContain("syntax error");
    expect(engine.changes(nth(statements, 1), emptyState())).toMatchObject([{ kind: "opaque" }]);
  });

  test("counts characters as the server does, and tread does in UTF-16", () => {
    const sql = "/* 😀😀😀 */ SELECT '😀é' frmo x y z;";
    const statements = read(sql);
    expect(at(sql, errorOf(statements, 0))).toBe("x");
  });

  test("a forgotten parenthesis does not swallow the file", () => {
    expect(read("CREATE TABLE a (id int;\nCREATE TABLE b (id int);").map((s) => s.syntaxError === null)).toEqual([false, true]);
  });

  test("an unterminated string is an error on its own line, not a crash", () => {
    const statements = read("SELECT 1;\nSELECT 'oops\nfrom here on;\n");
    expect(statements).toHaveLength(2);
    expect(statements[1]?.syntaxError?.span).toMatchObject({ line: 2, endLine: 2 });
  });

  test("a script that ends too early", () => {
    const [statement] = read("ALTER TABLE person ADD COLUMN");
    expect(statement?.syntaxError?.message).toContain("end of input");
  });

  test.each(["\0", "SELECT \0 1", "\\", ";", "$$", "'", '"', "/*", "--", "\\copy", "(((((", "é".repeat(3000)])("%j never throws", (sql) => {
    for (const statement of read(sql)) engine.changes(statement, emptyState());
  });
});

describe("what psql understands and the server does not", () => {
  test("a dump with \\restrict and COPY data is read; the data is no SQL", () => {
    const sql =
      "\\restrict k3y\nCOPY public.team (id, name) FROM stdin;\n1\tit's; here\n2\t\\N\n\\.\n\nALTER TABLE team ADD COLUMN a int;\n\\unrestrict k3y\n";
    const statements = read(sql);
    expect(statements.map((s) => s.sql.split("\n")[0])).toEqual([
      "\\restrict k3y",
      "COPY public.team (id, name) FROM stdin",
      "ALTER TABLE team ADD COLUMN a int",
      "\\unrestrict k3y",
    ]);
    expect(statements.every((s) => s.opaque === null)).toBe(true);
    expect(engine.changes(nth(statements, 1), emptyState())).toMatchObject([{ kind: "write", verb: "copy", table: "public.team" }]);
  });

  test.each([
    ["\\connect other", "another database"],
    ["\\i more.sql", "another file"],
    ["\\! rm -rf /", "shell"],
    ["\\if :{?x}", "condition"],
    ["\\set name person", "variable"],
    ["\\frobnicate", "not known"],
  ])("%s is named and opaque", (sql, reason) => {
    const [statement] = read(`${sql}\nSELECT 1;`);
    expect(statement?.opaque).toContain(reason);
  });

  test.each(["\\echo hello", "\\set ON_ERROR_STOP on", "\\timing", "\\pset pager off"])("%s does nothing to the database", (sql) => {
    expect(read(sql)[0]?.opaque).toBeNull();
  });

  test("a statement with a psql variable is opaque, a cast is not", () => {
    const [variable, quoted, cast, slice] = read(
      "DROP TABLE :name; DELETE FROM t WHERE a = :'v'; SELECT a::text FROM t; SELECT a[1:n] FROM t;",
    );
    expect(variable?.opaque).toContain(":name");
    expect(quoted?.opaque).toContain(":'v'");
    expect([cast?.opaque, slice?.opaque]).toEqual([null, null]);
  });

  test("\\gexec runs what the query builds", () => {
    const statements = read("SELECT 'DROP TABLE ' || relname FROM pg_class \\gexec\nSELECT 1;");
    expect(statements.map((s) => s.opaque !== null)).toEqual([false, true, false]);
  });
});

describe("tread-ignore", () => {
  test("belongs to the statement it stands before, in, or behind on the same line", () => {
    const statements = read(
      [
        "-- tread-ignore drop-column: nobody reads it since v3",
        "ALTER TABLE person DROP COLUMN nick;",
        "ALTER TABLE person -- tread-ignore drop-table, set-not-null: both agreed with Ana",
        "  ADD a int; /* tread-ignore missing-lock-timeout */",
        "SELECT 1;",
      ].join("\n"),
    );
    expect(statements.map((s) => s.suppressions.map((x) => [x.rule, x.reason]))).toEqual([
      [["drop-column", "nobody reads it since v3"]],
      [
        ["drop-table", "both agreed with Ana"],
        ["set-not-null", "both agreed with Ana"],
        ["missing-lock-timeout", null],
      ],
      [],
    ]);
    expect(statements[0]?.suppressions[0]?.span).toMatchObject({ line: 1, column: 4 });
  });
});

test("reading is linear: four times the text takes about four times the time", () => {
  const line = "-- résumé\nINSERT INTO team (id, name) VALUES (1, 'some text; that is long enough to look like data in a seed file');\n";
  const time = (count: number): number => {
    const sql = line.repeat(count);
    const start = process.cpuUsage();
    expect(read(sql)).toHaveLength(count);
    return process.cpuUsage(start).user;
  };
  time(1_000);
  const [once, fourTimes] = [time(2_000), time(8_000)];
  // Quadratic work would be 16 times as much.
  expect(fourTimes / once).toBeLessThan(8);
});

describe("templates", () => {
  test.each([
    ["ALTER TABLE ${schema}.invoice ADD COLUMN note text;", "${schema}"],
    ["CREATE INDEX invoice_idx ON invoice (note) TABLESPACE ${flyway:tablespace};", "${flyway:tablespace}"],
  ])("%s is not a syntax error but unknown until the placeholder is filled in", (sql, placeholder) => {
    const [statement] = read(`${sql}\nSELECT 1;`);
    expect(statement?.syntaxError).toBeNull();
    expect(statement?.opaque).toContain(`the placeholder ${placeholder} is replaced`);
    expect(nth(read(`${sql}\nSELECT 1;`), 1).opaque).toBeNull();
  });

  test("a placeholder in a string is text, and a real syntax error stays one", () => {
    expect(nth(read("INSERT INTO mail VALUES ('Dear ${name}');"), 0).opaque).toBeNull();
    expect(nth(read("ALTER TABLE invoice ADD COLUM note text, '${x}';"), 0).syntaxError).not.toBeNull();
  });
});
