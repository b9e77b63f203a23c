import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLICKHOUSE_FINDINGS, CLICKHOUSE_RULES } from "./clickhouse/index.ts";
import { OTHER_FINDINGS, RULES } from "./index.ts";
import { ruleIds, rulePage, ruleSummary } from "./pages.ts";

const here = (path: string): URL => new URL(path, import.meta.url);
const files = ["postgres", "clickhouse", "any", "style"].flatMap((folder) =>
  readdirSync(here(`./${folder}/`)).map((name) => ({ folder, name })),
);

describe("the registry of rules", () => {
  it("knows every file of the rule folders", () => {
    const written = files
      .filter(({ folder, name }) => folder !== "clickhouse" && name.endsWith(".ts"))
      .map(({ name }) => name.replace(".ts", ""));
    expect(RULES.map((rule) => rule.id).sort()).toEqual(written.sort());
  });

  it("knows every rule about ClickHouse: each page there has its file and its line", () => {
    const pages = files
      .filter(({ folder, name }) => folder === "clickhouse" && name.endsWith(".md"))
      .map(({ name }) => name.replace(".md", ""));
    expect([...CLICKHOUSE_RULES.map((rule) => rule.id), ...Object.keys(CLICKHOUSE_FINDINGS)].sort()).toEqual(pages.sort());
    for (const { id } of CLICKHOUSE_RULES) {
      expect(existsSync(here(`./clickhouse/${id}.ts`)), id).toBe(true);
      expect(existsSync(here(`./clickhouse/${id}.cases.sql`)), id).toBe(true);
    }
  });

  it("has no page and no cases without a rule", () => {
    const known = new Set(ruleIds());
    const strangers = files
      .map(({ name }) => name)
      .filter((name) => /\.(md|cases\.sql)$/.test(name))
      .filter((name) => !known.has(name.replace(/\.(md|cases\.sql)$/, "")));
    expect(strangers).toEqual([]);
  });

  it("is in alphabetical order, so that a new line has one place", () => {
    for (const rules of [RULES, CLICKHOUSE_RULES]) {
      const ids = rules.map((rule) => rule.id);
      expect(ids).toEqual([...ids].sort());
    }
  });

  for (const { id, database, preset, summary } of RULES) {
    it(`${id} lies in its folder with a page and cases, and says in one line what it finds`, () => {
      const folder = preset ?? database;
      expect(existsSync(here(`./${folder}/${id}.ts`))).toBe(true);
      // What only a rehearsal can raise is told by a test of its own.
      if (id !== "witness-disagreement") expect(existsSync(here(`./${folder}/${id}.cases.sql`))).toBe(true);
      expect(summary).not.toMatch(/\.$|\n/);
    });
  }
});

describe("tread explain", () => {
  for (const id of ruleIds()) {
    it(`has a page for ${id} that says what it finds, why and what to do`, () => {
      const page = rulePage(id) ?? "";
      expect(page.split("\n")[0]).toBe(`# ${id}`);
      expect(page).toMatch(/^## Why it (hurts|matters)$/m);
      expect(page).toMatch(/^## What to do$/m);
      expect(page.length).toBeGreaterThan(500);
      expect(ruleSummary(id)).not.toBeNull();
    });
  }

  it("every suppression that a page shows names that rule and gives a reason", () => {
    for (const id of ruleIds()) {
      for (const [, rule, reason] of (rulePage(id) ?? "").matchAll(/^-- tread-ignore ([a-z0-9-]+)(?:: (.+))?$/gm)) {
        expect(reason, id).toBeTruthy();
        if (id !== "suppression") expect(rule).toBe(id);
      }
    }
  });

  it("has no page for a rule that does not exist", () => {
    expect(rulePage("drop-colum")).toBeNull();
    expect(rulePage("../rule")).toBeNull();
    expect(Object.keys(OTHER_FINDINGS).every((id) => ruleIds().includes(id))).toBe(true);
  });
});
