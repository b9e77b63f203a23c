import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { tableOf } from "../changes/context.ts";
import { suspiciousLowCardinality } from "../changes/types.ts";
import { checkCodec } from "./codecs.ts";
import { mergeTreeProblem } from "./create-merge-tree.ts";
import { otherEngineProblem } from "./create-other-engine.ts";
import { problemOf, viewProblem } from "./create-view.ts";
import { defaultProblem } from "./declared.ts";
import { dictionaryProblem } from "./dictionaries.ts";
import { refused, type Outcome, type Scene } from "./outcome.ts";
import { statementSettingsProblem } from "./settings.ts";

type Created = ClickHouseChangeOf<"create-table">;

/** What the server refuses in the definition of a new table or view. Measured on 26.7. */
export function createProblem(change: Created, scene: Scene): Outcome | null {
  const table: ClickHouseTable = { ...change.table, origin: { migration: null } };
  if (change.like !== null && tableOf(scene.state, change.like.table) === undefined && scene.state.complete) {
    return refused(390, `Table ${change.like.table} doesn't exist`);
  }
  if (table.kind === "dictionary") return dictionaryProblem(table);
  if (table.kind !== "table") return viewProblem(change, table, scene);
  if (table.columns.length === 0 && table.columnsKnown && change.like === null && change.fill === null && isMergeTree(table)) {
    return refused(80, "Incorrect CREATE query: required list of column descriptions or AS section or SELECT");
  }
  const names = new Set<string>();
  for (const column of table.columns) {
    if (names.has(column.name)) return refused(44, `Cannot add column ${column.name}: column with this name already exists`);
    names.add(column.name);
    const suspicious = suspiciousLowCardinality(column.type);
    if (suspicious !== null && setting("allow_suspicious_low_cardinality_types", change, scene) !== "1") {
      return refused(455, `Creating columns of type ${suspicious.text} is prohibited by default (SUSPICIOUS_TYPE_FOR_LOW_CARDINALITY)`);
    }
    const codec = column.codec === null ? null : checkCodec(column.codec, column.type);
    if (codec !== null) return refused(codec.code, codec.message);
    const bad = defaultProblem(column, table, scene);
    if (bad !== null) return bad;
  }
  const cycle = cyclicDefault(table);
  if (cycle !== null) return refused(174, `Cyclic alias detected in column DEFAULT expressions: ${cycle}`);
  if (change.attach) return null;
  const named = namedTwice(table);
  if (named !== null) return named;
  const settings = statementSettingsProblem(change.settings);
  if (settings !== null) return settings;
  const bad = isMergeTree(table) ? mergeTreeProblem(table, change, scene) : otherEngineProblem(table);
  return bad ?? fillProblem(change, scene);
}

function setting(name: string, change: Created, scene: Scene): string | undefined {
  return change.settings?.get(name) ?? change.table.settings.get(name) ?? scene.state.session.settings.get(name);
}

/** A column whose default goes by way of others back to itself; null: none. */
function cyclicDefault(table: ClickHouseTable): string | null {
  const uses = new Map(table.columns.map((c) => [c.name, c.default?.expression?.columns ?? []]));
  for (const start of uses.keys()) {
    const seen = new Set<string>();
    const waiting = [...(uses.get(start) ?? [])];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at === start) return start;
      if (seen.has(at)) continue;
      seen.add(at);
      waiting.push(...(uses.get(at) ?? []));
    }
  }
  return null;
}

function namedTwice(table: ClickHouseTable): Outcome | null {
  const twice = (names: readonly string[]): string | undefined => names.find((name, at) => names.indexOf(name) !== at);
  const index = twice(table.indexes.map((i) => i.name));
  if (index !== undefined) return refused(127, `Duplicated index name ${index} is not allowed`);
  const projection = twice(table.projections.map((p) => p.name));
  if (projection !== undefined) return refused(44, `Projection ${projection} is declared twice`);
  return null;
}

/** Columns that are declared and a query that fills them: as many, or 20. */
function fillProblem(change: Created, scene: Scene): Outcome | null {
  if (change.fill === null) return null;
  const unread = problemOf(change.fill, scene);
  if (unread !== null) return unread;
  const { outputs } = change.fill;
  const stored = change.table.columns.filter((c) => c.default === null || c.default.kind === "DEFAULT");
  return outputs !== null && change.declared === true && !change.empty && outputs.length !== stored.length
    ? refused(20, `Number of columns doesn't match (source: ${outputs.length} and result: ${stored.length})`)
    : null;
}
