import { createHash } from "node:crypto";
import type { Plan } from "./types.ts";

/**
 * SHA-256, hex, of what a plan does: its phases with their conditions and steps. Words for people (summaries, notes, sentences) may be
 * corrected while it runs, and so may the layout of the file.
 */
export function planHash({ name, database, majors, phases }: Plan): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered({ name, database, majors, phases })))
    .digest("hex");
}

const WORDS: ReadonlySet<string> = new Set(["summary", "sentence", "otherwise", "why", "code", "newWrites"]);

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !WORDS.has(key));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)]));
}
