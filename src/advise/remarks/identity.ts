import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { Candidate, Remark } from "../advice.ts";
import { ROWS } from "../data/rows.ts";
import { type Lab, rowsOf, unlessRefused } from "../engine/lab.ts";
import { identityOf, type TableDefinition } from "../table/definition.ts";
import { grouped } from "../../text/numbers.ts";

const WHAT: Readonly<Record<NonNullable<ReturnType<typeof identityOf>>, string>> = {
  replacing: "rows with the same key become one, the newest",
  summing: "rows with the same key are added up into one",
  aggregating: "the states of rows with the same key are merged into one",
  collapsing: "a row and its cancellation with the same key disappear together",
};

/**
 * For engines whose key is their rows' identity: that the candidates keep it, and what the key that would read least without that
 * restriction would make of the rows.
 * @param free the best key without regard to identity, or null
 */
export async function identityRemarks(
  lab: Lab,
  definition: TableDefinition,
  best: Candidate,
  free: { readonly orderBy: readonly string[]; readonly marks: number; readonly against: number } | null,
): Promise<Remark[]> {
  const identity = identityOf(definition);
  if (identity === null) return [];
  const present = definition.orderBy;
  const remarks: Remark[] = [
    {
      kind: "identity",
      text: `${definition.family}: the sorting key is also the identity of its rows: ${WHAT[identity]}. Only keys of the same columns (${present.join(", ")}) in another order, with functions of them between, were considered: under ${best.orderBy.join() === present.join() ? "them" : `(${best.orderBy.join(", ")})`} exactly the same rows collapse.`,
      from: "schema",
    },
  ];
  if (free === null || free.marks > free.against * 0.9) return remarks;
  const counts = await unlessRefused(
    lab.text(
      `SELECT uniqExact(${tuple(present)}), uniqExact(${tuple(free.orderBy)}), uniqExact(${tuple([...new Set([...free.orderBy, ...present])])}), count() FROM ${ROWS}`,
    ),
  );
  const [now = 0, then = 0, both = 0, all = 0] = counts instanceof ClickHouseError ? [] : (rowsOf(counts)[0] ?? []).map(Number);
  const fewer = both - then;
  const more = both - now;
  const sentences = [
    fewer > 0 ? `${grouped(fewer)} of ${grouped(all)} sampled rows that are different today would collapse and be lost` : "",
    more > 0 ? `${grouped(more)} that collapse today would stay apart` : "",
  ].filter((sentence) => sentence !== "");
  remarks.push({
    kind: "identity",
    text: `ORDER BY (${free.orderBy.join(", ")}) would read ${Math.round((1 - free.marks / free.against) * 100)} % less still, but is another identity: ${sentences.length === 0 ? "on the sample the same rows would collapse, and a row that changes one of these columns would no longer replace its older version" : sentences.join(", and ")}. It is no candidate: whoever wants it must decide what a row is.`,
    from: "sample",
  });
  return remarks;
}

function tuple(elements: readonly string[]): string {
  return `tuple(${elements.join(", ")})`;
}
