import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { type ClickHouseEffects, type SilentCorruption, silentOf } from "../../model/clickhouse/effects.ts";
import { type Damage, firstLine } from "./observe/compare.ts";
import type { Declared } from "./observe/declared.ts";

/** What a pre-check answered on the rows of the rehearsal, before the statement ran. */
export interface Answer {
  readonly silent: SilentCorruption;
  readonly query: string;
  /** Null: the engine refused it. */
  readonly count: number | null;
  readonly error: string | null;
}

/** Asks the queries that decide what was predicted, as the reader would. @throws EngineCrashed */
export async function askPreChecks(engine: EmbeddedClickHouse, predicted: ClickHouseEffects | null): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const silent of predicted === null ? [] : silentOf(predicted)) {
    const query = silent.decidedBy;
    // Queries about writers and objects ask system tables that a process without a history does not have.
    if (query === null || /\bsystem\./.test(query)) continue;
    try {
      const { text } = await engine.query(query, { format: "TabSeparated" });
      answers.push({ silent, query, count: Number(text.split(/[\t\n]/)[0]), error: null });
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      answers.push({ silent, query, count: null, error: `${error.code}: ${firstLine(error.message)}` });
    }
  }
  return answers;
}

/** A pre-check that says 0 before a statement that then destroys values, or says more before one that does not, is wrong. */
export function compareAnswers(
  answers: readonly Answer[],
  damage: readonly Damage[],
  declared: Pick<Declared, "assigned" | "rowsChange" | "takes">,
): string[] {
  const failed = answers.flatMap(({ silent, query, error }) =>
    error === null ? [] : [`the pre-check of ${silent.kind} does not run here (${error}): ${query}`],
  );
  // Several queries may share what one column can suffer: values below the range, above it, between its steps.
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const { kind, table, columns = [] } = answer.silent;
    // Tables that are hit elsewhere, and what shows only in time (rows that arrive later), are not in the rows that were compared.
    if (answer.error !== null || table !== undefined || kind === "duplicates" || kind === "semantics") continue;
    // Nor is what the statement says itself: values that it sets, rows that it takes.
    if (columns.length === 0 ? declared.rowsChange && !declared.takes : columns.every((column) => declared.assigned.has(column))) continue;
    const key = `${kind === "unreadable"} ${[...columns].sort().join()}`;
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  return [...failed, ...[...groups.values()].flatMap((group) => compareGroup(group, damage))];
}

function compareGroup(group: readonly Answer[], damage: readonly Damage[]): string[] {
  const [{ silent } = { silent: null }] = group;
  if (silent === null) return [];
  const about = damage.filter((one) => overlaps(silent.columns ?? [], one.columns));
  const here = about.filter(({ kind }) => kind !== "semantics");
  const seen = here.filter(({ kind }) => (kind === "unreadable") === (silent.kind === "unreadable"));
  // What cannot be read cannot be compared.
  if (seen.length === 0 && here.length > 0) return [];
  const count = group.reduce((sum, answer) => sum + (answer.count ?? 0), 0);
  const queries = group.map(({ query }) => query).join("; ");
  if (count === 0 && seen.length > 0)
    return [`the pre-check counted 0 rows, and the rehearsal saw ${seen.map(({ what }) => what).join("; ")}: ${queries}`];
  // Rows that read otherwise are those that were counted, whatever it is called.
  if (count > 0 && seen.length === 0 && about.length === 0)
    return [`the pre-check counted ${count} rows, and the rehearsal saw no damage to them: ${queries}`];
  return [];
}

function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((column) => b.includes(column));
}
