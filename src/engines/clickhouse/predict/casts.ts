import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseTable, SelectOutput } from "../../../model/clickhouse/schema.ts";
import { tableOf } from "../changes/context.ts";
import { refusedConversion } from "./conversions.ts";
import { lossesOf } from "./losses.ts";
import { count, type Scene, silent } from "./outcome.ts";

/**
 * What INSERT … SELECT, CREATE TABLE … AS SELECT and a materialized view cast to the columns of the table, as ALTER does: values that do not
 * fit wrap without a word.
 * @param columns of the table, one for each output
 */
export function casts(
  outputs: readonly SelectOutput[] | null,
  columns: readonly string[],
  table: Pick<ClickHouseTable, "name" | "columns"> | undefined,
  scene: Pick<Scene, "state">,
): SilentCorruption[] {
  if (outputs === null || table === undefined) return [];
  return outputs.flatMap((output, index): SilentCorruption[] => {
    const target = table.columns.find((c) => c.name === columns[index]);
    const [source] = output.from;
    if (
      output.type === null ||
      target === undefined ||
      !target.typeKnown ||
      source === undefined ||
      output.from.length !== 1 ||
      output.name !== source.column ||
      // `toString(id) AS id` is no column that could be asked.
      tableOf(scene.state, source.table)?.columns.find((c) => c.name === source.column)?.type.text !== output.type.text
    )
      return [];
    if (refusedConversion(output.type, target.type) !== null) return [];
    return lossesOf(output.type, target.type, `\`${source.column}\``)
      .filter((l) => l.kind !== "unreadable" && l.kind !== "semantics")
      .map((l) =>
        silent(l.kind, l.when === null ? null : count(source.table, l.when), l.what, { columns: [target.name], table: table.name }),
      );
  });
}
