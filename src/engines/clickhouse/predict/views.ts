import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseChange } from "../../../model/clickhouse/change.ts";
import type { ClickHouseState, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { viewAnalysis } from "../bind/query.ts";
import { tableOf } from "../changes/context.ts";
import { isQueue, writesTo } from "../graph/index.ts";
import { silent } from "./outcome.ts";

/** Tables that a change touches in the catalogue. */
function touched(change: ClickHouseChange): readonly string[] {
  switch (change.kind) {
    case "rename-table":
      return [change.name, change.to];
    case "exchange-tables":
      return [change.name, change.with];
    case "create-table":
      return [change.table.name];
    case "drop-table":
    case "detach-table":
    case "attach-table":
      return [change.name];
    case "add-column":
    case "drop-column":
    case "rename-column":
    case "modify-column":
    case "modify-query":
      return [change.table];
    default:
      return [];
  }
}

/**
 * What a statement does to rows on their way through materialized views: compared are the schema before and after it, over the views
 * that read or fill a table that it touches.
 */
export function chainDamage(changes: readonly ClickHouseChange[], before: ClickHouseState, after: ClickHouseState): SilentCorruption[] {
  if (before === after) return [];
  const names = new Set(changes.flatMap(touched));
  // A new table that nothing named before cannot have been on anybody's way.
  if (![...names].some((name) => before.tables.has(name) || (before.dependents.get(name)?.size ?? 0) > 0)) return [];
  const damage: SilentCorruption[] = [];
  const views = new Set<string>();
  // A column that comes, or another type, takes nothing away from a view unless it says *.
  const onlyAdds = changes.every((c) => c.kind === "add-column" || c.kind === "modify-column" || c.kind === "add-index");
  for (const name of names) {
    for (const state of [before, after]) for (const key of state.dependents.get(name) ?? []) views.add(key);
    if (before.tables.get(name)?.kind === "materialized-view" || after.tables.get(name)?.kind === "materialized-view") views.add(name);
  }
  for (const key of views) {
    const was = before.tables.get(key);
    const is = after.tables.get(key);
    if (onlyAdds && is?.select?.star !== true) continue;
    if (was !== undefined && is !== undefined && is.kind === "materialized-view") damage.push(...viewDamage(was, is, before, after));
  }
  damage.push(...forwardDamage(names, before, after));
  return damage;
}

function viewDamage(was: ClickHouseTable, is: ClickHouseTable, before: ClickHouseState, after: ClickHouseState): SilentCorruption[] {
  const source = is.select?.reads[0]?.table ?? null;
  const damage: SilentCorruption[] = [];
  const queued = source !== null && tableOf(after, source) !== undefined && isQueue(after.tables.get(source) ?? is);
  if (is.unsubscribed === true && was.unsubscribed !== true) {
    damage.push(
      silent("drops-values", null, `INSERTs no longer run ${is.name}: its source has another name, and rows miss its target from now on`, {
        table: is.target ?? is.name,
      }),
    );
    return damage;
  }
  const target = is.target;
  if (target !== null && tableOf(before, target) !== undefined && tableOf(after, target) === undefined) {
    damage.push(
      silent("drops-values", null, `${is.name} has no target any more: every INSERT into ${source ?? "its source"} fails with 60`, {
        table: target,
      }),
    );
    return damage;
  }
  const analysisBefore = viewAnalysis(was, before);
  const analysisAfter = viewAnalysis(is, after);
  const broke = analysisAfter?.problems[0];
  if (broke !== undefined && (analysisBefore === null || analysisBefore.problems.length === 0)) {
    const gone = source !== null && tableOf(after, source) === undefined;
    if (gone) return damage;
    damage.push(
      silent(
        "duplicates",
        null,
        queued
          ? `${is.name} fails with ${broke.code} for every batch of ${source ?? ""}: nothing arrives`
          : `every INSERT into ${source ?? "its source"} fails with ${broke.code} in ${is.name} although the source has the rows: a retry doubles them`,
        { table: source ?? is.name },
      ),
    );
    return damage;
  }
  if (target === null || analysisAfter?.outputs === undefined || analysisAfter.outputs === null) return damage;
  const into = tableOf(after, target);
  const intoBefore = tableOf(before, was.target ?? target);
  if (into?.columnsKnown !== true) return damage;
  const wasArriving = new Set(
    (analysisBefore?.outputs ?? []).filter((o) => intoBefore?.columns.some((c) => c.name === o.name) === true).map((o) => o.name),
  );
  for (const output of analysisAfter.outputs) {
    const arrives = into.columns.some((c) => c.name === output.name);
    const isNew = was.select !== is.select && !wasArriving.has(output.name);
    if (!arrives && (wasArriving.has(output.name) || isNew)) {
      damage.push(
        silent(
          "drops-values",
          null,
          `${is.name} gives ${output.name}, which ${target} does not have: the value of every new row is dropped`,
          { columns: [output.name], table: target },
        ),
      );
    }
  }
  // What arrived before and is given no value any more reads its default.
  for (const name of wasArriving) {
    if (!analysisAfter.outputs.some((o) => o.name === name) && into.columns.some((c) => c.name === name)) {
      damage.push(
        silent("drops-values", null, `${is.name} no longer fills ${name} of ${target}: new rows have its default`, {
          columns: [name],
          table: target,
        }),
      );
    }
  }
  return damage;
}

/** Distributed and Buffer tables over a table that lost or never had their columns, or whose types part. */
function forwardDamage(names: ReadonlySet<string>, before: ClickHouseState, after: ClickHouseState): SilentCorruption[] {
  const damage: SilentCorruption[] = [];
  for (const name of names) {
    const table = after.tables.get(name);
    const behind =
      table === undefined ? null : table.forwards?.kind === "distributed" || table.forwards?.kind === "buffer" ? writesTo(table) : null;
    const pairs = [
      ...(behind === null ? [] : [[name, behind] as const]),
      ...[...(after.dependents.get(name) ?? [])].flatMap((key) => {
        const forward = after.tables.get(key);
        return forward !== undefined &&
          (forward.forwards?.kind === "distributed" || forward.forwards?.kind === "buffer") &&
          forward.forwards.table === name
          ? [[key, name] as const]
          : [];
      }),
    ];
    for (const [forwarder, local] of pairs) damage.push(...typesApart(forwarder, local, before, after));
  }
  return damage;
}

function typesApart(forwarder: string, local: string, before: ClickHouseState, after: ClickHouseState): SilentCorruption[] {
  const from = after.tables.get(forwarder);
  const to = after.tables.get(local);
  if (from === undefined || to === undefined || !from.columnsKnown || !to.columnsKnown) return [];
  const damage: SilentCorruption[] = [];
  for (const column of from.columns) {
    const target = to.columns.find((c) => c.name === column.name);
    const wasFrom = before.tables.get(forwarder)?.columns.find((c) => c.name === column.name);
    const wasTo = before.tables.get(local)?.columns.find((c) => c.name === column.name);
    if (target === undefined) {
      if (from.forwards?.kind === "buffer" && wasTo !== undefined) {
        damage.push(
          silent("drops-values", null, `${forwarder} drops ${column.name} when it is flushed: ${local} does not have it`, {
            columns: [column.name],
            table: local,
          }),
        );
      } else if (from.forwards?.kind === "distributed" && wasTo !== undefined && column.default?.kind !== "ALIAS") {
        damage.push(
          silent(
            "drops-values",
            null,
            `rows queued in ${forwarder} with ${column.name} can no longer be delivered and block those behind them`,
            { columns: [column.name], table: forwarder },
          ),
        );
      }
      continue;
    }
    if (!column.typeKnown || !target.typeKnown || column.type.text === target.type.text) continue;
    const apartBefore = wasFrom !== undefined && wasTo !== undefined && wasFrom.type.text !== wasTo.type.text;
    if (!apartBefore && narrower(target.type.text, column.type.text)) {
      damage.push(
        silent(
          "wraps",
          null,
          `${forwarder} has ${column.name} as ${column.type.text}, ${local} as ${target.type.text}: values are cast without an error`,
          { columns: [column.name], table: forwarder },
        ),
      );
    }
  }
  return damage;
}

const plain = (type: string): string => type.replace(/LowCardinality\(([^()]*(?:\([^()]*\))?)\)/g, "$1");
const narrower = (a: string, b: string): boolean => plain(a) !== plain(b);
