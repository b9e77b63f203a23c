import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Report } from "../model/report.ts";
import { displayWidth } from "../text/width.ts";
import type { RenderOptions } from "./format.ts";
import { dropColumn, readSample, safeReport, unsafeReport } from "./sample.test-helper.ts";
import { text } from "./text.ts";

function render(report: Report, options: Partial<RenderOptions> = {}): string {
  return text.render(report, { color: false, width: 100, readFile: readSample, verbose: false, ...options });
}

/** The part of a printed report that begins with `from`, up to the next empty line between parts. */
function part(printed: string, from: string, lines: number): string {
  const all = printed.split("\n");
  const start = all.findIndex((line) => line.startsWith(from));
  if (start === -1) throw new Error(`nothing begins with ${from} in\n${printed}`);
  return all.slice(start, start + lines).join("\n");
}

test("a finding: message, place, frame, why, evidence with its witness, where, help with its code, docs", () => {
  expect(part(render(unsafeReport), "error[drop-column]", 20))
    .toBe(`error[drop-column]: dropping \`person.email\` breaks v1.42, which still selects it
  ╭▸ backend/person/migrations/0003_drop_email.py:3:9
  │
2 │     operations = [
3 │         migrations.RemoveField(model_name="person", name="email"),
  │         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  │         v1.42 names this column in every SELECT of Person
  │
  ├ why      Django names all columns of a model in every SELECT. From this statement on, each query
  │          for Person that v1.42 sends fails, until the last v1.42 process has stopped.
  ├ query    SELECT "id", "email" FROM "person"                                               static
  ├ locks    ACCESS EXCLUSIVE on person               rehearsed on PostgreSQL 18.4 with 200,000 rows
  ├ rows     2,004,118,230 rows in person                          scale profile of 21 November 2026
  ├ breaks   v1.42
  ├ where    local error · cloud error
  ├ help     leave the field out of the model first, deploy that, and drop the column in the release
  │          after:
  │            email = deprecate_field(models.TextField())
  ╰ docs     \`tread explain drop-column\`
`);
});

test("a second place, an estimate that is called one, and a verdict per environment", () => {
  expect(part(render(unsafeReport), "error[add-column-volatile-default]", 15))
    .toBe(`error[add-column-volatile-default]: a volatile default rewrites every row of \`person\`
  ╭▸ migrations/0004_public_id.sql:3:46
  │
2 │ ALTER TABLE person
  │ ────────────────── the lock is on this table
3 │   ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
  │                                              ━━━━━━━━━━━━━━━━━ volatile: a new value per row
  │
  ├ why      every row is written again while ACCESS EXCLUSIVE keeps reads and writes out.
  ├ rewrite  person, person_pkey                      rehearsed on PostgreSQL 18.4 with 200,000 rows
  ├ time     about 3 h 48 min for 2,004,118,230 rows if it grows linearly                   estimate
  ├ where    local info · cloud error
  ├ help     add the column without a default, set the default for new rows, then backfill in
  │          batches.
  ╰ docs     https://tread.dev/rules/add-column-volatile-default or \`tread explain add-column-volatile-default\``);
});

test("the matrix shows only the steps at which something changes, and the first query that breaks", () => {
  expect(part(render(unsafeReport), "compatibility", 11)).toBe(`compatibility   local, cloud   queries of each live version that fail

  after                     v1.42 (41)  v1.43 (38)
  start                     ✓           ✓
  person.0003_drop_email#0  ✗ 1         ✓
  2 steps left out: nothing changes there

  ✗ v1.42 breaks at person.0003_drop_email#0   SQLSTATE 42703 · rehearsed
      column person.email does not exist
      SELECT "person"."id", "person"."email" FROM "person" WHERE "person"."id" = $1
      Person (person/models.py:12)`);
});

test("environments that disagree have a matrix each; a query that fails from the start is not this release's doing", () => {
  const cells = unsafeReport.compatibility.cells.map((cell) => {
    const [broken] = unsafeReport.compatibility.cells.flatMap((c) => c.broken);
    if (broken === undefined) throw new Error("the sample has a broken query");
    return cell.environment === "local"
      ? { ...cell, broken: cell.version === "v1.43" ? [{ ...broken, use: "latent" as const }] : [] }
      : cell;
  });
  const printed = render({ ...unsafeReport, compatibility: { ...unsafeReport.compatibility, cells } });
  expect(printed).toContain("compatibility   cloud   queries of each live version that fail");
  expect(part(printed, "compatibility   local", 7)).toBe(`compatibility   local   queries of each live version that fail

  after  v1.42 (41)  v1.43 (38)
  start  ✓           1 latent
  3 steps left out: nothing changes there

  ? v1.43 already fails before the first step   SQLSTATE 42703 · rehearsed · latent: nothing was seen to send it`);
});

test("the rehearsal, statement by statement, with the same traffic without the migration beside it", () => {
  expect(part(render(unsafeReport), "rehearsal", 21))
    .toBe(`rehearsal   PostgreSQL 18.4 · environment cloud · person 200,000 rows for 2,004,118,230, team 40
            rows · 8.4 s

  #  statement                                 time    stall  what it did
  person.0003_drop_email
  0  RemoveField person.email                  0.4 ms  12 ms  person ACCESS EXCLUSIVE, blocks reads
                                                              and writes; v1.42: 340 queries failed,
                                                              SQLSTATE 42703: column "email" does
                                                              not exist
  0004_public_id
  0  SET lock_timeout = '2s'                   0.1 ms  –      –
  1  ALTER TABLE person ADD COLUMN public_id…  1.3 s   1.3 s  person ACCESS EXCLUSIVE, blocks reads
                                                              and writes; rewrites person; builds
                                                              person_pkey
  2  DO $$ BEGIN PERFORM backfill(); END $$    –       –      not observed: the function does not
                                                              exist here

  traffic during   12,400 queries in 3.1 s · longest stall 1.3 s · 340 failed
  traffic without  12,800 queries in 2.0 s · longest stall 0.3 ms · 0 failed
  not rehearsed    replication lag
                   the extension postgis is not in the embedded server: 2 tables left out`);
});

test("what was not read, not understood or suppressed is said, then verdicts, coverage, counts and the next command", () => {
  expect(part(render(unsafeReport), "error[missing-parent]", 21))
    .toBe(`error[missing-parent]: \`team.0002_x\` depends on \`team.0001_initial\`, which is not there
  ╭▸ backend/team/migrations/0002_x.py:6:9
  ╰ help     restore the file, or correct \`dependencies\`

not understood   1 statement: a hazard in them would not be seen
  migrations/0004_public_id.sql:4:1  DO $$ BEGIN PERFORM backfill(); END $$
      a DO block calls \`backfill()\`, which is not defined in the migrations

suppressed by tread-ignore   2 comments
  missing-lock-timeout  migrations/0004_public_id.sql:1:1  set by the deploy script
  drop-table            migrations/0004_public_id.sql:4:1  gone since March (unused: nothing to
                                                           suppress here)

✗ local  unsafe  PostgreSQL 18  1 finding at error
✗ cloud  unsafe  PostgreSQL 17  2 findings at error
✗ not a complete check: 1 error listed here kept tread from seeing everything
  31 statements in 9 migrations: 30 understood, 1 opaque, 0 unparsed
2 findings in 2 files: 2 errors   4 statements judged, 3 rehearsed
Next: \`tread rehearse\` again, once what could not be read is repaired
`);
});

test("success is quiet", () => {
  expect(render(safeReport)).toBe(`✓ safe in local, cloud   0 findings   3 statements judged
  31 statements in 9 migrations: 31 understood, 0 opaque, 0 unparsed
Next: \`tread rehearse\` proves it on a real Postgres
`);
  expect(render(safeReport, { verbose: true })).toContain("✓ no query of v1.42 (41), v1.43 (38) fails at any of 4 steps");
});

describe("a verdict of unknown is not success", () => {
  const unknown: Report = {
    ...safeReport,
    verdict: "unknown",
    environments: [{ name: "cloud", verdict: "unknown", postgres: 17, reason: "nothing is on record as live" }],
  };
  test("and says why", () => {
    expect(render(unknown)).toContain("? cloud  unknown  PostgreSQL 17  nothing is on record as live");
    expect(render(unknown)).not.toContain("✓ safe");
  });
});

test("a finding without a place names its migration", () => {
  const printed = render({ ...unsafeReport, findings: [{ ...dropColumn, span: null, label: null }] });
  expect(printed.split("\n").slice(0, 3)).toEqual([
    "error[drop-column]: dropping `person.email` breaks v1.42, which still selects it",
    "  ╭▸ person.0003_drop_email",
    "  │",
  ]);
});

test("prose fits the terminal, whatever its width", () => {
  for (const width of [60, 80, 100, 300]) {
    const prose = render(unsafeReport, { width })
      .split("\n")
      .filter((line) => /[├│] {1,10}(why|help|where)|^ {2}│ {10}\w/.test(line));
    expect(prose.length).toBeGreaterThan(5);
    for (const line of prose) expect(displayWidth(line)).toBeLessThanOrEqual(Math.min(width, 120));
  }
});

test("colour changes nothing but colour", () => {
  const coloured = render(unsafeReport, { color: true });
  expect(coloured).toContain("\u001b[");
  expect(stripVTControlCharacters(coloured)).toBe(render(unsafeReport));
});

test("nothing in a report or a file can act on the terminal", () => {
  const evil = "\u001b]0;owned\u0007\u009b2J\u202e\r\nfake: ✓ safe";
  const poison = (value: unknown): unknown =>
    typeof value === "string" &&
    !["error", "warning", "info", "static", "rehearsed", "unsafe", "safe", "unknown", "certain", "start"].includes(value)
      ? `${value}${evil}`
      : Array.isArray(value)
        ? value.map(poison)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, ["format", "mode", "mode", "kind"].includes(k) ? v : poison(v)]))
          : value;
  const printed = render(poison(unsafeReport) as Report, { readFile: (path) => `${readSample(path.replace(evil, "")) ?? ""}${evil}` });
  // oxlint-disable-next-line no-control-regex
  expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  // A line of the reader's own cannot be forged either, except where lines are kept on purpose, behind a margin.
  expect(printed).not.toMatch(/^fake/m);
});
