import { createHash } from "node:crypto";
import type { Migration } from "../../model/migration.ts";
import { ConfigError } from "../../config/config-error.ts";

/** A change of a key that is said in words, and the migration that stands for it in plans, approvals and ledgers. */
export interface KeyInWords {
  readonly key: { readonly table: string; readonly sorting: string | null; readonly partition: string | null };
  readonly migration: Migration;
}

const USAGES = "sorting-key events (team_id, toDate(timestamp)) or partition-key events toYYYYMM(timestamp)";

/**
 * `sorting-key TABLE (…)`, `partition-key TABLE …`, or both one after the other.
 * @param database of a table that is named without one
 * @returns null: they are no such words
 * @throws ConfigError when they begin so and cannot be read
 */
export function keyInWords(words: readonly string[], database: string): KeyInWords | null {
  const text = words.join(" ").replace(/\s+/g, " ").trim();
  if (!/^(?:sorting|partition)-key(?: |$)/i.test(text)) return null;
  const parts = text.split(/(?:^| )(?=(?:sorting|partition)-key )/i).filter((part) => part !== "");
  let table: string | null = null;
  let sorting: string | null = null;
  let partition: string | null = null;
  for (const part of parts) {
    const [, kind, name, key] = /^(sorting|partition)-key (\S+) (.+)$/i.exec(part.trim()) ?? [];
    if (kind === undefined || name === undefined || key === undefined) throw unread(text);
    const full = name.includes(".") ? name : `${database}.${name}`;
    if (table !== null && table !== full) throw misread(`two tables are named: ${table} and ${full}`, "change one after the other");
    table = full;
    if (kind.toLowerCase() === "sorting") sorting = key.startsWith("(") ? key : `(${key})`;
    else partition = key;
  }
  if (table === null) throw unread(text);
  const hash = createHash("sha256")
    .update(JSON.stringify([table, sorting, partition]))
    .digest("hex");
  return {
    key: { table, sorting, partition },
    migration: {
      id: `key-of-${table.slice(table.indexOf(".") + 1)}-${hash.slice(0, 8)}`,
      path: text,
      source: "words",
      database: "clickhouse",
      transaction: "none",
      down: "unknown",
      dependsOn: [],
      replaces: [],
      hash,
      steps: [],
    },
  };
}

function unread(text: string): ConfigError {
  return misread(`${text}: not understood`, `say it as in ${USAGES}`);
}

function misread(message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting: "[change...]", message, help }]);
}
