import type * as z from "zod";
import type { ScaleProfile, TableScale } from "../model/environment.ts";
import { nearest } from "../text/nearest.ts";
import { fits, publishedSchema } from "./fits.ts";
import type { RawProfile } from "./schema.ts";

export type ProfileResult =
  | { readonly ok: true; readonly profile: ScaleProfile }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/**
 * A profile from its parsed JSON. Names without a schema are taken as `public.` for Postgres; numbers that are left out become null.
 * @returns every problem at once, with its JSON path
 */
export async function readProfile(value: unknown): Promise<ProfileResult> {
  const schema = publishedSchema("scale");
  const issues: z.core.$ZodIssue[] = [...misspelt(value, schema)];
  if (!fits(schema, value)) issues.unshift(...(await import("./schema.ts")).profileIssues(value));
  if (issues.length > 0) return { ok: false, issues };
  const { server, collectedAt, tables: entries } = value as RawProfile;
  const seen = new Set<string>();
  const tables: TableScale[] = [];
  for (const [index, entry] of entries.entries()) {
    const name = server.engine === "postgres" && !entry.table.includes(".") ? `public.${entry.table}` : entry.table;
    const identity = server.engine === "postgres" ? name : `${name} ${entry.host ?? ""}`;
    if (seen.has(identity)) {
      issues.push({ code: "custom", path: ["tables", index, "table"], message: `\`${name}\` is listed twice`, input: entry.table });
    }
    seen.add(identity);
    // Absent stays absent: an entry of Postgres has no host.
    tables.push({
      ...(entry as Omit<typeof entry, "host">),
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
function misspelt(value: unknown, schema: JsonSchema): z.core.$ZodIssue[] {
  const issues: z.core.$ZodIssue[] = [];
  const look = (part: unknown, shape: JsonSchema | undefined, path: readonly PropertyKey[]): void => {
    if (typeof part !== "object" || part === null || shape === undefined) return;
    if (Array.isArray(part)) {
      for (const [index, item] of part.entries()) look(item, shape["items"] as JsonSchema | undefined, [...path, index]);
      return;
    }
    const object = objectOf(shape);
    const properties = (object?.["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
    const known = Object.keys(properties);
    const keys = Object.keys(part).filter((key) => !Object.hasOwn(properties, key) && isTypingError(key, known));
    if (keys.length > 0)
      issues.push({ code: "unrecognized_keys", keys, path: [...path], message: "", input: part as Record<string, unknown> });
    for (const [key, item] of Object.entries(part)) look(item, arrayOf(properties[key]), [...path, key]);
  };
  look(value, schema, []);
  return issues;
}

function isTypingError(key: string, known: readonly string[]): boolean {
  const meant = nearest(key, known);
  return meant !== null && Math.abs(key.length - meant.length) <= 1;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** `anyOf: [thing, null]` is how a nullable thing is written. */
function arrayOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  return (schema?.["anyOf"] as readonly JsonSchema[] | undefined)?.find((option) => option["type"] !== "null") ?? schema;
}

function objectOf(schema: JsonSchema): JsonSchema | undefined {
  return schema["properties"] === undefined ? undefined : schema;
}

/** `17.4` → 17, `18beta1` → 18; null for what is no version. */
export function majorVersion(version: string): number | null {
  const major = /^\d+/.exec(version)?.[0];
  return major === undefined ? null : Number(major);
}
