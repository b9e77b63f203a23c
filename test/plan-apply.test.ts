import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freshDatabase, type FreshDatabase } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import { project, type Project, type Run } from "./project.test-helper.ts";

const PERSON = "CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, team_id bigint);\n";

interface Club extends Project {
  readonly url: string;
  readonly on: (...args: readonly string[]) => Run;
  /** Another release of the club's app goes live, and the one before it is retired. */
  readonly release: (name: string, before: string | null) => void;
}

// Every command is a process of its own, and each run meets the database anew.
describe("tread apply <plan>", { timeout: 240_000 }, () => {
  let database: FreshDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    await database.close();
  });

  /** A club with 12,000 members of whom a third have no address, and v1 of its app on record. */
  async function club(): Promise<Club> {
    const { server, name } = database;
    const made = project({
      "migrations/0001_person.sql": PERSON,
      "tread.config.yaml": "sources: [{ type: sql-dir, path: migrations }]\nenvironments: { production: { postgres: 18 } }\n",
      "releases/v1/queries.sql": "SELECT id, email FROM person WHERE id = $1;\nINSERT INTO person (email) VALUES ($1);\n",
    });
    const url = `host=${server.host} port=${server.port} user=${server.credentials.user} password=${server.credentials.password} dbname=${name}`;
    const on = (...args: readonly string[]): Run => made.tread(...args, "--database-url", url);
    expect(on("apply", "migrations").status).toBe(0);
    await database.owner.query(
      "INSERT INTO person (email, team_id) SELECT CASE WHEN g % 3 > 0 THEN 'member' || g || '@example.org' END, g % 7 FROM generate_series(1, 12000) g",
    );
    const release = (next: string, before: string | null): void => {
      made.write({ [`app-${next}/app.ts`]: "export {};\n", [`app-${next}/migrations/0001_person.sql`]: PERSON });
      expect(made.tread("release", "add", next, "--path", `app-${next}`, "--environment", "production").stderr).toBe("");
      if (before !== null) expect(made.tread("release", "retire", before, "--environment", "production").stderr).toBe("");
    };
    release("v1", null);
    return { ...made, url, on, release };
  }

  const rows = async (sql: string): Promise<unknown[]> => (await database.superuser.query(sql)).rows;
  const ledger = async (): Promise<unknown[]> =>
    await rows("SELECT migration, state FROM tread.ledger WHERE source LIKE 'plan:%' ORDER BY position");
  const PLAN = "plans/not-null-person-email.yaml";

  test("an index is built in its one phase; the second run has nothing to do", async () => {
    const made = await club();
    expect(made.tread("plan", "add-index", "person", "(team_id)").status).toBe(0);
    const plan = "plans/add-index-person-team-id-idx.yaml";
    const dry = made.on("apply", plan, "--dry-run");
    expect([dry.status, dry.stdout.includes("CREATE INDEX CONCURRENTLY")]).toEqual([0, true]);
    expect(await ledger()).toEqual([]);
    const run = made.on("apply", plan);
    expect([run.status, run.stderr.includes("error")]).toEqual([0, false]);
    expect(
      await rows("SELECT indisvalid FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid WHERE a.attname = 'team_id'"),
    ).toEqual([{ indisvalid: true }]);
    const again = made.on("apply", plan);
    expect([again.status, again.stdout]).toEqual([0, "nothing is left to do: every phase of add-index-person-team-id-idx is done\n"]);
  });

  test("it stops at the deploy, is refused early with what is missing, and goes on when the release is on record", async () => {
    const made = await club();
    expect(made.tread("plan", "not-null", "person.email", "using", "'nobody@example.org'").status).toBe(0);
    const first = made.on("apply", PLAN);
    expect([first.status, first.stderr.replaceAll(/^.*\r/gm, "")]).toEqual([0, ""]);
    expect(first.stdout).toContain("deploy: release a version that always writes person.email");
    expect(first.stdout).toContain("stopped before phase guard");
    expect(first.stdout).toContain(`then: tread apply ${PLAN}`);

    const early = made.on("apply", PLAN, "--to", "guard");
    expect([early.status, early.stderr.includes("phase guard of not-null-person-email is not open yet in production")]).toEqual([1, true]);
    expect(early.stderr).toContain("missing: v1 still serves: `tread release retire v1 --environment production`");
    expect(made.on("apply", PLAN).status).toBe(4);
    expect(await rows("SELECT count(*)::int AS n FROM person WHERE email IS NULL")).toEqual([{ n: 4000 }]);

    made.release("v2", "v1");
    const second = made.on("apply", PLAN);
    expect([second.status, second.stderr.includes("error")]).toEqual([0, false]);
    expect(second.stdout).toContain("not-null-person-email is done");
    expect(await rows("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'person'::regclass AND attname = 'email'")).toEqual([
      { attnotnull: true },
    ]);
    expect(await rows("SELECT count(*)::int AS n FROM person WHERE email = 'nobody@example.org'")).toEqual([{ n: 4000 }]);
    expect((await ledger()).every((row) => (row as { state: string }).state === "done")).toBe(true);
  });

  test("a person who knows better opens a phase, and the ledger knows why", async () => {
    const made = await club();
    made.tread("plan", "not-null", "person.email", "using", "'nobody@example.org'");
    made.on("apply", PLAN);
    const run = made.on("apply", PLAN, "--accept", "phase-not-open:guard", "--reason", "v1 writes it since March");
    expect([run.status, run.stderr.includes("error")]).toEqual([0, false]);
    expect(await rows("SELECT accepted FROM tread.ledger WHERE migration = 'guard/hold-email'")).toEqual([
      { accepted: ["phase-not-open: v1 writes it since March"] },
    ]);
  });

  test("a plan that was edited after it began is refused by name; words may be corrected", async () => {
    const made = await club();
    made.tread("plan", "not-null", "person.email", "using", "'nobody@example.org'");
    made.on("apply", PLAN);
    const file = join(made.folder, PLAN);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("the app gives every row a value", "every row gets a value from the app"));
    expect(made.on("apply", PLAN).status).toBe(4);
    writeFileSync(file, text.replaceAll("'nobody@example.org'", "'no@example.org'"));
    const run = made.on("apply", PLAN);
    expect([run.status, run.stderr.includes("not-null-person-email was edited after it began: writers/write-always")]).toEqual([3, true]);
  });

  test("a verification that fails ends with 5 and says what to do; corrected, the same command goes on", async () => {
    const made = await club();
    made.tread("plan", "not-null", "person.email");
    made.on("apply", PLAN);
    made.release("v2", "v1");
    const failed = made.on("apply", PLAN);
    expect([failed.status, failed.stderr.includes("rows of person have no email")]).toEqual([5, true]);
    await database.owner.query("UPDATE person SET email = 'x@example.org' WHERE email IS NULL");
    expect(made.on("apply", PLAN).status).toBe(0);
  });

  test("--down leads back to the boundary before it, with what was written meanwhile, and the plan can be run again", async () => {
    const made = await club();
    made.tread("plan", "not-null", "person.email", "using", "'nobody@example.org'");
    made.on("apply", PLAN);
    made.release("v2", "v1");
    expect(made.on("apply", PLAN).status).toBe(0);
    await database.owner.query("INSERT INTO person (email) VALUES ('late@example.org')");
    const back = made.on("apply", PLAN, "--down");
    expect([back.status, back.stdout.includes("taken back to the end of phase writers")]).toEqual([0, true]);
    expect(
      await rows(
        "SELECT attnotnull, (SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'person'::regclass AND contype IN ('c', 'n') AND conname LIKE '%email%') AS constraints, (SELECT count(*)::int FROM person WHERE email = 'late@example.org') AS late FROM pg_attribute WHERE attrelid = 'person'::regclass AND attname = 'email'",
      ),
    ).toEqual([{ attnotnull: false, constraints: 0, late: 1 }]);
    expect(made.on("apply", PLAN).status).toBe(0);
    expect(await rows("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'person'::regclass AND attname = 'email'")).toEqual([
      { attnotnull: true },
    ]);
    const everything = made.on("apply", PLAN, "--down", "--to", "nothing");
    expect([everything.status, everything.stdout.includes("taken back to where it began")]).toEqual([0, true]);
  });

  test("written as migrations of the project it is not run a second time; once they have run, status and apply know it", async () => {
    const made = await club();
    made.tread("plan", "not-null", "person.email", "using", "'nobody@example.org'", "--emit");
    made.on("apply", PLAN);
    made.release("v2", "v1");
    const twice = made.on("apply", PLAN);
    expect([
      twice.status,
      twice.stderr.includes("phase guard of not-null-person-email is written as migrations: migrations/0002_"),
    ]).toEqual([2, true]);
    const before = made.on("status");
    expect(before.stdout).toContain("… plan not-null-person-email: phase 2 of 2, guard: open in production");
    expect(before.stdout).toContain("next: its migrations are written and have not run here: 0002_not_null_person_email_");
    const run = made.on("apply", "migrations");
    expect([run.status, run.stderr.includes("error")]).toEqual([0, false]);
    expect(await rows("SELECT count(*)::int AS n FROM person WHERE email = 'nobody@example.org'")).toEqual([{ n: 4000 }]);
    expect(made.on("status").stdout).toContain("✓ plan not-null-person-email: done in production");
    expect(made.on("apply", PLAN).stdout).toBe("nothing is left to do: every phase of not-null-person-email is done\n");
  });

  test("status says which phase a plan is in, and what opens the next", async () => {
    const made = await club();
    made.tread("plan", "not-null", "person.email", "using", "'nobody@example.org'");
    expect(made.on("status").stdout).toContain("… plan not-null-person-email: phase 1 of 2, writers: open in production");
    made.on("apply", PLAN);
    const status = made.on("status").stdout;
    expect(status).toContain("… plan not-null-person-email: phase 2 of 2, guard: not open in production");
    expect(status).toContain("missing: v1 still serves");
    const json = JSON.parse(made.on("status", "--format", "json").stdout) as { plans: readonly { phase: string; phases: unknown[] }[] };
    expect(json.plans.map(({ phase, phases }) => [phase, phases.length])).toEqual([["guard", 2]]);
  });

  test("a plan that is none is told with its line, and one that is not there by name", async () => {
    const made = await club();
    made.tread("plan", "add-index", "person", "(team_id)");
    const plan = "plans/add-index-person-team-id-idx.yaml";
    const file = join(made.folder, plan);
    writeFileSync(file, readFileSync(file, "utf8").replace(/kind: migrate/, "kind: migrat"));
    const broken = made.on("apply", plan);
    expect([broken.status, /plans\/add-index-person-team-id-idx\.yaml:\d+/.test(broken.stderr)]).toEqual([2, true]);
    const missing = made.on("apply", "plans/nothing.yaml");
    expect([missing.status, missing.stderr.includes("plans/nothing.yaml does not exist")]).toEqual([2, true]);
  });
});
