import { silentOf, type ClickHouseEffects } from "../../model/clickhouse/effects.ts";

/**
 * Where a prediction and what a real server did differ, in words; empty when they agree. A predicted damage that the data of the
 * rehearsal did not show is no difference where a query decides it: that is what the query is for.
 */
export function clickhouseDisagreements(predicted: ClickHouseEffects, observed: ClickHouseEffects): readonly string[] {
  const differences: string[] = [];
  if (predicted.error?.code !== observed.error?.code) {
    const spell = ({ error }: ClickHouseEffects): string => (error === null ? "no error" : `code ${error.code}`);
    differences.push(`predicted ${spell(predicted)}, observed ${spell(observed)}`);
  } else if (predicted.error === null && predicted.class !== observed.class) {
    differences.push(`predicted class ${predicted.class}, observed ${observed.class}`);
  }
  const kinds = new Set(silentOf(predicted).map(({ kind }) => kind));
  for (const { kind } of silentOf(observed)) if (!kinds.has(kind)) differences.push(`observed damage (${kind}) that was not predicted`);
  return differences;
}
