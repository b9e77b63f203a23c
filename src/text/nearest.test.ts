import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const RULES = ["drop-column", "drop-table", "rename-column", "add-column-rewrite", "set-not-null"];

test.each([
  ["drop-colum", "drop-column"],
  ["drop_column", "drop-column"],
  ["dropcolumn", "drop-column"],
  ["DROP-TABLE", "drop-table"],
  ["rename-colunm", "rename-column"],
  ["add-column", "add-column-rewrite"],
  ["set-notnull", "set-not-null"],
  ["vacuum", null],
  ["x", null],
])("%s means %s", (typed, meant) => expect(nearest(typed, RULES)).toBe(meant));

test("short names are not answered with anything at hand", () => {
  expect(nearest("eu", ["us", "dev"])).toBeNull();
  expect(nearest("v1", ["v2"])).toBe("v2");
  expect(nearest("clod", ["cloud", "local"])).toBe("cloud");
});

test("a very long name takes no time", () => {
  expect(nearest("a".repeat(1_000_000), RULES)).toBeNull();
});
