import { expect, test } from "vitest";
import { PlanTrouble } from "../trouble.ts";
import { isVerb, readWords } from "./read.ts";

function refusal(...args: readonly string[]): string {
  try {
    readWords(args);
  } catch (error) {
    expect(error).toBeInstanceOf(PlanTrouble);
    return `${(error as PlanTrouble).message}\n${(error as PlanTrouble).help}`;
  }
  throw new Error("it was understood");
}

test.each([
  [["not-null", "person.email"], ["ALTER TABLE person ALTER COLUMN email SET NOT NULL"]],
  [["set-not-null crm.person.email"], ["ALTER TABLE crm.person ALTER COLUMN email SET NOT NULL"]],
  [["not-null", '"Person"."Email"', "using", "''"], ['ALTER TABLE "Person" ALTER COLUMN "Email" SET NOT NULL']],
  [["add-index", "person", "(email, lower(name) desc)"], ["CREATE INDEX ON person (email, lower(name) desc)"]],
  [
    ["add-index", "person(email) using gin include (name) where email is not null name person_search"],
    ["CREATE INDEX person_search ON person USING gin (email) include (name) where email is not null"],
  ],
  [["add-index person_email on person (email)"], ["CREATE INDEX person_email ON person (email)"]],
  [["add-unique", "person.email"], ["ALTER TABLE person ADD UNIQUE (email)"]],
  [
    ["add-unique person (team_id, email) nulls not distinct include (name) name one_each"],
    ["ALTER TABLE person ADD CONSTRAINT one_each UNIQUE NULLS NOT DISTINCT (team_id, email) INCLUDE (name)"],
  ],
  [["add-unique person (team_id, email) name one_each"], ["ALTER TABLE person ADD CONSTRAINT one_each UNIQUE (team_id, email)"]],
  [["add-check", "product", "(price >= 0)"], ["ALTER TABLE product ADD CHECK (price >= 0)"]],
  [
    ["add-foreign-key", "orders.person_id", "person.id", "on delete cascade"],
    ["ALTER TABLE orders ADD FOREIGN KEY (person_id) REFERENCES person (id) on delete cascade"],
  ],
  [["rename-column person.email to mail"], ["ALTER TABLE person RENAME COLUMN email TO mail"]],
  [["change-type person.price to numeric(10, 2)"], ["ALTER TABLE person ALTER COLUMN price TYPE numeric(10, 2)"]],
  [["drop-m2m dashboard.tags"], ["DROP TABLE dashboard_tags"]],
  [
    ["replace-index person_email_idx by person (lower(email))"],
    ["DROP INDEX person_email_idx", "CREATE INDEX person_email_idx ON person (lower(email))"],
  ],
  [["detach-partition m_2019 from m"], ["ALTER TABLE m DETACH PARTITION m_2019"]],
  [["add-enum-value status 'archived' before 'closed'"], ["ALTER TYPE status ADD VALUE 'archived' before 'closed'"]],
])("%j is the unsafe form %j", (args, sql) => {
  expect(readWords(args).sql).toEqual(sql);
});

test("the value for rows without one is no part of the unsafe statement", () => {
  expect(readWords(["not-null person.email using lower(name)"]).fill).toBe("lower(name)");
});

test("what is said another way is told how to say it", () => {
  expect(refusal("not-null", "person")).toContain("expected a column as table.column");
  expect(refusal("not-null", "person.email", "please")).toMatch(/expected nothing more, found `please`[\s\S]*tread plan not-null/);
  expect(refusal("add-index", "person")).toContain("expected (, the words end");
  expect(refusal("drop-colum", "person.email")).toContain("did you mean drop-column?");
  expect(refusal("drop-colum person.email")).toContain("did you mean drop-column?");
  expect(refusal("sorting-kye", "events")).toContain("did you mean sorting-key?");
  expect(refusal("not-null")).toContain("not-null: expected a column as table.column, the words end");
});

test("changes of ClickHouse are known by name, and refused with what to do, step by step", () => {
  expect(isVerb("sorting-key")).toBe(true);
  expect(refusal("sorting-key", "events", "(team_id)")).toContain("ClickHouse");
  expect(refusal("ttl", "events", "ts + interval 1 month")).toContain("MATERIALIZE TTL IN PARTITION");
  expect(refusal("projection", "events")).toContain("system.projection_parts");
});
