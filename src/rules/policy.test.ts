import { beforeAll, describe, expect, it } from "vitest";
import { PRESETS } from "../config/known.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { judge, type Judgement } from "./judge.ts";
import { parseCases, THRESHOLDS, viewsOf } from "./cases.test-helper.ts";
import { RULES } from "./index.ts";
import { policyNotes, ruleNames, type RulePolicy } from "./policy.ts";

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

const STORY = `-- case: a story
-- environment: cloud rows(person)=2000000
-- environment: local assume=small
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
-- 0002.sql
SET lock_timeout = '2s';
SET statement_timeout = '30s';
-- tread-ignore truncate: nothing is in it
VACUUM FULL person;
ALTER TABLE person ADD COLUMN nickname varchar(40);`;

function judged(policy: RulePolicy): Judgement {
  const [story] = parseCases(STORY, "judge");
  if (story === undefined) throw new Error("no story");
  return judge(
    viewsOf(engine, story).map((view) => ({ environment: view.environment, versions: view.versions, releases: view.judged })),
    THRESHOLDS,
    policy,
  );
}

const found = (policy: Partial<RulePolicy>): string[] =>
  judged({ rules: {}, presets: [], ...policy }).findings.map(({ rule, severity }) => `${rule}@${severity}`);

describe("policy.rules", () => {
  it("sets the severity of a rule in every environment", () => {
    const { findings } = judged({ rules: { "vacuum-full": "warning" }, presets: [] });
    const finding = findings.find(({ rule }) => rule === "vacuum-full");
    expect(finding).toMatchObject({ severity: "warning", environments: { cloud: "warning", local: "warning" } });
  });

  it("switches a rule off, and no more general rule says the same in its place", () => {
    expect(found({})).toContain("vacuum-full@error");
    const off = found({ rules: { "vacuum-full": "off" } });
    expect(off.filter((line) => /vacuum|rewrite/.test(line))).toEqual([]);
  });

  it("a suppression of a rule that is off is not called useless", () => {
    expect(found({})).toContain("suppression@warning");
    expect(found({ rules: { truncate: "off" } })).not.toContain("suppression@warning");
  });

  it("what says that the check itself cannot be trusted cannot be switched off", () => {
    expect(ruleNames().fixed).toEqual(expect.arrayContaining(["syntax-error", "witness-disagreement"]));
  });

  it("is told in the report", () => {
    expect(policyNotes({ rules: { truncate: "off", "drop-table": "warning" }, presets: ["style"] })).toEqual({
      switchedOff: ["truncate"],
      severities: { "drop-table": "warning" },
      presets: ["style"],
    });
    expect(policyNotes({ rules: {}, presets: [] })).toEqual({});
  });
});

describe("policy.presets", () => {
  it("a preset is silent until it is asked for, and then never more than info", () => {
    expect(found({}).filter((line) => line.startsWith("prefer-"))).toEqual([]);
    expect(found({ presets: ["style"] })).toContain("prefer-text@info");
  });

  it("one of its rules may be switched on by itself, with the severity that it is to have", () => {
    expect(found({ rules: { "prefer-text": "warning" } })).toContain("prefer-text@warning");
  });

  it("a config may name those that there are", () => {
    expect(PRESETS).toEqual([...new Set(RULES.flatMap(({ preset }) => preset ?? []))].sort());
  });
});
