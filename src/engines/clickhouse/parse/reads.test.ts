import { describe, expect, test } from "vitest";
import type { DataType, Expression, Query } from "./ast.ts";
import { columnsRead, formatExpression, formatType, literalsOf, outputNames, parseScript, tablesRead, typeEquals } from "./index.ts";

function query(sql: string): Query {
  const statement = parseScript(sql)[0]?.statement;
  if (statement?.kind !== "select") throw new Error(JSON.stringify(statement));
  return statement.query;
}

function expression(text: string): Expression {
  const read = query(`SELECT ${text}`);
  const column = read.kind === "select" ? read.columns[0] : undefined;
  if (column === undefined) throw new Error(text);
  return column;
}

function type(text: string): DataType {
  const cast = expression(`x::${text}`);
  if (cast.kind !== "cast") throw new Error(cast.kind);
  return cast.type;
}

const columns = (text: string): readonly string[] =>
  columnsRead(expression(text)).map((column) => column.parts.map((part) => part.text).join("."));

describe("the columns of an expression", () => {
  test("wherever they stand, each as often as it stands there", () => {
    expect(columns("if(a > 1, concat(b, a), sum(c) FILTER (WHERE d) OVER (PARTITION BY e ORDER BY f)) + t.g")).toEqual([
      "a",
      "b",
      "a",
      "c",
      "d",
      "e",
      "f",
      "t.g",
    ]);
  });

  test("parameters of lambdas are none, what surrounds them is", () => {
    expect(columns("arrayMap(x -> x + rate, prices)")).toEqual(["rate", "prices"]);
  });

  test("its literals", () => {
    expect(literalsOf(expression("a = 'x' AND b IN (1, -2)")).map(({ value }) => ("text" in value ? value.text : value))).toEqual([
      { type: "string", value: "x" },
      "1",
      "-2",
    ]);
  });
});

describe("the tables of a query", () => {
  const reads = (sql: string): unknown[] =>
    tablesRead(query(sql)).map(({ source, columns: known, all, ambiguous }) => [
      source.kind === "table" ? [source.name.database?.text, source.name.name.text].filter(Boolean).join(".") : source.function.name,
      [...known].sort(),
      all ? "all" : [...ambiguous].sort(),
    ]);

  test("one alone: every bare name is its column, an alias is none", () => {
    expect(
      reads("SELECT toDate(at) AS day, sum(amount) AS total FROM shop.orders WHERE state = 'paid' GROUP BY day ORDER BY total"),
    ).toEqual([["shop.orders", ["amount", "at", "state"], []]]);
  });

  test("of several each has those that carry its name; the others may be anyone's", () => {
    expect(reads("SELECT o.id, c.name, amount FROM orders AS o JOIN shop.customers c ON o.customer_id = c.id")).toEqual([
      ["orders", ["customer_id", "id"], ["amount"]],
      ["shop.customers", ["id", "name"], ["amount"]],
    ]);
  });

  test("those in subqueries, CTEs, unions and table functions count; the name of a CTE is no table", () => {
    const sql = `WITH recent AS (SELECT id FROM events WHERE at > now())
      SELECT count() FROM recent WHERE id IN (SELECT user_id FROM erased) UNION ALL SELECT value FROM remote('h', db.t)`;
    expect(reads(sql)).toEqual([
      ["events", ["at", "id"], []],
      ["erased", ["user_id"], []],
      ["remote", ["value"], []],
    ]);
  });

  test("a star reads what only the schema knows; count(*) reads nothing", () => {
    expect(reads("SELECT t.* FROM a AS t, b")).toEqual([
      ["a", [], "all"],
      ["b", [], []],
    ]);
    expect(reads("SELECT count(*) FROM a")).toEqual([["a", [], []]]);
  });

  test("what its columns are called", () => {
    expect(outputNames(query("SELECT id, t.name, sum(x) AS total, count(), * FROM t UNION ALL SELECT 1"))).toEqual([
      "id",
      "name",
      "total",
      null,
      null,
    ]);
  });
});

describe("types and expressions as text", () => {
  test("a type in the engine's spelling", () => {
    const sql = "Map(LowCardinality( String ),Tuple(a  UInt8,`b c` Nullable(DateTime64(3,'UTC')), e Enum8('x'=1,'it''s'=-2)))";
    expect(formatType(type(sql))).toBe(
      "Map(LowCardinality(String), Tuple(a UInt8, `b c` Nullable(DateTime64(3, 'UTC')), e Enum8('x' = 1, 'it\\'s' = -2)))",
    );
    expect(formatType(type("AggregateFunction(quantiles(0.5,0.9),Float64)"))).toBe("AggregateFunction(quantiles(0.5, 0.9), Float64)");
    expect(formatType(type("JSON(max_dynamic_paths=8,a.b UInt8,SKIP c)"))).toBe("JSON(max_dynamic_paths = 8, `a.b` UInt8, SKIP c)");
  });

  test("two types are equal whatever blanks stand in them", () => {
    expect(typeEquals(type("Array( UInt8 )"), type("Array(UInt8)"))).toBe(true);
    expect(typeEquals(type("Array(UInt8)"), type("Array(UInt16)"))).toBe(false);
  });

  test("an expression as it was written", () => {
    const sql = "SELECT  a  +b AS c";
    const read = query(sql);
    const [sum] = read.kind === "select" ? read.columns : [];
    expect(sum === undefined ? null : formatExpression(sum, sql)).toBe("a  +b");
  });
});
