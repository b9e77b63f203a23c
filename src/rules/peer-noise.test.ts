import { beforeAll, describe, expect, it } from "vitest";
import { POSTGRES_MAJORS, type PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { judgeCase, readCases } from "./cases.test-helper.ts";

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

/** About the wait for a lock, which any statement may have to bear: advice on how to run it, not on what it is. */
const PRECAUTIONS = new Set(["missing-lock-timeout", "missing-statement-timeout", "hot-table-alter", "multiple-risky-operations"]);

describe("what other linters are blamed for", () => {
  for (const story of readCases(new URL("./peer-noise.cases.sql", import.meta.url), "peer-noise")) {
    for (const major of story.majors ?? POSTGRES_MAJORS) {
      it(`${story.name}: not flagged on PostgreSQL ${major}`, () => {
        const [environment] = story.environments;
        const here = { ...story, environments: environment === undefined ? [] : [{ ...environment, postgres: major }] };
        const findings = judgeCase(engine, here).findings;
        const flagged = findings.filter(({ severity, rule }) => severity !== "info" && !PRECAUTIONS.has(rule));
        expect(flagged.map(({ rule, span, message }) => `${span?.file}:${span?.line} ${rule}: ${message}`)).toEqual([]);
      });
    }
  }
});
