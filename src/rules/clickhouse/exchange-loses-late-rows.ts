import type { ClickHouseChangeOf } from "../../model/clickhouse/change.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { ClickHouseContext, ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseChanges, clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";
import { ruledOut } from "./untold.ts";

export const exchangeLosesLateRows: ClickHouseRule = clickHouseRuleFor(["exchange-tables", "rename-table"], {
  id: "exchange-loses-late-rows",
  summary: "a table is swapped for a copy: rows written after the copy are left behind",
  check(change, statement, context): ClickHouseHazard | null {
    if (context.effectsOf(statement, change).error !== null) return null;
    const pair = change.kind === "exchange-tables" ? [change.name, change.with] : [change.name, change.to];
    const copied = context
      .earlier(statement)
      .find((one) =>
        clickHouseChanges(one, "insert").some(
          ({ table, select }) =>
            pair.includes(table) &&
            (select?.reads.some(
              (read) => read.table !== table && (pair.includes(read.table) || context.existedBefore(statement, read.table)),
            ) ??
              false),
        ),
      );
    const insert = copied === undefined ? undefined : clickHouseChanges(copied, "insert").find(({ table }) => pair.includes(table));
    const source = insert?.select?.reads[0]?.table;
    if (copied === undefined || insert === undefined || source === undefined) return swappedForEmpty(change, statement, context);
    if (ruledOut(statement, context)) return null;
    if (
      change.kind === "rename-table" &&
      !context.release.some((one) => clickHouseChanges(one, "rename-table").some(({ name }) => name === source))
    )
      return null;
    if (!context.existedBefore(copied, source)) return null;
    // Both are written meanwhile: a view carries new rows of the old table into the new one.
    const dual = context
      .graph(copied.before)
      .fedBy(source)
      .some(({ target }) => target === insert.table);
    if (dual) return null;
    return {
      severity: "error",
      about: pair.join(" "),
      message: `${named(insert.table)} takes the place of ${named(source)}: rows inserted after the copy stay in the old one`,
      label: "late rows are lost to readers",
      why: "INSERT … SELECT copies what is there when it starts. What arrives until the swap is in the old table only, and nothing says how much.",
      help: `before the copy: a materialized view from ${sqlTable(source)} TO ${sqlTable(insert.table)} (both are written from then on), the copy bounded by when the view began, counts compared per partition, then the swap. Or stop ingestion meanwhile`,
      evidence: [context.sizeEvidence(source)],
      also: [{ span: copied.statement.span, label: "copied here" }],
      covers: context.silents(statement),
    };
  },
});

/** A new table that nothing was copied into takes the place of one with rows. */
function swappedForEmpty(
  change: ClickHouseChangeOf<"exchange-tables" | "rename-table">,
  statement: ClickHouseJudged,
  context: ClickHouseContext,
): ClickHouseHazard | null {
  if (change.kind !== "exchange-tables") return null;
  const isNew = (name: string): boolean => statement.before.tables.has(name) && !context.existedBefore(statement, name);
  const empty = [change.name, change.with].find(isNew);
  const old = [change.name, change.with].find((name) => !isNew(name));
  if (empty === undefined || old === undefined) return null;
  const filled = [...context.earlier(statement)].some((one) =>
    one.statement.changes.some((made) => "table" in made && made.table === empty),
  );
  if (filled || context.graph(statement.before).into(empty).length > 0) return null;
  if (context.table(statement, old)?.engine?.family.endsWith("MergeTree") !== true) return null;
  return {
    severity: "error",
    about: `${old} ${empty}`,
    message: `${named(empty)} is new and empty, and takes the place of ${named(old)}: readers find no rows`,
    label: "the rows are under the other name now",
    why: "EXCHANGE swaps the names at once. No statement of this release copies rows into the new table, so every query answers from an empty one.",
    help: `copy the rows first, while a materialized view carries new ones (\`CREATE MATERIALIZED VIEW … TO ${sqlTable(empty)} AS SELECT … FROM ${sqlTable(old)}\`); the same EXCHANGE again undoes it`,
    evidence: [context.sizeEvidence(old)],
    covers: context.silents(statement),
  };
}
