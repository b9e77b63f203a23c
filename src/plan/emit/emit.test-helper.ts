import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { analyse } from "../../check/analyse.ts";
import { views } from "../../check/emit.ts";
import { check } from "../../check/index.ts";
import { loadSources } from "../../check/load-sources.ts";
import type { CheckOptions } from "../../check/options.ts";
import { loadConfig } from "../../config/load.ts";
import type { Plan } from "../types.ts";
import { overlayOf, withIgnores } from "./ignore.ts";
import { type EmitAsked, type Emission, emissionOf, writeEmission } from "./index.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A project in a folder that goes with the test file. */
export function projectOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "tread-emit-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export async function optionsOf(folder: string, more: Partial<CheckOptions> = {}): Promise<CheckOptions> {
  const config = await loadConfig({ cwd: folder });
  return { cwd: folder, config, paths: config.sources.length === 0 ? ["."] : [], base: null, appliedThrough: null, live: [], ...more };
}

/** What `tread plan … --emit` would write, and writes. */
export async function emitted(folder: string, plan: Plan, more: Partial<EmitAsked> = {}): Promise<Emission> {
  const options = await optionsOf(folder);
  const loaded = await loadSources(options);
  const analysis = await analyse(options, loaded);
  const view = analysis.views[0];
  const schema = view?.judged.flat().at(-1)?.after ?? view?.start;
  if (schema === undefined) throw new Error("no schema");
  const sources = loaded.sources.map(({ config, files, folder: tree, migrations }) => ({
    type: config.type,
    root: config.root,
    options: config.options,
    files,
    folder: tree,
    migrations,
  }));
  const emission = await emissionOf(
    plan,
    { engine: analysis.engine, schema, sources },
    {
      cwd: folder,
      into: null,
      tool: null,
      now: new Date("2026-11-22T19:40:00Z"),
      planFile: `plans/${plan.name}.yaml`,
      phase: null,
      lockTimeout: "2s",
      ...more,
    },
  );
  const overlay = overlayOf(emission);
  const reports = await Promise.all(
    views(emission, options, loaded, plan.from).map((each) =>
      check({ ...each, overlay: new Map([...(each.overlay ?? []), ...overlay]) }, "test"),
    ),
  );
  const silent = withIgnores(
    emission,
    reports.flatMap(({ report }) => report.findings),
  );
  writeEmission(silent);
  return silent;
}

/** Errors and warnings of `tread check`, as `rule file`; what the tool reads wrongly as well. */
export async function findings(folder: string, appliedThrough: string | null): Promise<readonly string[]> {
  const { report } = await check(await optionsOf(folder, { appliedThrough }), "test");
  return [
    ...report.findings
      .filter(({ severity }) => severity !== "info")
      .map(({ rule, severity, span, message }) => `${severity} ${rule} ${span?.file ?? ""}: ${message}`),
    ...report.problems.map(({ code, message }) => `${code}: ${message}`),
    // What nobody has judged: an opaque statement with a reason beside it has been.
    ...(report.verdict === "unknown" ? [`${report.coverage.opaque} opaque, ${report.coverage.unparsed} unparsed`] : []),
  ];
}

export function fileOf(folder: string, path: string): string {
  return readFileSync(join(folder, path), "utf8");
}

const UNDONE = { possible: true, transaction: true, sql: [] } as const;

/** NOT NULL for a column that old rows lack, with its fill. */
export const NOT_NULL: Plan = {
  format: "tread.plan/1",
  name: "not-null-person-email",
  database: "postgres",
  change: "not-null person.email using ''",
  from: null,
  recipe: "not-null",
  majors: [17],
  unsafe: ["ALTER TABLE person ALTER COLUMN email SET NOT NULL"],
  phases: [
    {
      name: "writers",
      summary: "the app gives every row a value",
      opens: [],
      live: "old",
      steps: [
        {
          kind: "deploy",
          name: "write-always",
          summary: "release a version that always writes person.email",
          code: ["every INSERT gives email a value"],
          operations: [],
        },
      ],
    },
    {
      name: "guard",
      summary: "old rows are filled and checked, and the column says so",
      opens: [{ when: "released", step: "write-always", sentence: "every release that serves writes person.email in every row" }],
      live: "new",
      steps: [
        {
          kind: "migrate",
          name: "hold-email",
          summary: "new and changed rows must have a value; nothing is read",
          transaction: true,
          sql: ["ALTER TABLE person ADD CONSTRAINT person_email_is_set CHECK (email IS NOT NULL) NOT VALID"],
          down: { possible: true, transaction: true, sql: ["ALTER TABLE person DROP CONSTRAINT person_email_is_set"] },
          operations: [
            {
              op: "add-constraint",
              table: "public.person",
              constraint: { kind: "check", name: "person_email_is_set", expression: "email IS NOT NULL" },
              notValid: true,
              applies: "database",
            },
          ],
        },
        {
          kind: "backfill",
          name: "fill-email",
          summary: "rows from before get a value, a batch at a time",
          table: "public.person",
          key: [],
          batch: null,
          sql: "UPDATE person SET email = 'nobody@example.org' WHERE email IS NULL",
          verify: "email IS NULL",
          newWrites: "person_email_is_set refuses a row without a value",
          down: UNDONE,
        },
        {
          kind: "verify",
          name: "no-null-email",
          summary: "no row is without a value",
          sql: "SELECT 1 FROM person WHERE email IS NULL LIMIT 1",
          otherwise: "rows of person have no email: give them one, then go on",
        },
        {
          kind: "migrate",
          name: "check-email",
          summary: "reads the table beside its readers and writers",
          transaction: true,
          sql: ["ALTER TABLE person VALIDATE CONSTRAINT person_email_is_set"],
          down: UNDONE,
          operations: [{ op: "validate-constraint", table: "public.person", name: "person_email_is_set", applies: "database" }],
        },
        {
          kind: "migrate",
          name: "set-email",
          summary: "the valid CHECK proves it: nothing is read",
          transaction: true,
          sql: ["ALTER TABLE person ALTER COLUMN email SET NOT NULL", "ALTER TABLE person DROP CONSTRAINT person_email_is_set"],
          down: {
            possible: true,
            transaction: true,
            sql: [
              "ALTER TABLE person ADD CONSTRAINT person_email_is_set CHECK (email IS NOT NULL) NOT VALID",
              "ALTER TABLE person ALTER COLUMN email DROP NOT NULL",
            ],
          },
          operations: [
            {
              op: "alter-column",
              table: "public.person",
              column: { name: "email", type: "text", notNull: true, default: null, identity: null, generated: null },
              applies: "both",
            },
            { op: "drop-constraint", table: "public.person", name: "person_email_is_set", applies: "database" },
          ],
        },
      ],
    },
  ],
  notes: [],
};

/** An index on a table that serves. */
export const ADD_INDEX: Plan = {
  format: "tread.plan/1",
  name: "add-index-person-team-id",
  database: "postgres",
  change: "add-index person (team_id)",
  from: null,
  recipe: "add-index",
  majors: [17],
  unsafe: ["CREATE INDEX person_team_id_idx ON person (team_id)"],
  phases: [
    {
      name: "build",
      summary: "built beside its readers and writers",
      opens: [],
      live: "old and new",
      steps: [
        {
          kind: "migrate",
          name: "build-index",
          summary: "waits for open transactions; nobody waits for it",
          transaction: false,
          sql: ["CREATE INDEX CONCURRENTLY person_team_id_idx ON person (team_id)"],
          down: { possible: true, transaction: false, sql: ["DROP INDEX CONCURRENTLY person_team_id_idx"] },
          operations: [
            {
              op: "add-index",
              table: "public.person",
              name: "person_team_id_idx",
              unique: false,
              method: "btree",
              keys: [{ column: "team_id", expression: null, descending: false }],
              include: [],
              where: null,
              concurrently: true,
              applies: "both",
            },
          ],
        },
      ],
    },
  ],
  notes: [],
};
