import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AdviseError } from "../errors.ts";
import { limitsIn, scaleLimits } from "./limits.ts";
import { readWorkload } from "./read-workload.ts";
import type { Workload } from "./workload.ts";

const folder = mkdtempSync(join(tmpdir(), "tread-workload-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string, text: string): Workload {
  writeFileSync(join(folder, name), text);
  return readWorkload([name], folder);
}

/** What a user would read on stderr. */
function refusal(name: string, text: string): string {
  try {
    read(name, text);
  } catch (error) {
    if (error instanceof AdviseError) return `${error.message} | ${error.help}`;
    throw error;
  }
  throw new Error("it was read");
}

describe("a .sql file with frequencies", () => {
  test("names, rates per minute and lines; semicolons in strings and comments end nothing", () => {
    const { queries, notes } = read(
      "rides.sql",
      `-- Rides of the city dashboard.
-- tread: frequency=120/min name=board
SELECT count() FROM rides WHERE city = 'a;b' -- not; here
  AND at > '2026-01-01';
/* tread: frequency=6/hour name="night report" */
SELECT 1 FROM rides;
-- tread: frequency=1_440/day database=fleet
SELECT $$;$$, \`x;y\` FROM rides`,
    );
    expect(queries.map(({ name, frequency, line, database }) => ({ name, frequency, line, database }))).toEqual([
      { name: "board", frequency: 120, line: 3, database: null },
      { name: "night report", frequency: 0.1, line: 6, database: null },
      { name: "query 3", frequency: 1, line: 8, database: "fleet" },
    ]);
    expect(queries[0]?.sql.endsWith("at > '2026-01-01'")).toBe(true);
    expect(notes).toEqual([]);
  });

  test("queries without a frequency count once, and that is said", () => {
    const { queries, notes } = read("plain.sql", "SELECT 1 FROM a;\nSELECT 2 FROM a;");
    expect(queries.map(({ frequency }) => frequency)).toEqual([1, 1]);
    expect(notes.join()).toContain("2 of 2 queries have no frequency");
  });

  test("two queries of one name stay apart", () => {
    const { queries } = read("twice.sql", "-- tread: name=q\nSELECT 1;\n-- tread: name=q\nSELECT 2;");
    expect(queries.map(({ name }) => name)).toEqual(["q", "q (2)"]);
  });

  test.each([
    ["-- tread: frequncy=5\nSELECT 1", "bad.sql:1: tread knows no frequncy here | did you mean frequency?"],
    ["-- tread: frequency=often\nSELECT 1", "bad.sql:1: frequency=often is no frequency"],
    ["SELECT 1;\n-- tread: frequency=5/min\n", "bad.sql:2: no query follows this annotation"],
    ["-- nothing but words\n", "there is no query in it"],
  ])("%j is refused with its place", (text, expected) => {
    expect(refusal("bad.sql", text)).toContain(expected);
  });
});

describe("an export of system.query_log", () => {
  test("JSON lines with 64-bit integers as text; question marks are seen as missing literals, but not those in strings", () => {
    const { queries } = read(
      "log.jsonl",
      `{"query":"SELECT count() FROM web.hits WHERE tenant_id = ? AND url = 'a?b'","count":"1200","database":"web","readRows":"81920"}
{"query":"SELECT 1 FROM web.hits WHERE a ? b : c","count":3}
`,
    );
    expect(queries[0]).toMatchObject({ frequency: 1200, database: "web", readRows: 81920, normalised: true, line: 1 });
    expect(queries[1]).toMatchObject({ frequency: 3, database: null, line: 2 });
  });

  test("FORMAT JSON and a JSON array are read as well", () => {
    expect(read("whole.json", '{\n"meta": [],\n"data": [{"query": "SELECT 1", "count": 2}]\n}').queries).toHaveLength(1);
    expect(read("list.json", '[{"query": "SELECT 1", "count": 2}]').queries).toHaveLength(1);
  });

  test.each([
    ['{"query":"SELECT 1","count":2}\n{"query": broken}\n', "log.jsonl:2: is not JSON"],
    ['{"sql":"SELECT 1"}\n', 'log.jsonl:1: has no "query"'],
    ['{"query":"SELECT 1","count":"many"}\n', 'log.jsonl:1: "count" is no number'],
  ])("%j is refused with its line", (text, expected) => {
    expect(refusal("log.jsonl", text)).toContain(expected);
  });
});

test("limits shrink with the sample, also in subqueries, and never to nothing", () => {
  const sql = "SELECT a FROM t WHERE b IN (SELECT b FROM u LIMIT 3) AND c = 'LIMIT 100' ORDER BY a LIMIT 100 OFFSET 20";
  expect(scaleLimits(sql, limitsIn(sql), 10)).toBe(
    "SELECT a FROM t WHERE b IN (SELECT b FROM u LIMIT 1) AND c = 'LIMIT 100' ORDER BY a LIMIT 10 OFFSET 2",
  );
});
