import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleIds } from "./pages.ts";

interface Row {
  readonly number: number;
  readonly hazard: string;
  readonly rules: readonly string[];
  readonly remark: string;
}

/** `docs/hazards.md`: what is known to hurt, and which rule says so. */
const rows: readonly Row[] = readFileSync(new URL("../../docs/hazards.md", import.meta.url), "utf8")
  .split("\n")
  .flatMap((line): readonly Row[] => {
    const [, number = "", hazard = "", rules = "", remark = ""] = /^\| (\d+) \| (.+?) \| (.*?) \| (.*?) ?\|$/.exec(line) ?? [];
    if (number === "") return [];
    return [{ number: Number(number), hazard, rules: [...rules.matchAll(/`([^`]+)`/g)].map(([, id = ""]) => id), remark: remark.trim() }];
  });

describe("the table of hazards", () => {
  it("has each of the 151, once and in order", () => {
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 151 }, (_, at) => at + 1));
  });

  it("names only rules that exist", () => {
    const known = new Set(ruleIds());
    expect(rows.flatMap(({ number, rules }) => rules.filter((id) => !known.has(id)).map((id) => `${number}: ${id}`))).toEqual([]);
  });

  it("says for every hazard which rule decides it, or why none does", () => {
    const silent = rows.filter(
      ({ rules, remark }) => rules.length === 0 && !/^(not a hazard|cannot be decided|covered by|a preference)/.test(remark),
    );
    expect(silent.map(({ number, hazard }) => `${number}: ${hazard}`)).toEqual([]);
  });

  it("points only to cases that are there", () => {
    const missing = rows.flatMap(({ number, remark }) =>
      [...remark.matchAll(/case \*([^*]+)\* of `([^`]+)`/g)].flatMap(([, name = "", rule = ""]) => {
        const cases = readFileSync(new URL(`./postgres/${rule}.cases.sql`, import.meta.url), "utf8");
        return cases.split("\n").some((line) => line.startsWith("-- case: ") && line.includes(name)) ? [] : [`${number}: ${name}`];
      }),
    );
    expect(missing).toEqual([]);
  });
});
