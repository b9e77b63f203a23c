import type { SqlStep } from "../model/migration.ts";
import { wholeSpan } from "../text/span.ts";

/** Text that stands in no migration, as an engine reads it. @param name what the reader is shown in place of a file */
export function sqlStep(sql: string, name: string): SqlStep {
  return { kind: "sql", sql, span: wholeSpan(name, sql), verbatim: false, operation: null, reverse: "unknown", suppressions: [] };
}
