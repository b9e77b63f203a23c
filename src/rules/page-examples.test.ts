import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { readCases } from "./cases.test-helper.ts";
import { RULES } from "./index.ts";
import { examplesSection, withExamples } from "./page-examples.test-helper.ts";

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

// `node scripts/render-pages.mjs` sets it: then the pages are written instead of compared.
const rendering = process.env["TREAD_RENDER_PAGES"] === "1";

/** A page shows what tread prints today: a report that was copied there by hand would be wrong after the first change of a word. */
describe("the examples on a rule's page", () => {
  for (const { id, database, preset } of RULES) {
    const base = `./${preset ?? database}/${id}`;
    const [page, cases] = [new URL(`${base}.md`, import.meta.url), new URL(`${base}.cases.sql`, import.meta.url)];
    if (!existsSync(cases) || !existsSync(page)) continue;
    it(`${id}: a bad and a good one, with the reports of this build`, () => {
      const written = readFileSync(page, "utf8");
      const rendered = withExamples(written, examplesSection(engine, id, readCases(cases, id, true)));
      if (rendering) {
        if (rendered !== written) writeFileSync(page, rendered);
        return;
      }
      expect(written, "out of date: `node scripts/render-pages.mjs` writes it anew").toBe(rendered);
    });
  }
});
