import * as z from "zod";
import type { ScaleProfile, TableScale } from "../model/environment.ts";
import { nearest } from "../text/nearest.ts";

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
});

const table = z.looseObject({
  table: z.string().min(1).describe("Qualified name: `public.person`."),
  rows: count.describe("Estimated rows."),
  bytes: optional.describe("Bytes of the table without its indexes."),
  indexBytes: optional,
  readsPerSecond: optional,
  writesPerSecond: optional,
  longestTransactionSeconds: optional,
  columns: z.array(column).nullable().optional(),
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

/** `tread.scale/1`. Keys that a later version added are kept and not looked at; see `misspelt`. */
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

export type ProfileResult =
  | { readonly ok: true; readonly profile: ScaleProfile }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/**
 * A profile from its parsed JSON. Names without a schema are taken as `public.` for Postgres; numbers that are left out become null.
 * @returns every problem at once, with its JSON path
 */
export function readProfile(value: unknown): ProfileResult {
  const parsed = profile.safeParse(value);
  const issues: z.core.$ZodIssue[] = [...(parsed.error?.issues ?? []), ...misspelt(value)];
  if (!parsed.success || issues.length > 0) return { ok: false, issues };
  const { server, collectedAt } = parsed.data;
  const seen = new Set<string>();
  const tables: TableScale[] = [];
  for (const [index, entry] of parsed.data.tables.entries()) {
    const name = server.engine === "postgres" && !entry.table.includes(".") ? `public.${entry.table}` : entry.table;
    const identity = server.engine === "postgres" ? name : `${name} ${entry.host ?? ""}`;
    if (seen.has(identity)) {
      issues.push({ code: "custom", path: ["tables", index, "table"], message: `\`${name}\` is listed twice`, input: entry.table });
    }
    seen.add(identity);
    tables.push({
      ...entry,
      table: name,
      bytes: entry.bytes ?? null,
      indexBytes: entry.indexBytes ?? null,
      readsPerSecond: entry.readsPerSecond ?? null,
      writesPerSecond: entry.writesPerSecond ?? null,
      longestTransactionSeconds: entry.longestTransactionSeconds ?? null,
      columns: (entry.columns ?? []).map((c) => ({
        ...c,
        type: c.type ?? null,
        nullFraction: c.nullFraction ?? null,
        distinct: c.distinct ?? null,
        averageBytes: c.averageBytes ?? null,
      })),
    });
  }
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    profile: { format: "tread.scale/1", collectedAt, server: { engine: server.engine, version: server.version }, tables },
  };
}

/**
 * A key that nobody knows may be a later version's, and is none of our business; one that is a letter away from a known key is a
 * typing error that would silently turn a hot table into a quiet one.
 */
function misspelt(value: unknown): z.core.$ZodIssue[] {
  const issues: z.core.$ZodIssue[] = [];
  const look = (object: unknown, shape: object, path: PropertyKey[]): void => {
    if (typeof object !== "object" || object === null || Array.isArray(object)) return;
    const known = Object.keys(shape);
    const unknown = Object.keys(object).filter(
      (key) => !known.includes(key) && nearest(key, known) !== null && Math.abs(key.length - (nearest(key, known)?.length ?? 0)) <= 1,
    );
    if (unknown.length > 0)
      issues.push({ code: "unrecognized_keys", keys: unknown, path, message: "", input: object as Record<string, unknown> });
  };
  look(value, profile.shape, []);
  const root = value as { server?: unknown; tables?: unknown } | null;
  look(root?.server, profile.shape.server.shape, ["server"]);
  const tables: unknown = root?.tables;
  if (!Array.isArray(tables)) return issues;
  // Every entry of a profile is written by the same program: the first ones show how it spells.
  for (const [index, entry] of tables.slice(0, 1000).entries()) {
    look(entry, table.shape, ["tables", index]);
    const columns: unknown = (entry as { columns?: unknown } | null)?.columns;
    if (Array.isArray(columns)) for (const [c, item] of columns.entries()) look(item, column.shape, ["tables", index, "columns", c]);
  }
  return issues;
}

/** `17.4` → 17, `18beta1` → 18; null for what is no version. */
export function majorVersion(version: string): number | null {
  const major = /^\d+/.exec(version)?.[0];
  return major === undefined ? null : Number(major);
}
