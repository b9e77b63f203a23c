import type { Finding, Report, StatementReport } from "../model/report.ts";
import type { Span } from "../text/span.ts";

/** Reports as a real run writes them, for the tests of every format. The project is a small product-analytics company. */

export const FILES: Readonly<Record<string, string>> = {
  "backend/person/migrations/0003_drop_email.py":
    'class Migration(migrations.Migration):\n    operations = [\n        migrations.RemoveField(model_name="person", name="email"),\n    ]\n',
  "migrations/0004_public_id.sql":
    "SET lock_timeout = '2s';\nALTER TABLE person\n  ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();\nDO $$ BEGIN PERFORM backfill(); END $$;\n",
};

export const readSample = (path: string): string | null => FILES[path] ?? null;

function spanOf(file: string, wanted: string): Span {
  const text = FILES[file];
  const start = text?.indexOf(wanted) ?? -1;
  if (text === undefined || start === -1) throw new Error(`${wanted} is not in ${file}`);
  const at = (offset: number): { line: number; column: number } => {
    const lines = text.slice(0, offset).split("\n");
    return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
  };
  const [from, to] = [at(start), at(start + wanted.length)];
  return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

const DROP = "backend/person/migrations/0003_drop_email.py";
const ADD = "migrations/0004_public_id.sql";

export const dropColumn: Finding = {
  rule: "drop-column",
  severity: "error",
  migration: "person.0003_drop_email",
  statement: 0,
  span: spanOf(DROP, 'migrations.RemoveField(model_name="person", name="email")'),
  message: "dropping `person.email` breaks v1.42, which still selects it",
  label: "v1.42 names this column in every SELECT of Person",
  why: "Django names all columns of a model in every SELECT. From this statement on, each query for Person that v1.42 sends fails, until the last v1.42 process has stopped.",
  help: "leave the field out of the model first, deploy that, and drop the column in the release after:\n\n    email = deprecate_field(models.TextField())",
  evidence: [
    { kind: "query", text: 'SELECT "id", "email" FROM "person"', from: "static", value: null },
    { kind: "lock", text: "ACCESS EXCLUSIVE on person", from: "rehearsed", value: null },
    {
      kind: "rows",
      text: "2,004,118,230 rows in person",
      from: "scale-profile",
      value: 2_004_118_230,
      witness: "scale profile of 21 November 2026",
    },
  ],
  environments: { local: "error", cloud: "error" },
  liveVersions: ["v1.42"],
  also: [],
  docs: "tread explain drop-column",
};

export const volatileDefault: Finding = {
  rule: "add-column-volatile-default",
  severity: "error",
  migration: "0004_public_id",
  statement: 1,
  span: spanOf(ADD, "gen_random_uuid()"),
  message: "a volatile default rewrites every row of `person`",
  label: "volatile: a new value per row",
  why: "every row is written again while ACCESS EXCLUSIVE keeps reads and writes out.",
  help: "add the column without a default, set the default for new rows, then backfill in batches.",
  evidence: [
    { kind: "rewrite", text: "person, person_pkey", from: "rehearsed", value: ["public.person"] },
    { kind: "time", text: "about 3 h 48 min for 2,004,118,230 rows if it grows linearly", from: "estimate", value: 13_680_000 },
  ],
  environments: { local: "info", cloud: "error" },
  liveVersions: [],
  also: [{ span: spanOf(ADD, "ALTER TABLE person"), label: "the lock is on this table" }],
  docs: "https://tread.dev/rules/add-column-volatile-default",
};

function statement(index: number, sql: string, span: Span, more: Partial<StatementReport> = {}): StatementReport {
  return {
    index,
    sql,
    operation: null,
    span,
    understood: true,
    opaque: null,
    predicted: null,
    observed: null,
    held: [],
    durationMs: null,
    notObserved: null,
    traffic: null,
    ...more,
  };
}

const quietEffects = { locks: [], rewrites: [], scans: [], indexBuilds: [], error: null };

export const unsafeReport: Report = {
  format: "tread.report/1",
  mode: "rehearse",
  tread: "0.1.0",
  verdict: "unsafe",
  environments: [
    { name: "local", verdict: "unsafe", postgres: 18, reason: "1 finding at error" },
    { name: "cloud", verdict: "unsafe", postgres: 17, reason: "2 findings at error" },
  ],
  migrations: [
    {
      id: "person.0003_drop_email",
      path: DROP,
      source: "django",
      database: "postgres",
      transactional: true,
      judged: true,
      statements: [
        statement(0, 'ALTER TABLE "person" DROP COLUMN "email" CASCADE', spanOf(DROP, "migrations.RemoveField"), {
          operation: "RemoveField person.email",
          predicted: { ...quietEffects, locks: [{ relation: "public.person", mode: "AccessExclusive" }] },
          observed: { ...quietEffects, locks: [{ relation: "public.person", mode: "AccessExclusive" }] },
          held: [{ relation: "public.person", mode: "AccessExclusive" }],
          durationMs: 0.42,
          traffic: {
            longestStallMs: 12,
            failed: [{ version: "v1.42", sqlstate: "42703", count: 340, example: 'column "email" does not exist' }],
          },
        }),
      ],
    },
    {
      id: "0004_public_id",
      path: ADD,
      source: "sql-dir",
      database: "postgres",
      transactional: false,
      judged: true,
      statements: [
        statement(0, "SET lock_timeout = '2s'", spanOf(ADD, "SET lock_timeout = '2s'"), {
          predicted: quietEffects,
          observed: quietEffects,
          durationMs: 0.1,
        }),
        statement(
          1,
          "ALTER TABLE person\n  ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid()",
          spanOf(ADD, "ALTER TABLE person"),
          {
            observed: {
              ...quietEffects,
              locks: [{ relation: "public.person", mode: "AccessExclusive" }],
              rewrites: ["public.person"],
              indexBuilds: ["public.person_pkey"],
            },
            durationMs: 1340,
            traffic: { longestStallMs: 1338, failed: [] },
          },
        ),
        statement(2, "DO $$ BEGIN PERFORM backfill(); END $$", spanOf(ADD, "DO $$"), {
          understood: false,
          opaque: "a DO block calls `backfill()`, which is not defined in the migrations",
          notObserved: "the function does not exist here",
        }),
      ],
    },
  ],
  findings: [dropColumn, volatileDefault],
  compatibility: {
    versions: ["v1.42", "v1.43"],
    steps: ["start", "person.0003_drop_email#0", "0004_public_id#0", "0004_public_id#1"],
    cells: ["local", "cloud"].flatMap((environment) =>
      ["start", "person.0003_drop_email#0", "0004_public_id#0", "0004_public_id#1"].flatMap((step) => [
        {
          environment,
          version: "v1.42",
          step,
          queries: 41,
          unknown: 0,
          broken:
            step === "start"
              ? []
              : [
                  {
                    query: 'SELECT "person"."id", "person"."email" FROM "person" WHERE "person"."id" = $1',
                    origin: "Person (person/models.py:12)",
                    sqlstate: "42703",
                    error: "column person.email does not exist",
                    from: "rehearsed" as const,
                    use: "certain" as const,
                  },
                ],
        },
        { environment, version: "v1.43", step, queries: 38, unknown: 0, broken: [] },
      ]),
    ),
  },
  coverage: { migrations: 9, statements: 31, understood: 30, opaque: 1, unparsed: 0, topology: [] },
  suppressions: [
    {
      rule: "missing-lock-timeout",
      reason: "set by the deploy script",
      span: spanOf(ADD, "SET lock_timeout"),
      migration: "0004_public_id",
      used: true,
    },
    { rule: "drop-table", reason: "gone since March", span: spanOf(ADD, "DO $$"), migration: "0004_public_id", used: false },
  ],
  problems: [
    {
      code: "missing-parent",
      message: "`team.0002_x` depends on `team.0001_initial`, which is not there",
      help: "restore the file, or correct `dependencies`",
      span: { file: "backend/team/migrations/0002_x.py", line: 6, column: 9, endLine: 6, endColumn: 30 },
      fatal: true,
    },
  ],
  rehearsal: {
    server: "PostgreSQL 18.4",
    environment: "cloud",
    seeded: [
      { table: "public.person", rows: 200_000, scaledFrom: 2_004_118_230 },
      { table: "public.team", rows: 40, scaledFrom: null },
    ],
    limits: ["replication lag", "the extension postgis is not in the embedded server: 2 tables left out"],
    baseline: { seconds: 2, queries: 12_800, longestStallMs: 0.3, failed: 0 },
    traffic: { seconds: 3.1, queries: 12_400, longestStallMs: 1338, failed: 340 },
    seconds: 8.4,
  },
};

export const safeReport: Report = {
  ...unsafeReport,
  mode: "check",
  verdict: "safe",
  environments: unsafeReport.environments.map((e) => ({ ...e, verdict: "safe" as const, reason: "nothing found" })),
  migrations: unsafeReport.migrations.map((m) => ({
    ...m,
    statements: m.statements
      .filter((s) => s.understood)
      .map((s) => ({ ...s, observed: null, durationMs: null, traffic: null, notObserved: null })),
  })),
  findings: [],
  compatibility: { ...unsafeReport.compatibility, cells: unsafeReport.compatibility.cells.map((cell) => ({ ...cell, broken: [] })) },
  coverage: { migrations: 9, statements: 31, understood: 31, opaque: 0, unparsed: 0, topology: [] },
  suppressions: [],
  problems: [],
  rehearsal: null,
};
