import { describe, expect, test } from "vitest";
import type { ReleaseRecord } from "../../model/release.ts";
import { parseReleases } from "../releases/read.ts";
import { decideDrop, type DropDecision, type DropFacts, type Use, type VersionFacts } from "./decide.ts";

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

/** `v1.43:certain, workers:none`; what begins with v is a release. */
const facts = (text: string): readonly VersionFacts[] =>
  text === ""
    ? []
    : text.split(", ").map((one) => {
        const [version = "", use = ""] = one.split(":");
        const stands = version === "working" ? "next" : /^v\d/.test(version) ? "release" : "beside";
        return {
          version,
          use: use as Use,
          stands,
          because: `${version} reads it (Person (people/models.py:12))`,
          steps: use === "certain" && stands !== "release" ? [`take it out of ${version} (main.go:12)`] : [],
          doubts: use === "unread" ? [`look at views.py:3 (${version}): computed`] : [],
        };
      });

const serving: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "v1.42": { cloud: "2026-11-03" },
  "v1.43": { cloud: "live" },
};

const ordinary = await record(serving);

function decide(given: Partial<Omit<DropFacts, "live" | "next" | "past">> & { live: string; past?: string; next?: string }): DropDecision {
  return decideDrop({
    place: cloud,
    now,
    nothing: null,
    doubts: [],
    obstacles: [],
    loosen: [],
    successor: null,
    shown: "public.person.email",
    record: ordinary,
    mentions: () => [],
    ...given,
    live: facts(given.live),
    next: facts(given.next ?? ""),
    past: () => facts(given.past ?? ""),
  });
}

test("a column that v1.43 does without may go once v1.42 is retired, and the day is told", async () => {
  expect(decide({ live: "v1.43:none, workers:none", past: "v1.42:certain" })).toEqual({
    verdict: "droppable",
    sentence: "safe since v1.43 is live and v1.42 was retired on 3 November 2026",
    missing: [],
    since: "2026-11-03",
  });
});

test("while v1.42 serves it may not, and what is missing is that it retires", async () => {
  const both = await record({ "v1.42": { cloud: "live" }, "v1.43": { cloud: "live" } });
  expect(decide({ record: both, live: "v1.42:certain, v1.43:none" })).toEqual({
    verdict: "blocked",
    sentence: "not safe yet: v1.42 reads it (Person (people/models.py:12))",
    missing: ["retire v1.42"],
    since: null,
  });
});

test("the same column differs by environment: self-hosted still supports v1.42", async () => {
  const selfHosted = { name: "self-hosted", supports: ">=1.42" };
  expect(decide({ place: selfHosted, live: "v1.42:certain, v1.43:none" })).toMatchObject({
    verdict: "blocked",
    missing: ["raise `supports` above v1.42"],
  });
  const raised = { name: "self-hosted", supports: ">=1.43" };
  expect(decide({ place: raised, live: "v1.43:none", past: "v1.42:certain" })).toMatchObject({
    verdict: "droppable",
    sentence: "safe since v1.43, the oldest release inside of `supports: >=1.43`, and every later one do without it",
  });
});

// Every combination of what the releases, those beside them, the working tree, the database and the code do. It is safe in exactly those in
// which nobody uses it, everything was read, and a release that does without it is on record as deployed.
const USES: readonly Use[] = ["none", "latent", "unread", "certain"];
const combinations = ["record", "settings", "nothing"].flatMap((known) =>
  USES.flatMap((release) =>
    USES.flatMap((worker) =>
      USES.flatMap((next) =>
        ["clear", "in-the-way", "unread"].flatMap((obstacle) =>
          ["clear", "named in a string", "fatal"].flatMap((code) =>
            ["retired", "to come and uses it", "to come and unread", "planned"].map((history) => ({
              known,
              release,
              worker,
              next,
              obstacle,
              code,
              history,
            })),
          ),
        ),
      ),
    ),
  ),
);

describe("every combination", () => {
  test.each([
    ["retired", { "v1.42": { cloud: "2026-11-03" }, "v1.43": { cloud: "live" } }],
    ["to come and uses it", { "v1.43": { cloud: "live" }, "v1.44": { eu: "live" } }],
    ["to come and unread", { "v1.43": { cloud: "live" }, "v1.44": { eu: "live" } }],
    ["planned", { "v1.43": { cloud: "live" } }],
  ] as const)("with a history of: %s", async (story, releases) => {
    const written = await record(releases);
    const planned = {
      ...written,
      releases: written.releases.map((one) => ({ ...one, environments: new Map([["cloud", { live: "2026-12-01", retired: null }]]) })),
    };
    const past =
      story === "retired"
        ? "v1.42:certain"
        : story === "to come and uses it"
          ? "v1.44:certain"
          : story === "to come and unread"
            ? "v1.44:unread"
            : "";
    let safe = 0;
    const wrong: unknown[] = [];
    for (const { known, release, worker, next, obstacle, code, history } of combinations) {
      if (history !== story) continue;
      const { verdict, missing, since, byHand } = decide({
        record: known === "record" ? (story === "planned" ? planned : written) : null,
        nothing: known === "nothing" ? "record what is live in cloud" : null,
        doubts: code === "fatal" ? ["make readable: shop/models.py"] : [],
        mentions: () => (code === "named in a string" ? ["look at report.php:3"] : []),
        obstacles:
          obstacle === "clear"
            ? []
            : [{ kind: obstacle as "in-the-way" | "unread", step: "drop view active first", because: "view active depends on it" }],
        live: `v1.43:${release}, workers:${worker}`,
        next: `working:${next}`,
        past,
      });
      const all = [release, worker, next];
      const used = all.includes("certain") || obstacle === "in-the-way";
      const read = !all.includes("unread") && obstacle !== "unread" && code === "clear";
      const deployed = known === "settings" || story === "retired";
      const expected =
        known === "nothing"
          ? "unknown"
          : used
            ? "blocked"
            : !read
              ? "unknown"
              : deployed
                ? "droppable"
                : story === "to come and unread"
                  ? "unknown"
                  : "blocked";
      const complete =
        (missing.length === 0) === (verdict === "droppable") && (verdict === "droppable" || (since === null && byHand === undefined));
      if (verdict !== expected || !complete) wrong.push({ known, release, worker, next, obstacle, code, verdict, expected });
      if (verdict === "droppable") safe++;
    }
    expect(wrong).toEqual([]);
    // Of those that nobody uses: two uses that prove nothing (none, latent) of three, by record or settings.
    expect(safe).toBe(story === "retired" ? 16 : 8);
  });
});

test.each([
  ["the newest release uses it", "v1.43:certain", /^release a version that no longer uses public\.person\.email .*; retire v1\.43$/],
  ["a worker uses it", "v1.43:none, workers:certain", /^take it out of workers \(main\.go:12\)$/],
  ["something in v1.43 cannot be read", "v1.43:unread", /^look at views\.py:3 \(v1\.43\)/],
  ["nobody looked at v1.43", "workers:none", /^make v1\.43 readable$/],
])("%s: what is missing is said", async (_, live, missing) => {
  const decided = decide({ live });
  expect(decided.verdict).not.toBe("droppable");
  expect(decided.missing.join("; ")).toMatch(missing);
});

test("a many-to-many field may be dropped in the release in which it exists unused, and what a delete by hand would do is said", async () => {
  const both = await record({ "v1.42": { cloud: "live" }, "v1.43": { cloud: "live" } });
  const decided = decide({ record: both, live: "v1.42:none, v1.43:latent" });
  expect([decided.verdict, decided.sentence.includes("doing so by hand would fail"), decided.byHand]).toEqual([
    "droppable",
    true,
    ["v1.43"],
  ]);
});

test("what was overdue stays so: the day is that on which the last that used it retired, or the first without it came, whichever was later", async () => {
  const releases = await record(serving);
  const late = {
    ...releases,
    releases: releases.releases.map((one) =>
      one.name === "v1.43" ? { ...one, environments: new Map([["cloud", { live: "2026-11-10", retired: null }]]) } : one,
    ),
  };
  expect(decide({ record: late, live: "v1.43:none", past: "v1.42:certain" }).since).toBe("2026-11-10");
  expect(decide({ live: "v1.43:none", past: "v1.42:unread" }).since).toBe("2026-11-03");
  expect(decide({ live: "v1.43:none", past: "v1.42:none" }).since).toBe("2026-10-01");
});

test("a version that does not know a column cannot fill it: it must be allowed to be empty first", async () => {
  const { missing } = decide({ live: "v1.43:certain", loosen: ["let email be empty first"], next: "working:certain" });
  expect(missing[0]).toBe("let email be empty first");
});
