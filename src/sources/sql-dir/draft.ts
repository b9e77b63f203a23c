import { createHash } from "node:crypto";
import type { Migration, SqlStep, TransactionMode } from "../../model/migration.ts";
import { spanWithin } from "../../text/span.ts";
import type { BackDraft, Draft, Folder } from "./layout.ts";
import { fillPlaceholders } from "./placeholders.ts";

/** Makes a layout's draft a complete migration: places, hash, steps. */
export function complete(
  draft: Draft,
  folder: Folder,
  source: string,
  layout: string,
  constants: Readonly<Record<string, string>> = {},
): Migration {
  // ClickHouse has no transactions that a migration tool would use.
  const mode = (wanted: TransactionMode): TransactionMode => (folder.database === "clickhouse" ? "none" : wanted);
  const { back } = draft;
  return {
    id: draft.id,
    path: folder.display(draft.path),
    source,
    layout,
    database: folder.database,
    transaction: mode(draft.transaction),
    steps: stepsOf(folder, draft, draft.down, draft.notes ?? [], constants),
    down: draft.down,
    ...(back === undefined
      ? {}
      : {
          back: {
            path: folder.display(back.path),
            transaction: mode(back.transaction),
            steps: stepsOf(folder, back, "unknown", draft.notes ?? [], constants),
          },
        }),
    dependsOn: [],
    replaces: [],
    hash: createHash("sha256").update(folder.bytes(draft.path)).digest("hex"),
    ...(draft.repeatable === true ? { repeatable: true } : {}),
  };
}

function stepsOf(
  folder: Folder,
  { path, parts }: Pick<BackDraft, "path" | "parts">,
  reverse: SqlStep["reverse"],
  noted: readonly string[],
  constants: Readonly<Record<string, string>>,
): readonly SqlStep[] {
  const text = folder.text(path);
  const at = { file: folder.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 };
  return parts.flatMap(({ start, end }): SqlStep[] => {
    const written = text.slice(start, end);
    if (written.trim() === "") return [];
    // Postgres' reader has its own word for `${name}`.
    const { sql, verbatim, unknown } =
      folder.database === "clickhouse" ? fillPlaceholders(written, constants) : { sql: written, verbatim: true, unknown: [] };
    const notes = [
      ...noted,
      ...unknown.map((name) => `\${${name}} is filled in when the tool runs: taken as a name, ${name.replaceAll(/\W/g, "_")}`),
    ];
    return [
      {
        kind: "sql",
        sql,
        span: spanWithin(at, text, start, end),
        verbatim,
        operation: null,
        reverse,
        suppressions: [],
        ...(notes.length === 0 ? {} : { notes }),
      },
    ];
  });
}
