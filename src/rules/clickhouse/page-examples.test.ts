import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { text } from "../../report/text.ts";
import { fence, WIDTH, withExamples, withoutMark } from "../page-examples.test-helper.ts";
import { readClickHouseCases, reportOfCase, type ClickHouseCase } from "./cases.test-helper.ts";
import { CLICKHOUSE_RULES } from "./index.ts";

let engine: ClickHouseEngine;
beforeAll(async () => {
  engine = await loadClickHouse();
});

// `node scripts/render-pages.mjs` sets it: then the pages are written instead of compared.
const rendering = process.env["TREAD_RENDER_PAGES"] === "1";

/** A page shows what tread prints today: a report that was copied there by hand would be wrong after the first change of a word. */
describe("the examples on the page of a rule about ClickHouse", () => {
  for (const { id } of CLICKHOUSE_RULES) {
    const [page, cases] = [new URL(`./${id}.md`, import.meta.url), new URL(`./${id}.cases.sql`, import.meta.url)];
    if (!existsSync(page) || !existsSync(cases)) continue;
    it(`${id}: a bad and a good one, with the reports of this build`, () => {
      const stories = readClickHouseCases(cases, id);
      const written = readFileSync(page, "utf8");
      const [bad, good] = (["bad", "good"] as const).map((kind) => stories.find((story) => story.page === kind));
      if (bad === undefined || good === undefined) throw new Error(`${id}: no case is marked \`-- page: bad\` or \`-- page: good\``);
      const section = ["## Examples", `Found: ${bad.name}.`, ...example(bad), `Passes: ${good.name}.`, ...example(good)].join("\n\n");
      const rendered = withExamples(written, section);
      if (rendering) {
        if (rendered !== written) writeFileSync(page, rendered);
        return;
      }
      expect(written, "out of date: `node scripts/render-pages.mjs` writes it anew").toBe(rendered);
    });
  }
});

function example(story: ClickHouseCase): readonly string[] {
  const files = new Map(story.files.map(({ name, lines }) => [name, lines.map(withoutMark)]));
  const last = story.files.length - 1;
  const sql = [...files].map(([name, lines], at) => `-- ${name}${at < last ? " (applied)" : ""}\n${lines.join("\n").trim()}`);
  const printed = text.render(reportOfCase(engine, story), {
    color: false,
    width: WIDTH,
    verbose: false,
    readFile: (path) => files.get(path)?.join("\n") ?? null,
  });
  return [fence("sql", [...setting(story), ...sql].join("\n")), fence("text", printed.trimEnd())];
}

/** What the migrations meet, as comments: the versions that serve, the server, the tables' sizes, the workload. */
function setting(story: ClickHouseCase): readonly string[] {
  const sizes = story.environments.flatMap(({ profiles }) =>
    profiles.flatMap(({ tables }) => tables.map(({ table, rows }) => `${rows ?? "unknown"} rows in ${table.replace("default.", "")}`)),
  );
  const [first] = story.environments;
  return [
    ...(story.version?.queries ?? []).map(({ sql }) => `-- v1 sends: ${sql}`),
    ...story.workload.map(({ name, sql }) => `-- the workload has ${name}: ${sql}`),
    ...(first === undefined || first.clickhouse === null ? [] : [`-- ClickHouse ${first.clickhouse}`]),
    ...(sizes.length === 0 ? ["-- tables are small here (assume: small)"] : [`-- ${sizes.join("; ")}`]),
    ...(story.cluster === null ? [] : [`-- a cluster file says: ${story.cluster.clusters[0]?.shards.length ?? 0} shards`]),
  ];
}
