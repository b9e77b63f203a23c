import { createHash } from "node:crypto";
import type { Migration, SqlStep } from "../../model/migration.ts";
import { spanWithin } from "../../text/span.ts";
import type { Draft, Folder } from "./layout.ts";
import { fillPlaceholders } from "./placeholders.ts";

/** Makes a layout's draft a complete migration: places, hash, steps. */
export function complete(
  draft: Draft,
  folder: Folder,
  source: string,
  layout: string,
  constants: Readonly<Record<string, string>> = {},
): Migration {
  const text = folder.text(draft.path);
  const file = folder.display(draft.path);
  const at = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const steps = draft.parts.flatMap(({ start, end }): SqlStep[] => {
    const written = text.slice(start, end);
    if (written.trim() === "") return [];
    // Postgres' reader has its own word for `${name}`.
    const { sql, verbatim, unknown } =
      folder.database === "clickhouse" ? fillPlaceholders(written, constants) : { sql: written, verbatim: true, unknown: [] };
    const notes = [
      ...(draft.notes ?? []),
      ...unknown.map((name) => `\${${name}} is filled in when the tool runs: taken as a name, ${name.replaceAll(/\W/g, "_")}`),
    ];
    return [
      {
        kind: "sql",
        sql,
        span: spanWithin(at, text, start, end),
        verbatim,
        operation: null,
        reverse: draft.down,
        suppressions: [],
        ...(notes.length === 0 ? {} : { notes }),
      },
    ];
  });
  return {
    id: draft.id,
    path: file,
    source,
    layout,
    database: folder.database,
    // ClickHouse has no transactions that a migration tool would use.
    transaction: folder.database === "clickhouse" ? "none" : draft.transaction,
    steps,
    down: draft.down,
    dependsOn: [],
    replaces: [],
    hash: createHash("sha256").update(folder.bytes(draft.path)).digest("hex"),
    ...(draft.repeatable === true ? { repeatable: true } : {}),
  };
}
