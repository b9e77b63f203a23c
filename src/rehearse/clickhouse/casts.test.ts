import { describe, expect, test } from "vitest";
import { damage, rehearseScene } from "./input.test-helper.ts";

// The ferry company's till: what was sold on board, and the journal that a view keeps of it.
const TILL = `CREATE TABLE sales (id UInt64, cents Int64, tip Nullable(Int32), paid UInt8, terminal IPv4, stamps Array(UInt8))
  ENGINE = MergeTree ORDER BY id;
INSERT INTO sales VALUES (1, 70000, NULL, 7, '10.0.0.1', [1, 7]), (2, 250, 20, 1, '10.0.0.2', [0]);
CREATE TABLE drinks (id UInt64, cents Int16, tip Int32) ENGINE = MergeTree ORDER BY id;
CREATE TABLE counter (id UInt64, cents Int64) ENGINE = MergeTree ORDER BY id;
CREATE TABLE journal (id UInt64, cents Int16) ENGINE = MergeTree ORDER BY id;
CREATE MATERIALIZED VIEW journal_view TO journal AS SELECT id, cents FROM counter;`;

describe("what a statement puts into columns of another type", () => {
  test("an INSERT … SELECT wraps what does not fit and turns NULL into the default", async () => {
    const { observed } = await rehearseScene({
      applied: TILL,
      judged: "INSERT INTO drinks SELECT id, cents, tip FROM sales WHERE id < 3;",
    });
    expect(observed[0]).toMatchObject({ class: "rebuild", error: null });
    const [wraps, drops] = damage(observed[0]);
    expect(wraps).toMatchObject({ kind: "wraps", columns: ["cents"], what: expect.stringContaining("'70000' as '4464'") });
    expect(drops).toMatchObject({ kind: "drops-values", columns: ["tip"], what: expect.stringContaining("'NULL' as '0'") });
  }, 120_000);

  test("rows that are brought wrap in the view behind the table that takes them", async () => {
    const { observed } = await rehearseScene({ applied: TILL, judged: "INSERT INTO counter SELECT id, cents FROM sales WHERE id < 3;" });
    expect(damage(observed[0])[0]).toMatchObject({
      kind: "wraps",
      columns: ["cents"],
      table: expect.stringMatching(/\.journal$/),
      what: expect.stringContaining("journal_view puts into cents"),
    });
  }, 120_000);

  test("literals that a column does not hold are stored as others", async () => {
    const { observed } = await rehearseScene({ applied: TILL, judged: "INSERT INTO drinks VALUES (9, 40000, NULL), (10, 250, 3);" });
    expect(damage(observed[0]).map(({ kind, columns }) => [kind, columns])).toEqual([
      ["wraps", ["cents"]],
      ["drops-values", ["tip"]],
    ]);
  }, 120_000);

  test("an UPDATE that meets NULL for a column that has none is accepted and never carried out", async () => {
    const { observed } = await rehearseScene({
      applied: `${TILL}\nINSERT INTO drinks VALUES (1, 250, 3);\nALTER TABLE drinks ADD COLUMN refund Nullable(Int32);`,
      judged: "ALTER TABLE drinks UPDATE tip = refund WHERE id = 1;",
    });
    expect(observed[0]).toMatchObject({ class: "mutation", error: { code: 341 }, blocks: "mutations-behind-it" });
    expect(damage(observed[0])[0]).toMatchObject({ kind: "drops-values", what: expect.stringContaining("nothing of it is done") });
  }, 120_000);
});

describe("what the same bytes are read as", () => {
  test("numbers above 1 are true as a Bool, alone and inside of an array", async () => {
    const { observed } = await rehearseScene({
      applied: TILL,
      judged: "ALTER TABLE sales MODIFY COLUMN paid Bool; ALTER TABLE sales MODIFY COLUMN stamps Array(Bool);",
    });
    expect(damage(observed[0])[0]).toMatchObject({
      kind: "drops-values",
      columns: ["paid"],
      what: expect.stringContaining("'7' became 'true'"),
    });
    expect(damage(observed[1])[0]).toMatchObject({ kind: "drops-values", columns: ["stamps"] });
  }, 120_000);

  test("an address that becomes a number means something else to who reads it", async () => {
    const { observed } = await rehearseScene({ applied: TILL, judged: "ALTER TABLE sales MODIFY COLUMN terminal UInt32;" });
    expect(damage(observed[0])[0]).toMatchObject({
      kind: "semantics",
      columns: ["terminal"],
      what: expect.stringMatching(/for example '\d+\.\d+\.\d+\.\d+' became '\d+'/),
    });
  }, 120_000);
});
