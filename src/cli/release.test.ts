import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project, type Project } from "../review/project.test-helper.ts";
import { tread } from "./tread.test-helper.ts";

const ada = { name: "Ada", email: "ada@example.org" };
const CONFIG = `sources: [{ type: sql-dir, path: migrations }]
environments:
  cloud: { assume: small }
  eu: { assume: small }
`;

const file = (there: Project): string => readFileSync(join(there.folder, "tread.releases.yaml"), "utf8");

function shop(config = CONFIG): Project {
  const there = project({ "tread.config.yaml": config, "migrations/0001_initial.sql": "CREATE TABLE basket (id bigint);\n" });
  there.commit(ada, "the shop opens");
  there.git("tag", "v1.42");
  there.write({ "migrations/0002_colour.sql": "ALTER TABLE basket ADD COLUMN colour text;\n" });
  there.commit(ada, "baskets have a colour");
  there.git("tag", "-a", "v1.43", "-m", "v1.43");
  return there;
}

test("a release is added by its tag, goes live, and the one before is retired: the file tells the story", async () => {
  const there = shop();
  const added = await tread(there, "release", "add", "v1.42", "--environment", "cloud", "--date", "2026-10-01", "--released", "2026-09-30");
  expect(added).toMatchObject({ code: 0, err: "" });
  await tread(there, "release", "add", "v1.43", "--date", "2026-11-01");
  const live = await tread(there, "release", "live", "v1.43", "--environment", "cloud", "--date", "2026-11-02");
  expect(live.out).toBe(
    "v1.43 is on record as live in cloud since 2 November 2026, beside v1.42\n  when their last server is gone: `tread release retire v1.42 --environment cloud`\n",
  );
  await tread(there, "release", "retire", "v1.42", "--date", "2026-11-03");
  const commit = (tag: string): string => there.git("rev-parse", `${tag}^{commit}`).trim();
  expect(file(there)).toBe(`# Which releases of the app are live where; \`tread release\` writes it, and so may you.
format: tread.releases/1
releases:
  - name: v1.42
    ref: v1.42
    commit: ${commit("v1.42")}
    released: 2026-09-30
    environments:
      cloud: { live: 2026-10-01, retired: 2026-11-03 }
  - name: v1.43
    ref: v1.43
    commit: ${commit("v1.43")}
    released: 2026-11-01
    environments:
      cloud: { live: 2026-11-02, retired: null }
`);
});

test("what somebody wrote by hand keeps its comments, its order and its way of writing", async () => {
  const there = shop();
  const written = `format: "tread.releases/1"

# newest first, because that is what we look for
releases:
  - { name: v1.43, ref: v1.43, released: 2026-11-01, environments: { cloud: { live: 2026-11-02 } } } # the blue one
  # the one with the fax machine
  - name: v1.42
    ref: v1.42
    released: "2026-09-30"
    environments:
      cloud: { live: 2026-10-01, retired: null } # until the fax is gone
`;
  there.write({ "tread.releases.yaml": written });
  await tread(there, "release", "retire", "v1.42", "--date", "2026-11-03");
  await tread(there, "release", "live", "v1.43", "--environment", "eu", "--date", "2026-11-05");
  expect(file(there)).toBe(
    written
      .replace("retired: null", "retired: 2026-11-03")
      .replace("cloud: { live: 2026-11-02 } }", "cloud: { live: 2026-11-02 }, eu: { live: 2026-11-05, retired: null } }"),
  );
});

test.each([
  ["a name that is on record", ["add", "v1.42"], /v1\.42 is on record already \(tread\.releases\.yaml:3\)/],
  ["a tag that is not there", ["add", "v1.44", "--ref", "release-1.44"], /there is no commit, branch or tag `release-1\.44`/],
  ["a name without a tag", ["add", "v1.44"], /where is the code of v1\.44\?.*--ref TAG or --path FOLDER/s],
  ["a folder that is not there", ["add", "v1.44", "--path", "releases/v1.44"], /releases\/v1\.44 does not exist/],
  ["an environment that nobody knows", ["live", "v1.42", "--environment", "clod"], /there is no environment "clod"; did you mean cloud\?/],
  ["a release that nobody knows", ["live", "v1.24", "--environment", "cloud"], /v1\.24 is not on record; did you mean v1\.42\?/],
  ["no environment", ["live", "v1.42"], /--environment is missing/],
  ["live in two places, retired in which?", ["retire", "v1.42"], /v1\.42 is on record as live in cloud and eu: retired where\?/],
  [
    "retired before it was live",
    ["retire", "v1.42", "--environment", "eu", "--date", "2026-09-01"],
    /cannot have been retired on 1 September 2026/,
  ],
  [
    "a day that does not exist",
    ["retire", "v1.42", "--everywhere", "--date", "2026-02-30"],
    /expected a day such as 2026-11-03, found "2026-02-30"/,
  ],
])("refused, and the record stays as it is: %s", async (_, args, message) => {
  const there = shop();
  const before = `format: tread.releases/1
releases:
  - name: v1.42
    ref: v1.42
    released: 2026-09-30
    environments: { cloud: { live: 2026-10-01 }, eu: { live: 2026-10-01 } }
`;
  there.write({ "tread.releases.yaml": before });
  const ran = await tread(there, "release", ...args);
  expect(ran.err).toMatch(message);
  expect(ran).toMatchObject({ code: 2, out: "" });
  expect(file(there)).toBe(before);
});

test("a name that is no version is refused where a support window must place it, and taken with one", async () => {
  const there = shop(`${CONFIG}  self-hosted: { supports: ">=1.40" }\n`);
  const refused = await tread(there, "release", "add", "winter", "--ref", "v1.43");
  expect(refused).toMatchObject({
    code: 2,
    err: expect.stringContaining("winter is no semantic version, and self-hosted declares `supports: >=1.40`"),
  });
  expect(await tread(there, "release", "add", "winter", "--ref", "v1.43", "--semver", "1.43.0")).toMatchObject({ code: 0 });
  const listed = await tread(there, "release", "list");
  expect(listed.out).toMatch(/winter .* supported \(>=1\.40\)/);
});

test("retired in one place and live in another, or still listed in the settings: both are said", async () => {
  const there = shop(`${CONFIG}live: [{ name: v1.42, ref: v1.42 }]\n`);
  await tread(there, "release", "add", "v1.42", "--environment", "cloud", "eu", "--date", "2026-10-01");
  const retired = await tread(there, "release", "retire", "v1.42", "--environment", "cloud", "--date", "2026-11-03");
  expect(retired.code).toBe(0);
  expect(retired.out).toContain("still live in eu");
  expect(retired.out).toContain("`live` of tread.config.yaml still lists v1.42");
  expect(retired.out).toContain("with nothing on record as live in cloud its verdict is unknown");
});

test("tags become releases once; a tag that was moved since is told, and nothing is overwritten", async () => {
  const there = shop();
  there.git("tag", "very-old");
  const first = await tread(there, "release", "import", "--from-tags", "v*");
  expect(first.out).toBe("v1.42\nv1.43\nrecorded 2 releases and 0 of what happened to them in tread.releases.yaml\n");
  expect(first.err).toContain("tag very-old names no semantic version: left out");
  expect(first.code).toBe(3);
  const before = file(there);
  there.git("tag", "-d", "very-old");
  there.git("tag", "-f", "v1.42", "HEAD");
  const again = await tread(there, "release", "import", "--from-tags", "v*");
  expect(again.err).toMatch(/tag v1\.42 names commit \w{12} now, and \w{12} is on record: the tag was moved/);
  expect(again.code).toBe(3);
  expect(file(there)).toBe(before);
  expect((await tread(there, "release", "list")).out).toMatch(/warning: release v1\.42: `v1\.42` names commit \w{12} now/);
  expect(await tread(there, "release", "import", "--from-tags", "release/*")).toMatchObject({
    code: 3,
    err: expect.stringContaining("no tag matches release/*"),
  });
});

test("a deploy system says what went where; what failed does not count", async () => {
  const there = shop();
  there.write({
    "deploys.json": JSON.stringify({
      deploys: [
        { release: "v1.43", environment: "cloud", at: "2026-11-02T09:00:00Z", by: "ada" },
        { release: "v1.42", environment: "cloud", at: "2026-10-01T09:00:00Z" },
        { release: "v1.43", environment: "eu", at: "2026-11-02T10:00:00Z", status: "failed" },
      ],
    }),
  });
  const dry = await tread(there, "release", "import", "--from", "deploys.json", "--replaces", "--dry-run");
  expect(dry.out).toContain("would record 2 releases and 3 of what happened to them");
  const ran = await tread(there, "release", "import", "--from", "deploys.json", "--replaces");
  expect(ran.code).toBe(0);
  expect(ran.err).toContain("v1.43 in eu: failed, so it does not count");
  const list = JSON.parse((await tread(there, "release", "list", "--format", "json")).out) as {
    releases: readonly { name: string; environments: unknown }[];
  };
  expect(list.releases.map(({ name, environments }) => [name, environments])).toEqual([
    [
      "v1.42",
      {
        cloud: { live: "2026-10-01T09:00:00Z", retired: "2026-11-02T09:00:00Z", serves: false },
        eu: { live: null, retired: null, serves: false },
      },
    ],
    ["v1.43", { cloud: { live: "2026-11-02T09:00:00Z", retired: null, serves: true }, eu: { live: null, retired: null, serves: false } }],
  ]);
  // Twice the same file is once.
  const before = file(there);
  expect((await tread(there, "release", "import", "--from", "deploys.json", "--replaces")).code).toBe(0);
  expect(file(there)).toBe(before);
});

test.each([
  ["no JSON", "[{]", /deploys\.json is no JSON/],
  ["no list", '{"rows": []}', /holds no list of deploys/],
  ["a row without a date", '[{"release": "v1.42", "environment": "cloud"}]', /row 1: `at` is missing/],
  [
    "a row with a date that is none",
    '[{"release": "v1.42", "environment": "cloud", "at": "yesterday"}]',
    /row 1: `at` is no date: "yesterday"/,
  ],
])("an export that cannot be read is refused whole: %s", async (_, text, message) => {
  const there = shop();
  there.write({ "deploys.json": text });
  const ran = await tread(there, "release", "import", "--from", "deploys.json");
  expect(ran.err).toMatch(message);
  expect(ran.code).toBe(2);
  expect(() => file(there)).toThrow(/ENOENT/);
});

test("a broken record is named with its line, and no command writes over it", async () => {
  const there = shop();
  there.write({ "tread.releases.yaml": "format: tread.releases/1\nreleases:\n  - name: [v1\n" });
  const ran = await tread(there, "release", "add", "v1.42");
  expect(ran).toMatchObject({ code: 2, err: expect.stringMatching(/tread\.releases\.yaml:\d+:\d+/) });
  expect(file(there)).toContain("- name: [v1\n");
});
