import { type ClickHouseEffects, NO_CLICKHOUSE_EFFECTS, SILENT_KINDS, silentOf } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";

/**
 * What a statement does by the word of both witnesses. What was observed counts; damage that was predicted and not seen stays possible,
 * because the reader's rows and writers are not those of the rehearsal.
 *
 * `error` is a refusal. A statement that was accepted and whose mutation failed (341) has changed the table: that is its damage.
 */
export function bothWitnesses({ observed, predicted }: Pick<ClickHouseJudged, "observed" | "predicted">): ClickHouseEffects {
  if (observed === null) return predicted ?? NO_CLICKHOUSE_EFFECTS;
  if (observed.class === "refused") return observed;
  const seen = silentOf(observed);
  const only =
    predicted === null
      ? []
      : silentOf(predicted).filter((one) => !seen.some((other) => other.kind === one.kind && overlaps(other.columns, one.columns)));
  const [silent = null, ...moreSilent] = [...seen, ...only].sort((a, b) => SILENT_KINDS.indexOf(a.kind) - SILENT_KINDS.indexOf(b.kind));
  return { ...observed, error: null, silent, moreSilent };
}

function overlaps(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === undefined || b === undefined || a.length === 0 || b.length === 0 || a.some((column) => b.includes(column));
}
