import { silentOf, type ClickHouseEffects, type SilentKind } from "../../model/clickhouse/effects.ts";

/** UNFINISHED: the statement was accepted, its mutation failed afterwards. */
const MUTATION_FAILED = 341;
/** A lightweight UPDATE meets a NULL for a column that has none at once. */
const NULL_REFUSED = 349;

/** Kinds that one cause shows as the one or the other: a value that no longer fits, rows that no longer collapse. */
const FAMILIES = {
  wraps: "values",
  "drops-values": "values",
  unreadable: "reads",
  duplicates: "meaning",
  semantics: "meaning",
} satisfies Record<SilentKind, string>;

/**
 * Where a prediction and what a real server did differ, in words; empty when they agree (docs/clickhouse.md, "The two witnesses").
 *
 * A predicted damage that the data of the rehearsal did not show is no difference where a query decides it: that is what the query is for.
 * Damage to another table than the statement's own is told by the rules that know the objects, not by the statement's effects.
 */
export function clickhouseDisagreements(predicted: ClickHouseEffects, observed: ClickHouseEffects): readonly string[] {
  const differences: string[] = [];
  if (!sameError(predicted, observed)) {
    const spell = ({ error }: ClickHouseEffects): string => (error === null ? "no error" : `code ${error.code} (${error.message})`);
    differences.push(`predicted ${spell(predicted)}, observed ${spell(observed)}`);
  } else if (predicted.error === null && observed.error?.code !== NULL_REFUSED && !sameClass(predicted, observed)) {
    differences.push(`predicted class ${predicted.class}, observed ${observed.class}`);
  }
  const named = silentOf(predicted);
  const families = new Set(named.map(({ kind }) => FAMILIES[kind]));
  for (const { kind, table, what, columns } of silentOf(observed)) {
    // That a mutation fails on the rows that it meets is the rows' doing: a condition or a function may well refuse one of them.
    if (observed.error?.code === MUTATION_FAILED && kind === "drops-values" && columns?.length === 0) continue;
    // A value that reads otherwise is lost, wrapped or means something else: whichever was said of the column, it was said.
    if (kind !== "unreadable" && columns?.some((column) => named.some((one) => one.kind !== "unreadable" && one.columns?.includes(column))))
      continue;
    if (table === undefined && !families.has(FAMILIES[kind]))
      differences.push(`observed damage (${kind}) that was not predicted: ${what ?? ""}`);
  }
  return differences;
}

function sameError(predicted: ClickHouseEffects, observed: ClickHouseEffects): boolean {
  if (predicted.error?.code === observed.error?.code) return true;
  // Whether the mutation fails is for the data to decide; that it can was predicted as damage, or as what holds up others.
  const silents = silentOf(predicted);
  const foreseen = silents.some(({ kind }) => kind === "unreadable") || predicted.blocks === "mutations-behind-it";
  if (predicted.error !== null || !foreseen) return false;
  return (
    observed.error?.code === MUTATION_FAILED ||
    (observed.error?.code === NULL_REFUSED && silents.some(({ kind }) => kind === "drops-values"))
  );
}

function sameClass(predicted: ClickHouseEffects, observed: ClickHouseEffects): boolean {
  if (predicted.class === observed.class) return true;
  // What takes effect at merges changes nothing now: a definition was all that could be seen.
  const now = ({ class: of }: ClickHouseEffects): string => (of === "at-merge" ? "metadata" : of);
  // Without parts there is nothing to write: `parts` is null where the table had none.
  return now(predicted) === now(observed) || observed.parts === null;
}
