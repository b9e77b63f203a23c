import * as z from "zod";
import { SILENT_KINDS } from "../model/clickhouse/effects.ts";
import { LOCK_MODES } from "../model/effects.ts";
import { GROWTH_MODELS, GROWTH_UNITS } from "../model/growth.ts";
import type { Report } from "../model/report.ts";

/** `tread.report/1` as a schema. `Same` below does not compile when it and the type in `model/report.ts` differ. */

const span = z.object({
  file: z.string().describe("Relative to the working directory, forward slashes."),
  line: z.int().describe("From 1."),
  column: z.int().describe("From 1, in UTF-16 units."),
  endLine: z.int(),
  endColumn: z.int().describe("Exclusive."),
});

const severity = z.enum(["error", "warning", "info"]);
const verdict = z.enum(["safe", "unsafe", "unknown"]);
const witness = z.enum(["static", "rehearsed", "scale-profile", "estimate", "fact"]);
const lock = z.object({ relation: z.string().describe("Schema-qualified."), mode: z.enum(LOCK_MODES) });

const postgresEffects = z
  .object({
    locks: z.array(lock).describe("The strongest mode per table that existed before, as the statement takes it alone."),
    rewrites: z.array(z.string()).describe("Tables of which every row is written again."),
    scans: z.array(z.string()).describe("Tables of which every row is read while the lock is held."),
    indexBuilds: z.array(z.string()),
    error: z.object({ sqlstate: z.string(), message: z.string() }).nullable(),
  })
  .describe("What a statement does to a Postgres database, predicted or observed.");

const silent = z.object({
  kind: z.enum(SILENT_KINDS),
  decidedBy: z
    .string()
    .nullable()
    .describe("A query whose one number says how many rows would be hit; null: it happens whatever the data are."),
  columns: z.array(z.string()).optional(),
  what: z.string().optional(),
  table: z.string().optional().describe("Whose data are hit, where it is not the statement's own table."),
});

const clickhouseEffects = z
  .object({
    class: z.enum(["metadata", "mutation", "at-merge", "rebuild", "refused"]),
    silent: silent.nullable().describe("Damage that the server accepts without a word: the gravest."),
    moreSilent: z.array(silent).optional(),
    blocks: z.enum(["reads", "writes", "mutations-behind-it", "none"]),
    columns: z.array(z.string()).describe("Columns whose files are written or unlinked."),
    parts: z.number().nullable().describe("Parts that get a new version, per replica; null where nobody can know."),
    bytesWritten: z.number().nullable().describe("Per replica; null where nobody can know."),
    error: z.object({ code: z.int(), message: z.string() }).nullable(),
  })
  .describe("What a statement does to a ClickHouse database, predicted or observed.");

const effects = z.union([postgresEffects, clickhouseEffects]);

const traffic = z.object({
  longestStallMs: z.number().describe("Longest wait for a lock whose blocker was the migration, in ms."),
  failed: z.array(z.object({ version: z.string(), sqlstate: z.string(), count: z.number(), example: z.string() })),
});

const calibration = z
  .object({
    writeMbPerSecond: z.number(),
    scanMbPerSecond: z.number(),
    bytes: z.number().describe("Of the table that was written and read."),
  })
  .describe("How fast this Postgres wrote and read one table from end to end, in 10^6 bytes per second.");

const growth = z
  .object({
    model: z.enum(GROWTH_MODELS),
    per: z.enum(GROWTH_UNITS).nullable().describe("What the cost is proportional to; null for `constant`."),
    table: z.string().describe("The table whose size drives the cost."),
    sizes: z.array(
      z.object({
        rows: z.number(),
        bytes: z.number().describe("Of the table without its indexes."),
        indexBytes: z.number(),
        ms: z.number().describe("The fastest of `runs`."),
        runs: z.array(z.number()),
      }),
    ),
    calibration,
    estimates: z.array(
      z.object({
        environment: z.string(),
        table: z.string(),
        rows: z.number().nullable().describe("Of the environment's profile; null without one: then only the rate is known."),
        lowMs: z.number().nullable(),
        highMs: z.number().nullable(),
        text: z.string(),
      }),
    ),
    unknown: z.array(z.string()).describe("What no rehearsal can know."),
  })
  .describe("How the cost of a statement grows with its table, from runs at several sizes.");

const statement = z.object({
  index: z.int().describe("Position in the migration, from 0."),
  sql: z.string(),
  operation: z.string().nullable().describe("What the reader wrote when it is not SQL."),
  span,
  understood: z.boolean(),
  opaque: z.string().nullable().describe("Why it was not understood."),
  predicted: effects.nullable(),
  observed: effects.nullable(),
  held: z.array(lock).describe("Locks that the transaction holds once the statement has ended."),
  durationMs: z.number().nullable(),
  notObserved: z.string().nullable(),
  traffic: traffic.nullable(),
  growth: growth.nullable().optional().describe("Of a rehearsal: null or absent where it was not measured."),
});

const migration = z.object({
  id: z.string(),
  path: z.string(),
  source: z.string(),
  database: z.enum(["postgres", "clickhouse"]),
  transactional: z.boolean(),
  judged: z.boolean().describe("False: applied already, folded into the schema only."),
  statements: z.array(statement),
});

const finding = z.object({
  rule: z.string(),
  severity: severity.describe("The worst over the environments."),
  migration: z.string().nullable(),
  statement: z.int().nullable(),
  span: span.nullable(),
  message: z.string(),
  label: z.string().nullable(),
  why: z.string(),
  help: z.string(),
  evidence: z.array(
    z.object({
      kind: z.enum(["lock", "rewrite", "scan", "time", "rows", "error", "query", "release", "review"]),
      text: z.string(),
      from: witness,
      value: z.unknown(),
      witness: z.string().optional().describe("The witness in words, when `from` alone does not tell it."),
    }),
  ),
  environments: z.record(z.string(), severity),
  liveVersions: z.array(z.string()),
  also: z.array(z.object({ span, label: z.string() })),
  docs: z.string(),
  fix: z
    .object({ available: z.boolean(), summary: z.string().nullable(), reason: z.string().nullable() })
    .optional()
    .describe("With --fix or --fix-dry-run: whether an edit that keeps the meaning takes the finding away, or why none does."),
});

const cell = z.object({
  environment: z.string(),
  version: z.string(),
  step: z.string().describe("`start` or `<migration>#<statement>`: the schema after it."),
  queries: z.number(),
  unknown: z.number().describe("Queries whose fate could not be told."),
  broken: z.array(
    z.object({
      query: z.string(),
      origin: z.string(),
      sqlstate: z.string(),
      error: z.string(),
      from: witness,
      use: z.enum(["certain", "latent"]),
    }),
  ),
});

const load = z.object({ seconds: z.number(), queries: z.number(), longestStallMs: z.number(), failed: z.number() });

const rehearsal = z.object({
  server: z.string(),
  environment: z.string(),
  seeded: z.array(z.object({ table: z.string(), rows: z.number(), scaledFrom: z.number().nullable() })),
  limits: z.array(z.string()),
  baseline: load.describe("The same traffic without the migration."),
  traffic: load,
  seconds: z.number(),
  calibration: calibration.nullable().optional(),
  fullSize: z
    .object({
      server: z.string().describe("Host, port and database; never with a password."),
      bytes: z.number(),
      tables: z
        .array(z.object({ table: z.string(), rows: z.number(), bytes: z.number() }))
        .describe("The largest, by the planner's estimate."),
      drift: z.array(z.string()).describe("Where its schema differs from what the applied migrations make."),
    })
    .nullable()
    .optional()
    .describe("The clone that it ran on (`--on`)."),
});

const report = z.object({
  format: z.literal("tread.report/1"),
  mode: z.enum(["check", "rehearse"]),
  tread: z.string().describe("Version of tread."),
  verdict,
  environments: z.array(
    z.object({
      name: z.string(),
      verdict,
      postgres: z.int(),
      clickhouse: z.string().optional().describe("Version of the ClickHouse servers; absent where nothing is for ClickHouse."),
      reason: z.string(),
    }),
  ),
  migrations: z.array(migration),
  findings: z.array(finding),
  compatibility: z.object({ versions: z.array(z.string()), steps: z.array(z.string()), cells: z.array(cell) }),
  coverage: z.object({
    migrations: z.int(),
    statements: z.int(),
    understood: z.int(),
    opaque: z.int(),
    unparsed: z.int(),
    topology: z.array(z.string()),
    appliedMigrations: z.int().optional().describe("Migrations that are applied already: folded into the schema, not judged."),
    appliedOpaque: z.int().optional().describe("Statements of those that were not understood."),
    schema: z
      .object({
        from: z.enum(["migrations", "base", "file", "database"]),
        name: z.string().nullable().describe("The file, or the database without its password."),
        applied: z.string().nullable().describe("What it records as applied, in words."),
      })
      .optional()
      .describe("Where the schema before the judged migrations comes from."),
    switchedOff: z.array(z.string()).optional().describe("Rules that the config switches off (`policy.rules`)."),
    severities: z.record(z.string(), severity).optional().describe("Rules whose severity the config sets."),
    presets: z.array(z.string()).optional().describe("Presets of rules that the config switches on."),
  }),
  suppressions: z.array(z.object({ rule: z.string(), reason: z.string().nullable(), span, migration: z.string(), used: z.boolean() })),
  problems: z.array(z.object({ code: z.string(), message: z.string(), help: z.string(), span: span.nullable(), fatal: z.boolean() })),
  rehearsal: rehearsal.nullable(),
  facts: z
    .array(
      z.object({
        query: z.string(),
        value: z.number(),
        at: z.string().nullable(),
        hosts: z.array(z.string()),
        file: z.string(),
        use: z.enum(["silences", "confirms", "unused"]),
      }),
    )
    .optional()
    .describe("Servers' answers to queries that decide hazards (`--facts`)."),
});

/** Read-only all the way down, and optional fields counted: a field that only one side knows is a difference. */
type Exact<T> = unknown extends T
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Exact<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]-?: Exact<T[Key]> }
      : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const same: Same<Exact<Report>, Exact<z.infer<typeof report>>> = true;

/** For readers of reports and for tests: unknown fields are kept out of the result, so that a comparison finds them. */
export const reportSchema: z.ZodType<Report> = same && report;

/** JSON Schema (2020-12) of a report. Open: fields are only ever added. */
export function reportJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(report.meta({ title: "tread.report/1" }), { io: "input" }) as Record<string, unknown>;
}
