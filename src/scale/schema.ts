import * as z from "zod";

const count = z.number().nonnegative({ error: "must not be negative" });
const optional = count.nullable().optional();

const column = z.looseObject({
  column: z.string().min(1),
  type: z.string().nullable().optional(),
  nullFraction: z.number().min(0, { error: "must be between 0 and 1" }).max(1, { error: "must be between 0 and 1" }).nullable().optional(),
  distinct: count.nullable().optional().describe("Estimated number of distinct values."),
  averageBytes: optional,
  compressedBytes: optional,
  uncompressedBytes: optional,
  minimum: z.string().nullable().optional().describe("Smallest value as the server writes it: data, only with --with-ranges."),
  maximum: z.string().nullable().optional().describe("Largest value."),
});

const table = z.looseObject({
  table: z.string().min(1).describe("Qualified name: `public.person`."),
  rows: count.nullable().describe("Estimated rows; null where the server does not know (never analyzed)."),
  bytes: optional.describe("Bytes of the table without its indexes."),
  indexBytes: optional,
  readsPerSecond: optional,
  writesPerSecond: optional,
  longestTransactionSeconds: optional,
  columns: z.array(column).nullable().optional(),
  partitionOf: z.string().nullable().optional().describe("The partitioned table whose rows these are, too."),
  // ClickHouse: one entry per table and host.
  host: z.string().nullable().optional(),
  shard: z.union([z.number(), z.string()]).nullable().optional(),
  replica: z.string().nullable().optional(),
  engine: z.string().nullable().optional(),
  parts: optional,
  wideParts: optional,
  compactParts: optional,
  partitions: optional,
  largestPartitionBytes: optional,
  insertsPerSecond: optional,
  selectsPerSecond: optional,
  freeBytes: optional,
});

/** A profile as written. */
export interface RawProfile {
  collectedAt: string;
  server: { engine: "postgres" | "clickhouse"; version: string };
  tables: {
    table: string;
    rows: number | null;
    bytes?: number | null | undefined;
    indexBytes?: number | null | undefined;
    readsPerSecond?: number | null | undefined;
    writesPerSecond?: number | null | undefined;
    longestTransactionSeconds?: number | null | undefined;
    host?: string | null | undefined;
    columns?:
      | {
          column: string;
          type?: string | null | undefined;
          nullFraction?: number | null | undefined;
          distinct?: number | null | undefined;
          averageBytes?: number | null | undefined;
        }[]
      | null
      | undefined;
  }[];
}

/** `tread.scale/1`. Keys that a later version added are kept and not looked at. */
const profile = z.looseObject({
  format: z.literal("tread.scale/1", { error: 'expected "tread.scale/1"' }),
  collectedAt: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ].*)?$/, { error: "expected a date and time such as 2026-11-21T08:00:00Z" })
    .describe("When the statistics were read, ISO 8601."),
  server: z.looseObject({
    engine: z.enum(["postgres", "clickhouse"]),
    version: z.string().regex(/^\d+(\.\d+)*/, { error: 'expected a version such as "17.4"' }),
  }),
  tables: z.array(table),
});

/** JSON Schema (2020-12) of `tread.scale/1`; `schemas/scale.schema.json` is its rendering. */
export function scaleJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(profile.meta({ title: "tread.scale/1" }), { io: "input" }) as Record<string, unknown>;
}

/** What is wrong with a profile, in zod's words. Empty when nothing is. */
export function profileIssues(value: unknown): readonly z.core.$ZodIssue[] {
  const check: z.ZodType<RawProfile> = profile;
  return check.safeParse(value).error?.issues ?? [];
}
