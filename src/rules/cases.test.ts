import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { Case } from "./cases.test-helper.ts";
import { judgeCase, readCases, spellExpected, spellFindings } from "./cases.test-helper.ts";

const stories: Case[] = [];
for (const folder of ["postgres", "any", "style"]) {
  const base = new URL(`./${folder}/`, import.meta.url);
  for (const file of readdirSync(base).filter((name) => name.endsWith(".cases.sql"))) {
    stories.push(...readCases(new URL(file, base), file.replace(".cases.sql", "")));
  }
}

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

/** Exactly what a case marks with `-- expect:` is found: a safe twin has no mark. */
for (const rule of new Set(stories.map((story) => story.rule))) {
  describe(rule, () => {
    for (const story of stories.filter((candidate) => candidate.rule === rule)) {
      it(story.name, () => {
        expect(spellFindings(judgeCase(engine, story).findings, story)).toEqual(spellExpected(story));
      });
    }
  });
}

describe("the cases of a rule", () => {
  for (const rule of new Set(stories.map((story) => story.rule))) {
    it(`${rule}: at least one fires and one safe twin is silent`, () => {
      const own = stories.filter((story) => story.rule === rule);
      const fires = (story: Case): boolean => story.expected.some((expectation) => expectation.rule === rule);
      expect(own.some(fires), "no case expects the rule").toBe(true);
      expect(own.every(fires), "no case is silent").toBe(false);
    });
  }
});

describe("what a finding says", () => {
  for (const story of stories) {
    it(`${story.rule}: ${story.name}: names, no placeholders`, () => {
      for (const finding of judgeCase(engine, story).findings) {
        const text = [finding.message, finding.why, finding.help, ...finding.evidence.map((line) => line.text)].join("\n");
        expect(text).not.toMatch(/undefined|null of|NaN|\[object|``/);
        expect(finding.message).not.toMatch(/\.$/);
        expect(finding.why.length).toBeGreaterThan(20);
        expect(finding.help.length).toBeGreaterThan(10);
      }
    });
  }
});
