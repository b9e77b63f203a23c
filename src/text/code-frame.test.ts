import { describe, expect, test } from "vitest";
import { codeFrame, frameText, splitLines } from "./code-frame.ts";
import type { Mark } from "./code-frame.ts";
import { displayWidth, truncate, wrap } from "./width.ts";

function span(file: string, text: string, wanted: string): Mark["span"] {
  const start = text.indexOf(wanted);
  if (start === -1) throw new Error(`${wanted} is not in the text`);
  const at = (offset: number): { line: number; column: number } => {
    const before = text.slice(0, offset).split("\n");
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
  };
  const from = at(start);
  const to = at(start + wanted.length);
  return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

function frame(text: string, marks: readonly [string, string][], width = 100): string {
  const drawn = codeFrame(
    marks.map(([wanted, label], index) => ({ span: span("0045_fk.sql", text, wanted), label, primary: index === 0 })),
    { width, lines: () => splitLines(text) },
  );
  return frameText(drawn.lines).join("\n");
}

test("the smallest span with its label, a secondary span, and the line before", () => {
  const sql = "ALTER TABLE orders\n  ADD CONSTRAINT orders_customer_fk\n  FOREIGN KEY (customer_id) REFERENCES customers (id);\n";
  expect(
    frame(sql, [
      ["ADD CONSTRAINT orders_customer_fk", "SHARE ROW EXCLUSIVE on public.orders"],
      ["REFERENCES customers", "and on public.customers"],
    ]),
  ).toBe(`  ╭▸ 0045_fk.sql:2:3
  │
1 │ ALTER TABLE orders
2 │   ADD CONSTRAINT orders_customer_fk
  │   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ SHARE ROW EXCLUSIVE on public.orders
3 │   FOREIGN KEY (customer_id) REFERENCES customers (id);
  │                             ──────────────────── and on public.customers
  │`);
});

test("lines far apart are joined by a gap, and line numbers keep their column", () => {
  const sql = `${"SELECT 1;\n".repeat(8)}LOCK TABLE person;\n\n\nALTER TABLE person ADD COLUMN x int;\n`;
  expect(
    frame(sql, [
      ["ALTER TABLE person", "waits"],
      ["LOCK TABLE person", "taken here"],
    ]),
  ).toBe(`   ╭▸ 0045_fk.sql:12:1
   │
 9 │ LOCK TABLE person;
   │ ───────────────── taken here
   ┆
12 │ ALTER TABLE person ADD COLUMN x int;
   │ ━━━━━━━━━━━━━━━━━━ waits
   │`);
});

test("tabs are expanded and wide characters take two columns", () => {
  expect(frame("ALTER TABLE 顧客\n\tADD COLUMN 🙂 text /* 名前 */ NOT NULL;", [["NOT NULL", "here"]])).toBe(`  ╭▸ 0045_fk.sql:2:30
  │
1 │ ALTER TABLE 顧客
2 │     ADD COLUMN 🙂 text /* 名前 */ NOT NULL;
  │                                   ━━━━━━━━ here
  │`);
});

test("a long line is cut around the span", () => {
  const sql = `INSERT INTO plugin_config (name) VALUES (${"'padding', ".repeat(30)}gen_random_uuid(), ${"'more', ".repeat(30)}now());`;
  const drawn = frame(sql, [["gen_random_uuid()", "volatile"]], 72);
  expect(drawn).toBe(`  ╭▸ 0045_fk.sql:1:372
  │
1 │ …ng', 'padding', gen_random_uuid(), 'more', 'more', 'more', 'more',…
  │                  ━━━━━━━━━━━━━━━━━ volatile
  │`);
  expect(Math.max(...drawn.split("\n").map(displayWidth))).toBeLessThanOrEqual(72);
});

test("two things said about one place share its underline", () => {
  const sql = "migrations.AddField(default=0)";
  expect(
    frame(sql, [
      [sql, "from here on an INSERT must name the column"],
      [sql, "added with a default here"],
    ]),
  ).toBe(`  ╭▸ 0045_fk.sql:1:1
  │
1 │ migrations.AddField(default=0)
  │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ from here on an INSERT must name the column
  │ added with a default here
  │`);
});

test("a label without room beside the underline stands below it", () => {
  const sql = "ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();";
  expect(
    frame(
      sql,
      [["public_id uuid NOT NULL DEFAULT gen_random_uuid()", "volatile: a new value for every row, so every row is written again"]],
      90,
    ),
  ).toBe(`  ╭▸ 0045_fk.sql:1:31
  │
1 │ ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
  │                               ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  │                     volatile: a new value for every row, so every row is written again
  │`);
});

test("one line of megabytes is drawn at once", () => {
  const sql = `INSERT INTO t VALUES (${"1,".repeat(2_500_000)}0); DROP TABLE person;`;
  const started = performance.now();
  expect(frame(sql, [["DROP TABLE person", "gone"]], 80)).toMatch(/DROP TABLE person;\n {2}│ +━{17}\n {2}│ +gone/);
  expect(performance.now() - started).toBeLessThan(500);
});

test("a statement of many lines shows its beginning and its end", () => {
  const sql = `CREATE TABLE t (\n${Array.from({ length: 20 }, (_, i) => `  c${i} int,`).join("\n")}\n  z int\n);`;
  const drawn = frame(sql, [[sql.slice(0, -1), "all of it"]]);
  expect(drawn).toContain("   ┆");
  expect(drawn).toContain(" 4 │   c2 int,\n");
  expect(drawn).not.toContain("c9");
  expect(drawn).toContain("23 │ );\n   │ ━ all of it");
  expect(drawn.split("\n").length).toBeLessThan(20);
});

test("a file that cannot be read still has its place and label", () => {
  const drawn = codeFrame(
    [{ span: { file: "gone.sql", line: 3, column: 1, endLine: 3, endColumn: 5 }, label: "dropped here", primary: true }],
    {
      width: 80,
      lines: () => null,
    },
  );
  expect(frameText(drawn.lines)).toEqual(["  ╭▸ gone.sql:3:1", "  │ dropped here"]);
});

test("escape sequences in code are shown, not obeyed, and keep their column", () => {
  const drawn = frame("-- \u001b[2J\u202e hidden\nDROP TABLE a\u0007b;", [["DROP TABLE a\u0007b", "this"]]);
  // oxlint-disable-next-line no-control-regex
  expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(drawn).toContain("DROP TABLE a␇b;\n  │ ━━━━━━━━━━━━━━ this");
});

test("CRLF files and spans past the end do no harm", () => {
  expect(frame("SELECT 1;\r\nDROP TABLE a;\r\n", [["DROP TABLE a", "gone"]])).not.toContain("\r");
  const beyond = { file: "f.sql", line: 99, column: 4, endLine: 99, endColumn: 9 };
  expect(frameText(codeFrame([{ span: beyond, label: "x", primary: true }], { width: 80, lines: () => ["one"] }).lines)[0]).toBe(
    "  ╭▸ f.sql:99:4",
  );
});

describe("widths", () => {
  test.each([
    ["person", 6],
    ["顧客", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 2],
    ["❤️", 2],
    ["━╭▸", 3],
    ["ｗ", 2],
  ])("%s takes %i columns", (text, width) => expect(displayWidth(text)).toBe(width));

  test("truncate and wrap count columns", () => {
    expect(truncate("顧客顧客顧客", 7)).toBe("顧客顧…");
    expect(truncate("person", 6)).toBe("person");
    expect(wrap("every query on `person` waits behind it", 20)).toEqual(["every query on", "`person` waits", "behind it"]);
  });
});
