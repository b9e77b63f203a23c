import type { Change } from "../model/change.ts";
import type { JudgedStatement } from "../model/judged.ts";
import { bareName } from "../model/schema.ts";
import { newName, sqlName, sqlTable } from "./words.ts";

/** What to do instead of a statement that has no rule of its own, by what it changes. */
export function onlineForm(statement: JudgedStatement): string {
  for (const change of statement.statement.changes) {
    const form = formOf(change);
    if (form !== null) return form;
  }
  return "do it in a maintenance window, or build a second table beside this one, fill it in batches, keep it in step with a trigger, and swap the names in one short transaction";
}

function formOf(change: Change): string | null {
  switch (change.kind) {
    case "refresh-materialized-view":
      return `\`REFRESH MATERIALIZED VIEW CONCURRENTLY ${sqlTable(change.name)};\` lets readers through; it needs a unique index on the view`;
    case "reindex":
      return `\`REINDEX ${change.target.toUpperCase()} CONCURRENTLY ${sqlTable(change.name)};\` outside of a transaction`;
    case "attach-partition": {
      const partition = sqlTable(change.partition);
      const name = sqlName(newName(bareName(change.partition), "bound"));
      return `prove the bound before, without a long lock, then nothing is read:\nALTER TABLE ${partition} ADD CONSTRAINT ${name} CHECK (…) NOT VALID;\n-- in a transaction of its own\nALTER TABLE ${partition} VALIDATE CONSTRAINT ${name};\nALTER TABLE ${sqlTable(change.table)} ATTACH PARTITION ${partition} ${change.bound};\n-- where the table has a default partition, the same with a CHECK on it that excludes the new bound`;
    }
    case "create-relation":
      return "create the table by itself (`CREATE TABLE … (LIKE parent INCLUDING ALL)`), add a CHECK that states its bound, then ATTACH PARTITION; a default partition needs a validated CHECK that excludes the bound first";
    case "alter-domain":
      return "a domain cannot be checked without blocking writes on every table that uses it: put the CHECK on the tables instead, NOT VALID first, and VALIDATE in a transaction of its own";
    case "set-expression":
      return "add a second generated or plain column, fill it in batches, and let the app move over";
    case "maintenance":
    case "alter-table-other":
      return "`pg_repack` (or from Postgres 19 `REPACK (CONCURRENTLY)`) does the same while reads and writes go on; otherwise a maintenance window";
    default:
      return null;
  }
}
