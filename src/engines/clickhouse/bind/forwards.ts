import { tableOf } from "../changes/context.ts";
import { problem, type Findings } from "./scope.ts";

/** Reads of a Distributed table are reads of the table behind it, and those of a materialized view of its target. */
export function checkForwards(findings: Findings): void {
  for (const [name, read] of findings.reads) {
    const table = tableOf(findings.state, name);
    if (table === undefined) continue;
    const view = table.target !== null;
    const behind = table.target ?? (table.forwards?.kind === "distributed" ? table.forwards.table : null);
    if (behind === null) continue;
    const target = tableOf(findings.state, behind);
    if (target === undefined) {
      if (findings.state.complete) problem(findings, 60, `Table ${behind}, behind ${name}, does not exist`);
      continue;
    }
    if (!target.columnsKnown) continue;
    const own = new Set(table.columns.filter((c) => c.default?.kind !== "ALIAS").map((c) => c.name));
    const starred = read.star ? table.columns.filter((c) => c.default === null || c.default.kind === "DEFAULT").map((c) => c.name) : [];
    const missing = [...read.columns, ...starred].find((c) => own.has(c) && !target.columns.some((t) => t.name === c));
    if (missing !== undefined) {
      const code = view ? 10 : 47;
      problem(findings, code, `${view ? "Not found column" : "Unknown identifier"} ${missing} in ${behind}, behind ${name}`);
    }
  }
}
