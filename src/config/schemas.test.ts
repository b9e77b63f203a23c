import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { json } from "../report/json.ts";
import { safeReport, readSample, unsafeReport } from "../report/sample.test-helper.ts";
import { reportJsonSchema, reportSchema } from "../report/schema.ts";
import { releasesIssues, releasesJsonSchema } from "../review/releases/schema.ts";
import { parseReleases } from "../review/releases/read.ts";
import { fits } from "../scale/fits.ts";
import { readProfile } from "../scale/profile.ts";
import { profileIssues, scaleJsonSchema } from "../scale/schema.ts";
import { readClusterFile } from "./cluster/load.ts";
import { clusterJsonSchema } from "./cluster/schema.ts";
import { SOURCE_TYPES } from "./known.ts";
import { configIssues, configJsonSchema } from "./schema.ts";
import { sources } from "../sources/index.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SCHEMAS = {
  cluster: clusterJsonSchema(),
  config: configJsonSchema(),
  report: reportJsonSchema(),
  scale: scaleJsonSchema(),
  releases: releasesJsonSchema(),
};

function validator(schema: Record<string, unknown>): (value: unknown) => string | null {
  const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
  return (value) => (validate(value) ? null : JSON.stringify(validate.errors, null, 2));
}

describe.each(Object.entries(SCHEMAS))("schemas/%s.schema.json", (name, schema) => {
  test("is what the code says (else: npm run build && node scripts/render-schemas.mjs)", () => {
    expect(JSON.parse(readFileSync(join(ROOT, "schemas", `${name}.schema.json`), "utf8"))).toEqual(schema);
  });
});

test.each([
  ["unsafe", unsafeReport],
  ["safe", safeReport],
])("the JSON of a report that is %s follows the published schema, with no field beyond it", (_, report) => {
  const printed: unknown = JSON.parse(json.render(report, { color: false, width: 80, readFile: readSample, verbose: false }));
  expect(validator(SCHEMAS.report)(printed)).toBeNull();
  expect(reportSchema.parse(printed)).toEqual(printed);
  expect(validator(SCHEMAS.report)({ ...report, verdict: "fine" })).toContain("/verdict");
});

test("the types of source that a config may name are those that are registered", () => {
  expect([...SOURCE_TYPES].sort()).toEqual(sources.map((source) => source.type).sort());
});

describe("the quick check accepts only what zod accepts, and all that a reader would write", () => {
  const good = { table: "public.person", rows: 4 };
  const profile = { format: "tread.scale/1", collectedAt: "2026-11-21", server: { engine: "postgres", version: "17" }, tables: [good] };
  test.each([
    [{}, true],
    [{ environments: { cloud: null, local: { postgres: "16", scale: ["a.json"], live: [] } } }, true],
    [{ live: [{ name: "v1", ref: "main" }], workload: "w.sql", thresholds: { stallMs: 0.5 } }, true],
    [{ thresholds: { stallMs: 0 } }, false],
    [{ sources: [] }, false],
    [{ sources: [{ type: "rails" }] }, false],
    [{ sources: {} }, false],
    [{ environments: { "": {} } }, false],
    [{ environments: { cloud: { postgres: 12 } } }, false],
    [{ environments: { cloud: { clickhouse: "new" } } }, false],
    [{ policy: { review: [{ paths: [], approvers: ["a"] }] } }, false],
    [{ polcy: {} }, false],
    [{ live: [{ name: "", ref: "x" }] }, false],
    [{ thresholds: { stallMs: Number.NaN } }, false],
    [[], false],
    ["sources", false],
    [null, false],
  ])("config %j: %s", (value, accepted) => {
    expect(configIssues(value).length === 0).toBe(accepted);
    expect(fits(SCHEMAS.config, value)).toBe(accepted);
  });
  test.each([
    [profile, true],
    [{ ...profile, more: 1, tables: [{ ...good, columns: null, shard: "01" }] }, true],
    [{ ...profile, tables: [{ ...good, rows: -1 }] }, false],
    [{ ...profile, tables: [{ ...good, rows: "4" }] }, false],
    [{ ...profile, tables: [{ ...good, columns: [{ column: "email", nullFraction: 2 }] }] }, false],
    [{ ...profile, collectedAt: "yesterday" }, false],
    [{ ...profile, server: { engine: "mysql", version: "9" } }, false],
    [{ ...profile, format: "tread.scale/2" }, false],
  ])("profile %j: %s", (value, accepted) => {
    expect(profileIssues(value).length === 0).toBe(accepted);
    expect(fits(SCHEMAS.scale, value)).toBe(accepted);
  });
});

const cloud = { cloud: { live: "2026-11-03", retired: null } };

test.each([
  [{ name: "v1.43", ref: "release-1.43", released: "2026-11-02", environments: cloud }, true],
  [{ name: "v1.43", path: "releases/v1.43", released: "2026-11-02T08:00:00Z" }, true],
  [{ name: "v1.43", path: "releases/v1.43", released: "2 November" }, false],
  [{ name: "v1.43", released: "2026-11-02" }, false],
  [{ name: "v1.43", ref: "release-1.43", commit: "abc", released: "2026-11-02" }, false],
  [{ name: "v1.43", ref: "release-1.43", released: "2026-11-02", environments: { cloud: { retired: null } } }, false],
])("a release %j is taken as it is: %s", (release, accepted) => {
  const record = { format: "tread.releases/1", releases: [release] };
  expect(fits(SCHEMAS.releases, record)).toBe(accepted);
  // That exactly one of `ref` and `path` is given is said by the reader, with its place.
  if ("ref" in release || "path" in release) expect(releasesIssues(record).length === 0).toBe(accepted);
});

describe("docs/formats.md", () => {
  const page = readFileSync(join(ROOT, "docs/formats.md"), "utf8");
  const examples = [...page.matchAll(/^<!-- (cluster|config|report|scale|releases) -->\n```(yaml|json)\n([\s\S]*?)^```/gm)].map(
    (match) => ({
      kind: match[1] as keyof typeof SCHEMAS,
      value: (match[2] === "yaml" ? parse(match[3] ?? "") : JSON.parse(match[3] ?? "")) as unknown,
    }),
  );

  test("shows an example of each format", () => {
    expect(new Set(examples.map((example) => example.kind))).toEqual(new Set(["cluster", "config", "report", "scale", "releases"]));
  });

  test.each(examples)("its $kind example is valid, for the schema and for tread", async ({ kind, value }) => {
    expect(validator(SCHEMAS[kind])(value)).toBeNull();
    if (kind === "report") expect(reportSchema.parse(value)).toEqual(value);
    if (kind === "scale") expect(await readProfile(value)).toMatchObject({ ok: true });
    if (kind === "releases") expect((await parseReleases("tread.releases.yaml", JSON.stringify(value))).releases).not.toEqual([]);
    if (kind === "config") expect(configIssues(value)).toEqual([]);
    if (kind === "cluster") expect((await readClusterFile(JSON.stringify(value), "cluster.json")).clusters).not.toEqual([]);
  });

  test("names every setting of a config and every field of a report at its top", () => {
    for (const setting of Object.keys(SCHEMAS.config["properties"] as object))
      if (setting !== "$schema") expect(page).toContain(`\`${setting}\``);
    for (const field of Object.keys(SCHEMAS.report["properties"] as object)) expect(page).toContain(`\`${field}\``);
  });
});
