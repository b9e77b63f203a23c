import { beforeAll, expect, test } from "vitest";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { emptyState } from "../model/apply/index.ts";
import { understand } from "./from-finding/requests.ts";
import { planText } from "./format/text.ts";
import { readPlan } from "./format/read.ts";
import { planYaml } from "./format/write.ts";
import { makePlan } from "./make-plan.ts";
import { PlanTrouble } from "./trouble.ts";
import type { Plan } from "./types.ts";
import { readWords } from "./words/read.ts";
import { writtenBy } from "./written.ts";

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

const CLINIC = `CREATE TABLE ward (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE patient (id int PRIMARY KEY, email text, ward_id int REFERENCES ward (id), admitted date NOT NULL, born date, full_name text);
CREATE INDEX patient_email_idx ON patient (lower(email));
CREATE VIEW inpatients AS SELECT id, full_name FROM patient WHERE admitted IS NOT NULL;
CREATE TABLE visit (id int, day date NOT NULL, patient_id int) PARTITION BY RANGE (day);
CREATE INDEX visit_patient_idx ON visit (patient_id);
CREATE TABLE visit_2026 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE invoice (id int PRIMARY KEY, net numeric, gross numeric GENERATED ALWAYS AS (net * 1.2) STORED);
CREATE PUBLICATION billing FOR TABLE ward;
CREATE TYPE state AS ENUM ('open', 'closed');
`;

function plan(words: string, majors: readonly number[] = [18], schema = CLINIC): Plan {
  const base = understand(engine, [schema], emptyState());
  const said = readWords([words]);
  const { changes } = understand(engine, said.sql, base.after);
  // CREATE INDEX statements as they were written.
  const statements = schema
    .split(";\n")
    .flatMap((sql) =>
      sql === "" ? [] : [{ sql, changes: base.changes.filter((change) => change.kind === "create-index" && sql.includes("INDEX")) }],
    );
  const request = { words: said.words, sql: said.sql, changes, recipe: said.recipe ?? null, fill: said.fill ?? null, from: null };
  return makePlan(request, { schema: base.after, majors, written: writtenBy(statements), breaks: null });
}

function refused(words: string, majors: readonly number[] = [18]): string {
  try {
    plan(words, majors);
  } catch (error) {
    expect(error).toBeInstanceOf(PlanTrouble);
    return `${(error as PlanTrouble).message} ${(error as PlanTrouble).help}`;
  }
  throw new Error("it was planned");
}

const sqlOf = ({ phases }: Plan): string =>
  phases.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "migrate" ? step.sql : []))).join("\n");

test("NOT NULL goes by way of a CHECK before 18, and of its own NOT VALID from 18 on", () => {
  expect(sqlOf(plan("not-null patient.email", [14, 17]))).toContain("CHECK (email IS NOT NULL) NOT VALID");
  expect(sqlOf(plan("not-null patient.email", [18]))).toContain("ADD CONSTRAINT patient_email_not_null NOT NULL email NOT VALID");
  // One plan for both: what the older one knows.
  expect(sqlOf(plan("not-null patient.email", [14, 18]))).toContain("CHECK (email IS NOT NULL) NOT VALID");
});

test("DETACH CONCURRENTLY came with 14", () => {
  expect(sqlOf(plan("detach-partition visit_2026 from visit", [13]))).not.toContain("CONCURRENTLY");
  expect(sqlOf(plan("detach-partition visit_2026 from visit", [14]))).toContain("CONCURRENTLY");
});

test.each([
  ["not-null patients.email", /no table patients .*did you mean patient\?/],
  ["not-null patient.emial", /no column emial did you mean email\?/],
  ["not-null patient.admitted", /NOT NULL already/],
  ["drop-column patient.full_name", /the view inpatients reads patient\.full_name/],
  [
    "rename-column visit.patient_id to patient",
    /visit is partitioned, and its index visit_patient_idx .*tread plan drop-index visit_patient_idx/,
  ],
  ["rename-column patient.email to born", /has a column born already/],
  ["drop-column ward.id", /the foreign key patient_ward_id_fkey of patient points at ward\.id/],
  ["change-type invoice.net bigint", /the generated column gross is made from invoice\.net/],
  [
    "change-type visit.patient_id bigint",
    /visit is partitioned, and its index visit_patient_idx .*tread plan change-type visit\.patient_id bigint/,
  ],
  ["drop-column visit.day", /in the partition key/],
  ["change-type ward.name varchar(20)", /the publication billing publishes ward/],
  ["change-type patient.born nosuchtype", /there is no type nosuchtype/],
  ["add-column patient.plan jsnob", /there is no type jsnob .*did you mean jsonb\?/],
  ["change-type ward.id text", /compares ward\.id with a column of another type/],
  ["drop-index patient_pkey", /belongs to the constraint patient_pkey/],
  ["add-foreign-key patient.email ward.name", /no unique index over name/],
  ["add-column patient.plan text not null", /from before have no value for plan.*using/],
  ["add-enum-value state 'open'", /has the value open already/],
  ["add-enum-value stat 'lost'", /there is no enum stat .*did you mean state\?/],
  ["domain-constraint address check (value <> '')", /there is no domain address/],
  ["rename-table patient to ward", /ward is there already/],
])("%s does not fit, and it is said why and what to do", (words, reason) => {
  expect(refused(words)).toMatch(reason);
});

test("a view over a renamed column is written down over the new name, and made again in the lock in which the old one goes", () => {
  const { phases } = plan("rename-column patient.full_name to name");
  const last = phases.at(-1)?.steps.flatMap((step) => (step.kind === "migrate" ? [step] : [])) ?? [];
  const drop = last.find(({ sql }) => sql.some((statement) => statement.includes("DROP COLUMN full_name")));
  expect(drop?.sql.join("\n")).toMatch(/^DROP VIEW inpatients$/m);
  expect(last.findIndex(({ name }) => name === "views-name")).toBeLessThan(last.findIndex((step) => step === drop));
  expect(sqlOf(plan("rename-column patient.email to mail"))).not.toContain("DROP VIEW");
});

test("what is built before an exchange is not under its lock", () => {
  const { phases } = plan("change-type ward.id bigint", [18], CLINIC.replace("CREATE PUBLICATION billing FOR TABLE ward;\n", ""));
  const swap = phases.flatMap(({ steps }) => steps).find(({ name }) => name === "swap-id");
  const sql = swap?.kind === "migrate" ? swap.sql : [];
  // Key, two names, the trigger's body: no view reads it, and the foreign key over the new column stood before.
  expect(sql).toHaveLength(4);
  expect(sql.join()).not.toContain("patient");
});

test("a foreign key over a column that is exchanged keeps what it does", () => {
  const schema = `CREATE TABLE cell (x int, y int, PRIMARY KEY (x, y));\nCREATE TABLE pin (id int PRIMARY KEY, x int, y int, CONSTRAINT pin_cell FOREIGN KEY (x, y) REFERENCES cell (x, y) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE);\n`;
  const said = "REFERENCES cell (x, y) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE NOT VALID";
  expect(sqlOf(plan("change-type pin.y bigint", [18], schema))).toContain(`FOREIGN KEY (x, y_new) ${said}`);
  expect(sqlOf(plan("change-type cell.y bigint", [18], schema))).toContain(`FOREIGN KEY (x, y) ${said.replace("(x, y)", "(x, y_new)")}`);
});

test("names too long for Postgres stay apart when they are cut", () => {
  const long = "a".repeat(58);
  const schema = `CREATE TABLE t (id int PRIMARY KEY, v int);\nCREATE INDEX ${long}_one ON t (v);\nCREATE INDEX ${long}_two ON t (v);\n`;
  const names = [...sqlOf(plan("change-type t.v bigint", [18], schema)).matchAll(/INDEX CONCURRENTLY (a+\w+) ON/g)].map(([, name]) => name);
  expect(new Set(names).size).toBe(2);
});

test("every reason is said at once", () => {
  const said = refused("change-type ward.id text");
  expect(said).toContain("the publication billing publishes ward");
  expect(said).toContain("and: the foreign key");
});

test("where there is no way back is said before anything starts", () => {
  const text = planText(plan("drop-column patient.email"));
  expect(text.indexOf("! phase drop cannot be undone")).toBeGreaterThan(-1);
  expect(text.indexOf("! phase drop cannot be undone")).toBeLessThan(text.indexOf("1. stop-using"));
  expect(text).toContain("nothing that serves uses patient.email");
});

test("a plan is read again as it was written", async () => {
  for (const words of [
    "not-null patient.email using ''",
    "change-type patient.id bigint",
    "drop-table visit",
    "add-index patient (email desc) where id > 3",
  ]) {
    const made = plan(words, [14, 18]);
    expect(await readPlan("plans/x.yaml", await planYaml(made))).toEqual(made);
  }
});

test.each([
  [
    "a key that nobody knows",
    (yaml: string) => yaml.replace("recipe:", "recipie:"),
    /plans\/x\.yaml:\d+:\d+ .*recipie: unknown setting; did you mean `recipe`/,
  ],
  ["another format", (yaml: string) => yaml.replace("plan/1", "plan/9"), /expected "tread\.plan\/1"/],
  [
    "a condition on a deploy that is not there",
    (yaml: string) => yaml.replace("step: write-always", "step: write-never"),
    /no earlier phase has a deploy step "write-never".*deploy steps before it: write-always/s,
  ],
  [
    "two steps with one name",
    (yaml: string) => yaml.replace("name: check-email", "name: hold-email"),
    /"hold-email" is the name of two steps/,
  ],
  [
    "phases that change places",
    (yaml: string) => swapPhases(yaml),
    /the first phase waits for something that only an earlier one brings about/,
  ],
  [
    "an end that nothing verifies",
    (yaml: string) => yaml.replace(/ {6}- kind: verify\n {8}name: is-not-null-email[\s\S]*?(?=notes:)/, ""),
    /nothing verifies the end/,
  ],
  ["broken YAML", (yaml: string) => `${yaml}\n  - [`, /plans\/x\.yaml:\d+:\d+/],
  ["a step of no kind", (yaml: string) => yaml.replace("kind: deploy", "kind: pray"), /plans\/x\.yaml:\d+:\d+ .*kind/],
])("a plan edited into nonsense is refused with its place: %s", async (_, edit, message) => {
  const yaml = await planYaml(plan("not-null patient.email", [17]));
  const edited = edit(yaml);
  expect(edited).not.toBe(yaml);
  await expect(readPlan("plans/x.yaml", edited)).rejects.toThrow(message);
  await expect(readPlan("plans/x.yaml", edited)).rejects.toMatchObject({ exitCode: 2 });
});

function swapPhases(yaml: string): string {
  const [head = "", first = "", rest = ""] = yaml.split(/(?<=phases:\n)|(?=\n {2}- name: guard)/);
  const notes = rest.indexOf("\nnotes:");
  return `${head}${rest.slice(1, notes)}\n${first.trimEnd()}${rest.slice(notes)}`;
}
