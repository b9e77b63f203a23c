import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { Finding } from "../model/report.ts";
import type { Case } from "./cases.test-helper.ts";
import { judgeCase, parseCases, readCases } from "./cases.test-helper.ts";
import type { Judgement } from "./judge.ts";

let engine: PostgresEngine;
beforeAll(async () => {
  engine = await loadPostgres();
});

function judged(text: string): Judgement {
  const [story] = parseCases(`-- case: a story\n${text}`, "missing-lock-timeout");
  if (story === undefined) throw new Error("no story");
  return judgeCase(engine, story);
}

function only(judgement: Judgement, rule: string): Finding {
  const found = judgement.findings.filter((finding) => finding.rule === rule);
  const [first, ...more] = found;
  if (first === undefined || more.length > 0) throw new Error(`${found.length} findings of ${rule}, not one`);
  return first;
}

const PERSON = "-- 0001.sql\nCREATE TABLE person (id bigint PRIMARY KEY, email varchar(50));\n";

describe("a hazard in several environments", () => {
  const several = `-- environment: local assume=small
-- environment: self_hosted rows(person)=100
-- environment: cloud rows(person)=2004118230 reads(person)=20
${PERSON}-- 0002.sql
CREATE INDEX person_email_idx ON person (email);`;

  it("is one finding, as bad as the worst, with each environment's own severity", () => {
    const finding = only(judged(several), "create-index-blocking");
    expect(finding.severity).toBe("error");
    expect(finding.environments).toEqual({ local: "info", self_hosted: "info", cloud: "error" });
  });

  it("is told in the words of the worst, with the sizes of all and their witness", () => {
    const finding = only(judged(several), "create-index-blocking");
    expect(finding.why).toContain("2,004,118,230 rows");
    expect(finding.evidence.map((line) => line.text)).toEqual(
      expect.arrayContaining([
        "SHARE on `person`: blocks writes",
        "cloud: 2,004,118,230 rows in `person`, scale profile of 21 November 2026",
        "self_hosted: 100 rows in `person`, scale profile of 21 November 2026",
        "local: `person`: assumed small (`assume: small`)",
      ]),
    );
  });

  it("is told in the words of the larger one where two are equally bad", () => {
    const judgement = judged(`-- environment: eu rows(person)=1240118
-- environment: us rows(person)=2004118230
${PERSON}-- 0002.sql
UPDATE person SET email = lower(email);`);
    expect(only(judgement, "row-by-row").message).toContain("2,004,118,230 rows");
  });

  it("names only the environments in which it was raised", () => {
    const hot = judged(`-- environment: local assume=small
-- environment: cloud rows(person)=5000 reads(person)=5200 longest(person)=41
${PERSON}-- 0002.sql
ALTER TABLE person ADD COLUMN region text;`);
    expect(only(hot, "hot-table-alter").environments).toEqual({ cloud: "error" });
  });

  it("differs by the server's version: a CHECK is proof for SET NOT NULL, and Postgres 18 has a shorter way", () => {
    const story = (version: number): string => `-- environment: cloud rows(person)=2004118230 postgres=${version}
${PERSON}-- 0002.sql
ALTER TABLE person ALTER COLUMN email SET NOT NULL;`;
    expect(only(judged(story(14)), "set-not-null").help).toContain("CHECK (email IS NOT NULL) NOT VALID");
    expect(only(judged(story(18)), "set-not-null").help).toContain("NOT NULL email NOT VALID");
  });
});

describe("a broken query", () => {
  it("is cited with its version, origin and SQLSTATE", () => {
    const finding = only(
      judged(`-- live: SELECT id, email FROM person\n${PERSON}-- 0002.sql\nALTER TABLE person DROP COLUMN email;`),
      "drop-column",
    );
    expect(finding.liveVersions).toEqual(["v1"]);
    const [query] = finding.evidence.filter((line) => line.kind === "query");
    expect(query?.text).toContain("v1: select (app/models.py:12): SQLSTATE 42703");
    expect(query?.text).toContain("SELECT id, email FROM person");
  });
});

describe("suppressions", () => {
  const with_ = (comment: string): Judgement =>
    judged(`${PERSON}-- 0002.sql\nSET lock_timeout = '2s';\n${comment}\nCREATE INDEX person_email_idx ON person (email);`);

  it("with a reason take the finding away and are listed as used", () => {
    const { findings, suppressions } = with_("-- tread-ignore create-index-blocking: writes are stopped");
    expect(findings.map(({ rule }) => rule)).not.toContain("create-index-blocking");
    expect(suppressions).toMatchObject([{ rule: "create-index-blocking", reason: "writes are stopped", used: true, migration: "0002" }]);
  });

  it("without a reason do nothing and are reported", () => {
    const judgement = with_("-- tread-ignore create-index-blocking");
    expect(only(judgement, "create-index-blocking").severity).toBe("error");
    expect(only(judgement, "suppression").message).toContain("gives no reason");
  });

  it("that suppress nothing are reported where they stand", () => {
    const judgement = with_("-- tread-ignore drop-column: unused since 1.41");
    const finding = only(judgement, "suppression");
    expect(finding.message).toBe("the suppression of `drop-column` suppresses nothing");
    expect(finding.span?.line).toBe(2);
  });

  it("of a rule that does not exist are told the nearest one", () => {
    expect(only(with_("-- tread-ignore create-index-bloking: writes are stopped"), "suppression").help).toContain(
      "`create-index-blocking`",
    );
  });

  it("cannot hide that a statement does not parse", () => {
    const judgement = judged(`${PERSON}-- 0002.sql\n-- tread-ignore syntax-error: ours\nALTER TABEL person;`);
    expect(only(judgement, "syntax-error").severity).toBe("error");
    expect(only(judgement, "suppression").message).toContain("cannot be suppressed");
  });

  it("of a rule about the whole migration may stand on any of its statements", () => {
    const judgement = judged(`${PERSON}-- 0002.sql
ALTER TABLE person ADD COLUMN region text;
-- tread-ignore missing-lock-timeout: the role has one
ALTER TABLE person ADD COLUMN plan text;`);
    expect(judgement.findings.map(({ rule }) => rule)).not.toContain("missing-lock-timeout");
    expect(judgement.suppressions).toMatchObject([{ rule: "missing-lock-timeout", used: true }]);
  });
});

describe("two witnesses that disagree", () => {
  it("are an error that no suppression hides", () => {
    const [story] = parseCases(
      `-- case: a story\n${PERSON}-- 0002.sql\n-- tread-ignore witness-disagreement: ours\nALTER TABLE person ADD COLUMN region text;`,
      "missing-lock-timeout",
    );
    if (story === undefined) throw new Error("no story");
    const judgement = judgeCase(engine, story, () => ["rewrites: observed and not predicted: public.person"]);
    const finding = only(judgement, "witness-disagreement");
    expect(finding.severity).toBe("error");
    expect(finding.message).toContain("observed and not predicted: public.person");
    expect(only(judgement, "suppression").message).toContain("cannot be suppressed");
  });
});

describe("findings", () => {
  it("stand in the order of migrations and statements, worst first", () => {
    const { findings } = judged(`-- release: 0002.sql
${PERSON}-- 0002.sql
ALTER TABLE person ADD COLUMN number bigserial;
CREATE INDEX person_email_idx ON person (email);
-- 0003.sql
DROP TABLE person;`);
    expect(findings.map(({ migration, statement, rule }) => `${migration}#${statement} ${rule}`)).toEqual([
      "0002#0 add-column-rewrite",
      "0002#0 missing-lock-timeout",
      "0002#1 create-index-blocking",
      "0003#0 drop-table",
      "0003#0 missing-lock-timeout",
    ]);
  });

  it("point to their page", () => {
    expect(only(judged(`${PERSON}-- 0002.sql\nDROP TABLE person;`), "drop-table").docs).toBe("tread explain drop-table");
  });

  it("about a table that the release renamed still know its size", () => {
    const judgement = judged(`-- environment: cloud rows(person)=2004118230
-- live: SELECT 1
${PERSON}-- 0002.sql
ALTER TABLE person RENAME TO people;
CREATE INDEX people_email_idx ON people (email);`);
    expect(only(judgement, "create-index-blocking").why).toContain("2,004,118,230 rows");
  });
});

/** What a finding recommends must itself pass: the SQL of every help text without a gap to fill in is judged in its place. */
describe("the safe form that a finding recommends", () => {
  const stories: Case[] = ["postgres", "any"].flatMap((folder) => {
    const base = new URL(`./${folder}/`, import.meta.url);
    return readdirSync(base)
      .filter((name) => name.endsWith(".cases.sql"))
      .flatMap((name) => readCases(new URL(name, base), name.replace(".cases.sql", "")));
  });

  it("parses, runs, and raises no error", () => {
    const judgedRules = new Set<string>();
    for (const story of stories) {
      for (const finding of judgeCase(engine, story).findings) {
        const sql = /\n((?:--|[A-Z])[^]*)$/.exec(finding.help)?.[1];
        // Where a live version breaks, a release comes before the SQL: no form of the statement suits that version.
        if (finding.severity !== "error" || finding.liveVersions.length > 0 || sql === undefined || /…|<[a-z]/.test(sql)) continue;
        const place = story.migrations.findIndex((migration) => migration.id === finding.migration);
        const replaced = story.migrations[place];
        if (replaced === undefined) continue;
        const text = `${sql}\n`;
        const span = { file: `${finding.rule}.sql`, line: 1, column: 1, endLine: text.split("\n").length, endColumn: 1 };
        const safe: Case = {
          ...story,
          firstOfRelease: "safe",
          migrations: [
            ...story.migrations.slice(0, place),
            {
              ...replaced,
              id: "safe",
              transaction: "none",
              steps: [{ kind: "sql", sql: text, span, verbatim: true, operation: null, reverse: "unknown", suppressions: [] }],
            },
          ],
        };
        const errors = judgeCase(engine, safe).findings.filter(({ severity }) => severity === "error");
        // A hot table is a matter of when, which no form of the statement changes; a column that only the statement itself adds is not there.
        const own = errors.filter(({ rule, message }) => rule !== "hot-table-alter" && !/column .* does not exist/.test(message));
        expect(
          own.map(({ rule, message }) => `${story.rule}: ${story.name}: ${finding.rule}: ${rule}: ${message}`),
          sql,
        ).toEqual([]);
        judgedRules.add(finding.rule);
      }
    }
    expect([...judgedRules].sort()).toEqual(
      expect.arrayContaining([
        "add-check-validated",
        "add-column-volatile-default",
        "add-foreign-key-validated",
        "add-unique-constraint",
        "change-type-rewrite",
        "create-index-blocking",
        "set-not-null",
      ]),
    );
  });
});

describe("the recommended form of an index", () => {
  it("is the statement itself, concurrently", () => {
    const judgement = judged(
      `${PERSON}-- 0002.sql\nCREATE UNIQUE INDEX IF NOT EXISTS person_email_like\n  ON person (email varchar_pattern_ops) INCLUDE (id) WHERE email <> '';`,
    );
    expect(only(judgement, "create-index-blocking").help).toContain(
      "CREATE UNIQUE INDEX CONCURRENTLY person_email_like ON person (email varchar_pattern_ops) INCLUDE (id) WHERE email <> '';",
    );
  });
});
