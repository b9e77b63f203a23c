import { describe, expect, test } from "vitest";
import { readBytes, readCount, readFraction, readSeconds } from "./numbers.ts";

describe("numbers as people and tools write them", () => {
  test.each<[unknown, number | null]>([
    [2_004_118_230, 2_004_118_230],
    ["2,004,118,230", 2_004_118_230],
    ["2.004.118.230", 2_004_118_230],
    ["2 004 118 230", 2_004_118_230],
    ["2\u00A0004\u202F118", 2_004_118],
    ["~41,230", 41_230],
    ["2.0 billion", 2_000_000_000],
    ["1.5M", 1_500_000],
    ["12k rows", 12_000],
    ["1.2e9", 1_200_000_000],
    ["5,200 / s", 5200],
    ["0,5", 0.5],
    ["", null],
    ["n/a", null],
    [null, null],
  ])("rows: %s", (written, rows) => {
    expect(readCount(written)).toBe(rows);
  });

  test.each<[unknown, number]>([
    [4096, 4096],
    ["8192 bytes", 8192],
    ["812 GB", 812 * 1024 ** 3],
    ["1.5 TiB", 1.5 * 1024 ** 4],
    ["350MB", 350 * 1024 ** 2],
    ["1,5 GB", 1.5 * 1024 ** 3],
    ["16 kB", 16_384],
    ["3 G", 3 * 1024 ** 3],
  ])("bytes: %s", (written, bytes) => {
    expect(readBytes(written)).toBe(bytes);
  });

  test("fractions and durations", () => {
    expect([readFraction("2%"), readFraction(0.02), readFraction("0.02")]).toEqual([0.02, 0.02, 0.02]);
    expect([readSeconds("41"), readSeconds("2 min"), readSeconds("00:01:05"), readSeconds("1 day 02:00:00")]).toEqual([
      41, 120, 65, 93_600,
    ]);
  });

  test.each(["many", "1,2,3", "-5", "12 parsecs", "Infinity"])("what is no number is an error that repeats it: %s", (written) => {
    expect(() => readCount(written)).toThrow(written);
  });

  test("a fraction above 1 and an unknown unit of size are errors", () => {
    expect(() => readFraction("2")).toThrow("between 0 and 1");
    expect(() => readBytes("812 potatoes")).toThrow("not a size");
  });
});
