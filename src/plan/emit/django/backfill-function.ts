import type { BackfillStep } from "../../types.ts";
import type { Draft } from "../contract.ts";
import { pythonSql, pythonString } from "./python-text.ts";
import type { Writing } from "./state-operations.ts";

/**
 * A backfill as RunPython outside of a transaction: each batch is a statement that commits by itself, so that it may be stopped and run
 * again at any moment.
 */
export function backfillFunction(draft: Draft, step: BackfillStep, { text }: Writing): { readonly call: string; readonly code: string } {
  const name = step.name.replaceAll("-", "_");
  text.need("from django.db import migrations");
  const { batch } = draft;
  if (batch === undefined) throw new Error("a backfill without its batches");
  text.need("import time");
  const sql = (statement: string): string => pythonSql(statement);
  const undo = draft.down;
  const reverse =
    undo.mode === "none"
      ? null
      : undo.statements.length === 1 && undo.statements[0] === "SELECT 1"
        ? "migrations.RunPython.noop"
        : `${name}_back`;
  const code = [
    `def ${name}(apps, schema_editor):`,
    `    ${pythonString(`${step.summary}; each batch commits by itself`).replaceAll(/^"|"$/g, '"""')}`,
    "    with schema_editor.connection.cursor() as cursor:",
    `        cursor.execute(${sql(batch.first)})`,
    "        low = cursor.fetchone()",
    "        while low is not None:",
    `            cursor.execute(${sql(batch.last)}, low)`,
    "            high = cursor.fetchone()",
    `            cursor.execute(${sql(batch.change)}, [*low, *high])`,
    `            cursor.execute(${sql(batch.next)}, high)`,
    "            low = cursor.fetchone()",
    "            time.sleep(0.02)",
    ...(reverse === `${name}_back`
      ? [
          "",
          "",
          `def ${name}_back(apps, schema_editor):`,
          "    with schema_editor.connection.cursor() as cursor:",
          ...(undo.mode === "none"
            ? []
            : undo.statements
                .filter((statement) => !/^SET LOCAL\b/.test(statement))
                .map((statement) => `        cursor.execute(${sql(statement)})`)),
        ]
      : []),
  ].join("\n");
  return { call: reverse === null ? `migrations.RunPython(${name})` : `migrations.RunPython(${name}, ${reverse})`, code };
}
