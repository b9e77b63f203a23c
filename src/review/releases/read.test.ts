import { expect, test } from "vitest";
import { ConfigError } from "../../config/config-error.ts";
import { liveIn } from "./live.ts";
import { parseReleases } from "./read.ts";

const RECORD = `format: tread.releases/1
releases:
  - name: v1.43
    ref: release-1.43
    released: 2026-11-02
    environments:
      cloud: { live: 2026-11-03, retired: null }
  - name: v1.42
    path: releases/v1.42
    released: 2026-10-01
    environments:
      cloud: { live: 2026-10-02, retired: 2026-11-04 }
      eu: { live: 2026-10-09 }
`;

const noon = new Date("2026-11-22T12:00:00Z");
const names = (releases: readonly { name: string }[]): string[] => releases.map(({ name }) => name);

async function problems(text: string): Promise<string> {
  try {
    await parseReleases("tread.releases.yaml", text);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 2 });
    return (error as ConfigError).message;
  }
  throw new Error("it was accepted");
}

test("the record says which releases serve where, oldest first", async () => {
  const record = await parseReleases("tread.releases.yaml", RECORD);
  expect(names(record.releases)).toEqual(["v1.42", "v1.43"]);
  expect(names(liveIn(record, { name: "cloud", supports: null }, noon).releases)).toEqual(["v1.43"]);
  expect(names(liveIn(record, { name: "eu", supports: null }, noon).releases)).toEqual(["v1.42"]);
  expect(names(liveIn(record, { name: "staging", supports: null }, noon).releases)).toEqual([]);
});

test("a day on which a release will be retired has not come: it still serves", async () => {
  const record = await parseReleases("tread.releases.yaml", RECORD.replace("2026-11-04", "2026-12-24"));
  expect(names(liveIn(record, { name: "cloud", supports: null }, noon).releases)).toEqual(["v1.42", "v1.43"]);
});

test("a support window holds every release inside of it, whatever was retired", async () => {
  const record = await parseReleases("tread.releases.yaml", RECORD);
  expect(names(liveIn(record, { name: "cloud", supports: ">=1.42" }, noon).releases)).toEqual(["v1.42", "v1.43"]);
  expect(names(liveIn(record, { name: "cloud", supports: ">=1.43" }, noon).releases)).toEqual(["v1.43"]);
});

test("a name that is no semantic version may be inside of the window: it counts as live, and is named", async () => {
  const record = await parseReleases("tread.releases.yaml", RECORD.replace("name: v1.42", "name: autumn"));
  const live = liveIn(record, { name: "cloud", supports: ">=1.43" }, noon);
  expect(names(live.releases)).toEqual(["autumn", "v1.43"]);
  expect(names(live.unversioned)).toEqual(["autumn"]);
});

test.each([
  ["two releases with one name", RECORD.replace("v1.42\n", "v1.43\n"), /releases\.yaml:8:\d+ .*"v1\.43" is the name of two releases/],
  ["retired before it was live", RECORD.replace("2026-11-04", "2026-09-01"), /is before it was live \(2026-10-02\)/],
  ["neither ref nor path", RECORD.replace("    ref: release-1.43\n", ""), /says nothing about where its code is/],
  ["both ref and path", RECORD.replace("ref: release-1.43", "ref: x\n    path: y"), /says twice where its code is/],
  ["a day that does not exist", RECORD.replace("released: 2026-10-01", "released: 2026-02-30"), /2026-02-30 is no day of the calendar/],
  ["no date at all", RECORD.replace("live: 2026-11-03", "live: yesterday"), /expected a date such as 2026-11-03, found "yesterday"/],
  ["a misspelt key", RECORD.replace("retired: null", "retird: null"), /unknown setting; did you mean `retired`\?/],
  ["another format", RECORD.replace("releases/1", "releases/2"), /expected "tread\.releases\/1", found "tread\.releases\/2"/],
  ["broken YAML", `${RECORD}  - name: [v1.44\n`, /tread\.releases\.yaml:\d+:\d+/],
  ["a merge conflict", RECORD.replace("    ref:", "<<<<<<< HEAD\n    ref:"), /tread\.releases\.yaml:\d+:\d+/],
  ["an empty file", "", /expected a mapping|is missing/],
])("refused with its place: %s", async (_, text, message) => {
  expect(await problems(text)).toMatch(message);
});
