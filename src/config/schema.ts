import * as z from "zod";
import {
  APP_TYPES,
  DEFAULT_THRESHOLDS,
  DJANGO_OPERATIONS,
  POSTGRES_VERSIONS,
  PRESETS,
  REVIEW_KINDS,
  type ReviewKind,
  SOURCE_TYPES,
} from "./known.ts";

/** A config file as written, after the shape was checked and before names and paths were. */
export interface RawConfig {
  $schema?: string | undefined;
  sources?: RawSource[] | undefined;
  live?: RawLive[] | undefined;
  releases?: string | undefined;
  environments?: Record<string, RawEnvironment | null> | undefined;
  workload?: string | string[] | undefined;
  thresholds?: { largeRows?: number | undefined; hotReadsPerSecond?: number | undefined; stallMs?: number | undefined } | undefined;
  policy?:
    | {
        failOn?: "error" | "warning" | "info" | undefined;
        onUnknown?: "fail" | "pass" | undefined;
        review?: RawReviewRule[] | undefined;
        teams?: Record<string, string | string[]> | undefined;
        allowedSigners?: string | undefined;
        rules?: Record<string, "off" | "info" | "warning" | "error"> | undefined;
        presets?: string[] | undefined;
      }
    | undefined;
  django?: RawDjango | undefined;
}

export interface RawReviewRule {
  paths?: string[] | undefined;
  kinds?: ReviewKind[] | undefined;
  approvers: string[];
  allowAuthor?: boolean | undefined;
  signed?: boolean | undefined;
}

export interface RawSource {
  type: string;
  root?: string | undefined;
  path?: string | undefined;
  database?: "postgres" | "clickhouse" | undefined;
  appliedThrough?: string | undefined;
  base?: string | undefined;
  schema?: string | undefined;
  django?: RawDjango | undefined;
  functions?: string[] | undefined;
  constants?: Record<string, string | number | boolean | null | string[]> | undefined;
}

export interface RawDjango {
  operations?: Record<string, string> | undefined;
  settings?: string | undefined;
}

export interface RawLive {
  name: string;
  ref?: string | undefined;
  root?: string | undefined;
  path?: string | undefined;
  sql?: string | undefined;
  type?: string | undefined;
  database?: "postgres" | "clickhouse" | undefined;
}

export interface RawEnvironment {
  assume?: "small" | undefined;
  postgres?: number | string | undefined;
  clickhouse?: string | undefined;
  scale?: string | string[] | undefined;
  cluster?: string | undefined;
  live?: string[] | undefined;
  supports?: string | undefined;
  appliedThrough?: string | undefined;
  databaseUrlFrom?: string | undefined;
  clickhouseUrlFrom?: string | undefined;
}

const database = z
  .enum(["postgres", "clickhouse"])
  .describe("The engine these files are for. Default: clickhouse where SQL files are written in its dialect, else postgres.");

const text = z.string().min(1, { error: "must not be empty" });

const pathOrPaths = z.union([text, z.array(text)], { error: "expected a path or a list of paths" });

const djangoSettings = z
  .strictObject({
    operations: z
      .record(z.string(), z.enum(DJANGO_OPERATIONS))
      .describe("Operation classes of your own, and the Django operation that each behaves like.")
      .optional(),
    settings: text.describe("Dotted name or path of the settings module. Default: found next to manage.py.").optional(),
  })
  .describe("How Django migrations are read.");

const source = z
  .strictObject({
    type: z.enum(SOURCE_TYPES).describe("Which tool owns the migrations."),
    root: text.describe("Folder of the project, relative to this file. Default: the folder of this file.").optional(),
    path: text.describe("The same as `root`, for a folder or file of migrations.").optional(),
    database: database.optional(),
    appliedThrough: text
      .describe("Id of the last migration that is applied already. Default: what the newest live version carries.")
      .optional(),
    base: text.describe("A `pg_dump --schema-only` file that the migrations start from. Default: none.").optional(),
    schema: text
      .describe(
        "A file with the schema as it is before the migrations that are not applied: `db/structure.sql`, `schema.sql`, a dump. Default: none.",
      )
      .optional(),
    django: djangoSettings.optional(),
    functions: z
      .array(text)
      .describe(
        "For django-clickhouse: functions of your own whose first argument is a statement, by name. run_sql_with_exceptions and its relatives are known.",
      )
      .optional(),
    constants: z
      .record(text, z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]))
      .describe(
        "Values that only the deployment knows: settings and module variables of Python migrations (CLICKHOUSE_CLUSTER), `${NAME}` in SQL files for ClickHouse.",
      )
      .optional(),
  })
  .describe("Where migrations come from.");

const live = z
  .strictObject({
    name: text.describe("Name of the version in reports."),
    ref: text.describe("A git ref, read from git's objects without a checkout.").optional(),
    root: text.describe("Folder of the app inside the ref. Default: the root of the repository's part that holds this file.").optional(),
    path: text.describe("Or a folder that holds this version's app: models and migrations.").optional(),
    sql: text.describe("Or its queries: a .sql file, or an export of pg_stat_statements.").optional(),
    type: z.enum(APP_TYPES).describe("How to read the app. Default: detected.").optional(),
    database: database.optional(),
  })
  .meta({ oneOf: [{ required: ["ref"] }, { required: ["path"] }, { required: ["sql"] }] })
  .describe("A version of the app that may be serving while a migration runs.");

const environment = z
  .strictObject({
    assume: z
      .enum(["small"])
      .describe("Tables are small here (a laptop). Default: without a profile, sizes are unknown and taken as large.")
      .optional(),
    postgres: z
      .literal([...POSTGRES_VERSIONS, ...POSTGRES_VERSIONS.map(String)], { error: "expected a major version from 13 to 18" })
      .describe("Major version of the Postgres servers, 13 to 18. Default: the scale profile's, else 18.")
      .optional(),
    clickhouse: z
      .string({ error: 'expected a version in quotes, such as "26.3" (without quotes 26.10 would be read as 26.1)' })
      .regex(/^\d+(\.\d+)*$/, { error: 'expected a version such as "26.3"' })
      .describe("Version of the ClickHouse servers, in quotes. Default: the scale profile's.")
      .optional(),
    scale: pathOrPaths.describe("Scale profiles (`tread.scale/1`) of this environment: a path or a list. Default: none.").optional(),
    cluster: text.describe("Cluster topology (`tread.cluster/1`). Default: none.").optional(),
    live: z.array(text).describe("Which of `live` serve here. Default: all.").optional(),
    supports: text.describe("Range of app versions that may upgrade here, such as '>=1.40'. Default: none.").optional(),
    appliedThrough: text.describe("Id of the last migration that is applied here. Default: as the source says.").optional(),
    databaseUrlFrom: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        error: "expected the name of an environment variable (a URL with a password does not belong in a file)",
      })
      .describe("Name of the environment variable that holds the URL of a database here, for `scale collect` and `--database-url`.")
      .optional(),
    clickhouseUrlFrom: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        error: "expected the name of an environment variable (a URL with a password does not belong in a file)",
      })
      .describe(
        "Name of the environment variable that holds the URL of a ClickHouse server here, for `scale collect` and `--clickhouse-url`.",
      )
      .optional(),
  })
  .describe("One place where the migrations run.");

const positive = z.number().positive({ error: "must be greater than 0" });

const thresholds = z
  .strictObject({
    largeRows: positive.describe(`Rows from which work on every row hurts. Default: ${DEFAULT_THRESHOLDS.largeRows}.`).optional(),
    hotReadsPerSecond: positive
      .describe(`Reads per second from which a brief ACCESS EXCLUSIVE is noticed. Default: ${DEFAULT_THRESHOLDS.hotReadsPerSecond}.`)
      .optional(),
    stallMs: positive.describe(`Milliseconds that users may be made to wait. Default: ${DEFAULT_THRESHOLDS.stallMs}.`).optional(),
  })
  .describe("When large is large.");

const policy = z
  .strictObject({
    failOn: z.enum(["error", "warning", "info"]).describe("The least severity that makes a run fail. Default: error.").optional(),
    onUnknown: z.enum(["fail", "pass"]).describe("Whether a verdict of unknown fails the run with exit code 3. Default: fail.").optional(),
    review: z
      .array(
        z.strictObject({
          paths: z
            .array(text)
            .min(1, { error: "names no path" })
            .describe("Globs of migrations, relative to this file. Default: all.")
            .optional(),
          kinds: z
            .array(z.enum(REVIEW_KINDS))
            .min(1, { error: "names no kind" })
            .describe("Which of them. Default: all below `paths`; without `paths`: clickhouse and irreversible.")
            .optional(),
          approvers: z
            .array(text)
            .min(1, { error: "names nobody" })
            .describe(
              "Who may approve them: e-mail addresses, @handles and @org/teams (see `teams`), or '*' for everybody but the author.",
            ),
          allowAuthor: z.boolean().describe("Whether an author may approve their own change. Default: false.").optional(),
          signed: z.boolean().describe("Whether only signed approvals count. Default: false.").optional(),
        }),
      )
      .describe("Migrations that need an approval. Default: a warning for everything on ClickHouse and everything irreversible.")
      .optional(),
    teams: z
      .record(text, z.union([text, z.array(text)]))
      .describe("Who a handle is: e-mail addresses and other handles, by '@handle' or '@org/team'.")
      .optional(),
    allowedSigners: text
      .describe(
        "Keys that may sign approvals, in the format of ssh-keygen. Default: tread.approvals/allowed_signers, else git's gpg.ssh.allowedSignersFile.",
      )
      .optional(),
    rules: z
      .record(text, z.enum(["off", "info", "warning", "error"]))
      .describe("Severity of single rules, or `off`. What is switched off is listed in every report. Default: as each rule judges.")
      .optional(),
    presets: z
      .array(z.enum(PRESETS))
      .describe("Sets of rules that are off otherwise: `style` (types, names, comments). Default: none.")
      .optional(),
  })
  .describe("What makes a run fail, and who must approve what.");

const config: z.ZodType<RawConfig> = z
  .strictObject({
    $schema: z.string().describe("For the editor; tread does not read it.").optional(),
    sources: z
      .array(source)
      .min(1, { error: "is empty: name at least one source, or leave `sources` out to have them detected" })
      .optional(),
    live: z.array(live).optional(),
    releases: text
      .describe("The releases on record (`tread.releases/1`). Default: tread.releases.yaml beside this file, if there is one.")
      .optional(),
    environments: z.record(text, environment.nullable()).optional(),
    workload: pathOrPaths.describe("Files of ClickHouse queries with their frequencies. Default: none.").optional(),
    thresholds: thresholds.optional(),
    policy: policy.optional(),
    django: djangoSettings.optional(),
  })
  .meta({ title: "tread.config", description: "Settings of tread. Unknown keys are errors." });

/** JSON Schema (2020-12) of a config file, for editors; `schemas/config.schema.json` is its rendering. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(config, { io: "input" }) as Record<string, unknown>;
}

/** What is wrong with the shape of a config, in zod's words. Empty when nothing is. */
export function configIssues(value: unknown): readonly z.core.$ZodIssue[] {
  return config.safeParse(value).error?.issues ?? [];
}
