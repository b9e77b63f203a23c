// oxlint-disable-next-line no-restricted-imports -- the pages of `tread explain` are files beside the rules; no rule reads one
import { readFileSync } from "node:fs";
import { CLICKHOUSE_FINDINGS, CLICKHOUSE_RULES } from "./clickhouse/index.ts";
import { OTHER_FINDINGS, RULES } from "./index.ts";

/** Ids of everything that a report may name and `tread explain` has a page for, in alphabetical order. */
export function ruleIds(): readonly string[] {
  return [...[...RULES, ...CLICKHOUSE_RULES].map((rule) => rule.id), ...Object.keys({ ...OTHER_FINDINGS, ...CLICKHOUSE_FINDINGS })].sort();
}

/** One line about a rule, or null when there is none of that name. */
export function ruleSummary(id: string): string | null {
  return [...RULES, ...CLICKHOUSE_RULES].find((rule) => rule.id === id)?.summary ?? OTHER_FINDINGS[id] ?? CLICKHOUSE_FINDINGS[id] ?? null;
}

/** The preset that a rule belongs to, or null: such a rule runs only where a config asks for it. */
export function rulePreset(id: string): string | null {
  return RULES.find((rule) => rule.id === id)?.preset ?? null;
}

/** The page of a rule as markdown, or null when there is no rule of that name. */
export function rulePage(id: string): string | null {
  if (!ruleIds().includes(id)) return null;
  for (const folder of ["postgres", "clickhouse", "any", "style"]) {
    try {
      return readFileSync(new URL(`../rules/${folder}/${id}.md`, import.meta.url), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return null;
}
