import { expect, test } from "vitest";
import type { ReleaseRecord } from "../../model/release.ts";
import { parseReleases } from "./read.ts";
import { decideDrop, type VersionUse } from "./staged.ts";

const now = new Date("2026-11-22T12:00:00Z");
const cloud = { name: "cloud", supports: null };

/** `v1.42 live` and `v1.43 retired 2026-11-03`, by environment. */
async function record(releases: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<ReleaseRecord> {
  const entries = Object.entries(releases).map(([name, environments]) => ({
    name,
    path: `releases/${name}`,
    released: "2026-10-01",
    environments: Object.fromEntries(
      Object.entries(environments).map(([environment, retired]) => [
        environment,
        { live: "2026-10-01", retired: retired === "live" ? null : retired },
      ]),
    ),
  }));
  return parseReleases("tread.releases.yaml", JSON.stringify({ format: "tread.releases/1", releases: entries }));
}

const uses = (text: string): readonly VersionUse[] =>
  text === ""
    ? []
    : text.split(", ").map((one) => {
        const [version = "", use = ""] = one.split(":");
        return { version, use: use as VersionUse["use"] };
      });

test("a column that v1.43 does without may go once v1.42 is retired, and the day is told", async () => {
  const input = { record: await record({ "v1.42": { cloud: "2026-11-03" }, "v1.43": { cloud: "live" } }), place: cloud, now };
  expect(decideDrop({ ...input, live: uses("v1.43:none, workers:none"), past: uses("v1.42:certain") })).toEqual({
    verdict: "droppable",
    sentence: "safe since v1.43 is live and v1.42 was retired on 3 November 2026",
    missing: [],
  });
});

test("while v1.42 serves it may not, and what is missing is that it retires", async () => {
  const input = { record: await record({ "v1.42": { cloud: "live" }, "v1.43": { cloud: "live" } }), place: cloud, now };
  expect(decideDrop({ ...input, live: uses("v1.42:certain, v1.43:none"), past: [] })).toEqual({
    verdict: "blocked",
    sentence: "not safe yet: v1.42 still uses it",
    missing: ["retire v1.42"],
  });
});

test("the same column differs by environment: self-hosted still supports v1.42", async () => {
  const releases = await record({ "v1.42": { cloud: "2026-11-03" }, "v1.43": { cloud: "live" } });
  const selfHosted = { name: "self-hosted", supports: ">=1.42" };
  expect(decideDrop({ record: releases, place: selfHosted, now, live: uses("v1.42:certain, v1.43:none"), past: [] })).toMatchObject({
    verdict: "blocked",
    missing: ["raise `supports` above v1.42"],
  });
  const raised = { name: "self-hosted", supports: ">=1.43" };
  expect(decideDrop({ record: releases, place: raised, now, live: uses("v1.43:none"), past: uses("v1.42:certain") })).toMatchObject({
    verdict: "droppable",
    sentence: "safe since v1.43, the oldest release inside of `supports: >=1.43`, and every later one do without it",
  });
});

test.each([
  [
    "the newest release uses it",
    "v1.42:none, v1.43:certain",
    "",
    "blocked",
    /release and deploy a version that does without it, then retire v1\.43/,
  ],
  ["a worker uses it", "v1.42:none, v1.43:none, workers:certain", "", "blocked", /workers must do without it/],
  ["something in v1.42 cannot be read", "v1.42:dynamic, v1.43:none", "", "unknown", /look at what cannot be read in v1\.42/],
  ["v1.42 itself cannot be read", "v1.42:unread, v1.43:none", "", "unknown", /make v1\.42 readable/],
  ["nobody looked at v1.42", "v1.43:none", "", "unknown", /make v1\.42 readable/],
])("it is never droppable while %s", async (_, live, past, verdict, missing) => {
  const input = { record: await record({ "v1.42": { cloud: "live" }, "v1.43": { cloud: "live" } }), place: cloud, now };
  const decided = decideDrop({ ...input, live: uses(live), past: uses(past) });
  expect(decided.verdict).toBe(verdict);
  expect(decided.missing.join("\n")).toMatch(missing);
});

test("a many-to-many field may be dropped in the release in which it exists unused, and what a delete by hand would do is said", async () => {
  const input = { record: await record({ "v1.42": { cloud: "live" }, "v1.43": { cloud: "live" } }), place: cloud, now };
  const decided = decideDrop({ ...input, live: uses("v1.42:none, v1.43:latent"), past: uses("") });
  expect([decided.verdict, decided.sentence.includes("a delete by hand would fail")]).toEqual(["droppable", true]);
});

test("a release that is live elsewhere, uses it and is still to come here holds it back", async () => {
  const input = { record: await record({ "v1.43": { cloud: "live" }, "v1.44": { eu: "live" } }), place: cloud, now };
  expect(decideDrop({ ...input, live: uses("v1.43:none"), past: uses("v1.44:certain") })).toMatchObject({
    verdict: "blocked",
    sentence: "not safe yet: v1.44 is released, uses it, and is still to come to cloud",
  });
});

test("with nothing on record as live here it is unknown, however well the others stand", async () => {
  const input = { record: await record({ "v1.43": { eu: "live" } }), place: cloud, now };
  expect(decideDrop({ ...input, live: uses("workers:none"), past: uses("v1.43:none") })).toMatchObject({
    verdict: "unknown",
    missing: ["record what is live: `tread release live NAME --environment cloud`"],
  });
});

test("a release whose first day has not come is not deployed: it does not make a drop safe", async () => {
  const releases = await record({ "v1.43": { cloud: "live" } });
  const planned = {
    ...releases,
    releases: releases.releases.map((one) => ({ ...one, environments: new Map([["cloud", { live: "2026-12-01", retired: null }]]) })),
  };
  expect(decideDrop({ record: planned, place: cloud, now, live: uses("v1.43:none"), past: [] })).toMatchObject({
    verdict: "blocked",
    missing: ["deploy v1.43"],
  });
});
