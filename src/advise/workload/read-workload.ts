import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { AdviseError } from "../errors.ts";
import { readJsonWorkload } from "./query-log.ts";
import { readSqlWorkload } from "./sql-file.ts";
import type { Workload, WorkloadQuery } from "./workload.ts";

/** Above it the file is no list of queries but a dump; it is read as a whole. */
const LARGEST = 256 * 1024 * 1024;

/**
 * Reads workload files (`tread.workload/1`): `.sql` with annotations, or JSON (an export of `system.query_log`).
 * @param files relative to `root`
 * @throws AdviseError naming file, line and what was expected
 */
export function readWorkload(files: readonly string[], root: string): Workload {
  const queries: WorkloadQuery[] = [];
  const notes: string[] = [];
  const names = new Map<string, number>();
  const rates = new Set<boolean>();
  for (const file of files) {
    const text = read(file, root);
    const start = text.trimStart();
    const part = start.startsWith("{") || start.startsWith("[") ? readJsonWorkload(file, text) : readSqlWorkload(file, text);
    if (part.queries.length === 0)
      throw new AdviseError(
        `${file}: there is no query in it`,
        "a workload is a .sql file with `-- tread: frequency=120/min name=funnel` before each query, or JSON lines as `tread advise --print-export` describes",
      );
    rates.add(part.isRate);
    notes.push(...part.notes);
    for (const query of part.queries) {
      const seen = names.get(query.name) ?? 0;
      names.set(query.name, seen + 1);
      queries.push(seen === 0 ? query : { ...query, name: `${query.name} (${seen + 1})` });
    }
  }
  if (rates.size > 1) notes.push("Some workload files give rates and others counts: a count is weighed as runs per minute.");
  return { queries, notes };
}

function read(file: string, root: string): string {
  const path = resolve(root, file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile())
    throw new AdviseError(
      `${file}: there is no such workload file`,
      "name one with --workload, or list it under `workload:` of the config",
    );
  if (stat.size > LARGEST)
    throw new AdviseError(`${file}: is larger than 256 MB`, "export the normalised form: `tread advise --print-export` prints the query");
  const bytes = readFileSync(path);
  if (bytes.includes(0)) throw new AdviseError(`${file}: is not a text file`, "a workload is SQL or JSON lines");
  return bytes.toString("utf8").replace(/^\ufeff/, "");
}
