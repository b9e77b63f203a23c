import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleIds } from "../pages.ts";
import { CLICKHOUSE_RULES } from "./index.ts";

interface Row {
  readonly id: string;
  readonly hazard: string;
  readonly rules: readonly string[];
  readonly remark: string;
}

/** `docs/hazards-clickhouse.md`: what is known to hurt, and which rule says so. */
const rows: readonly Row[] = readFileSync(new URL("../../../docs/hazards-clickhouse.md", import.meta.url), "utf8")
  .split("\n")
  .flatMap((line): readonly Row[] => {
    const [, id = "", hazard = "", rules = "", remark = ""] = /^\| ((?:CH|S6-)\w+) \| (.+?) \| (.*?) \| (.*?) ?\|$/.exec(line) ?? [];
    return id === "" ? [] : [{ id, hazard, rules: [...rules.matchAll(/`([^`]+)`/g)].map(([, rule = ""]) => rule), remark: remark.trim() }];
  });

/** The numbers of the catalogue: it leaves gaps between its chapters. */
const CHAPTERS = [
  [1, 21],
  [30, 49],
  [50, 73],
  [80, 92],
  [100, 106],
  [110, 117],
  [120, 132],
  [140, 160],
  [170, 174],
] as const;

describe("the table of ClickHouse hazards", () => {
  it("has each number of every chapter, in order", () => {
    const expected = CHAPTERS.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, at) => `CH${String(first + at).padStart(3, "0")}`),
    );
    expect(rows.map(({ id }) => id).filter((id) => /^CH\d{3}$/.test(id))).toEqual(expected);
    expect(rows.map(({ id }) => id)).toContain("CH124b");
  });

  it("names only rules that exist", () => {
    const known = new Set(ruleIds());
    expect(rows.flatMap(({ id, rules }) => rules.filter((rule) => !known.has(rule)).map((rule) => `${id}: ${rule}`))).toEqual([]);
  });

  it("says for every hazard which rule decides it, or why none does", () => {
    const silent = rows.filter(({ rules, remark }) => rules.length === 0 && !/^(?:not a hazard|not decidable here)/.test(remark));
    expect(silent.map(({ id, hazard }) => `${id}: ${hazard}`)).toEqual([]);
  });

  it("leaves no rule out", () => {
    const named = new Set(rows.flatMap(({ rules }) => rules));
    expect(CLICKHOUSE_RULES.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
  });
});
