import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { Change } from "../model/change.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { LiveVersion } from "../model/query.ts";
import type { StagedDrop } from "../model/release.ts";
import type { SchemaState } from "../model/schema.ts";
import { decideDrop, type VersionUse } from "../review/releases/staged.ts";
import { useOf, type Going } from "../review/releases/uses.ts";
import type { EnvironmentView } from "./environment-view.ts";
import type { OnRecord } from "./options.ts";
import { allPaths } from "./upgrades.ts";

/** Asked by rules of what a statement takes away; null where nothing is on record. */
export type StagedDrops = (judged: JudgedStatement, going: Going) => StagedDrop | null;

/**
 * Answers for one environment, whatever the path on which it is asked: everything that serves there counts, and what is deployed next.
 * @param past releases that serve in no environment of this run; null: could not be read
 * @param beside raw SQL of the working tree
 */
export function stagedDrops(
  engine: PostgresEngine,
  view: EnvironmentView,
  everyVersion: readonly LiveVersion[],
  onRecord: OnRecord | undefined,
  past: ReadonlyMap<string, LiveVersion | null>,
  beside: LiveVersion,
): StagedDrops {
  if (onRecord === undefined || view.environment.onRecord === undefined) return () => null;
  const paths = allPaths([view]);
  const live = new Map<string, { version: LiveVersion; start: SchemaState }>();
  for (const { versions, start } of paths) for (const version of versions) live.set(version.name, { version, start });
  const place = { name: view.environment.name, supports: view.environment.onRecord.supports };
  const elsewhere = new Map<string, LiveVersion | null>([...everyVersion.map((one) => [one.name, one] as const), ...past]);
  const released = new Set(onRecord.record.releases.map(({ name }) => name));
  const known = new Map<string, StagedDrop>();
  return (judged, going) => {
    const key = JSON.stringify([going, judged.migration.id, judged.statement.index]);
    let decided = known.get(key);
    if (decided === undefined) {
      const use = (version: LiveVersion | null, start: SchemaState): VersionUse["use"] =>
        // A version in which not one query was found was looked for in the wrong place, or is in a language that tread does not read.
        version === null || (released.has(version.name) && version.queries.length === 0)
          ? "unread"
          : useOf((query, state) => engine.bind(query, state), version, going, stateWith(going, start, judged));
      const uses: VersionUse[] = [...live.values()].map(({ version, start }) => ({ version: version.name, use: use(version, start) }));
      for (const name of view.environment.onRecord?.live ?? []) if (!live.has(name)) uses.push({ version: name, use: "unread" });
      if (!live.has(beside.name)) uses.push({ version: "raw SQL in the working tree", use: use(beside, judged.before) });
      if (view.next != null) uses.push({ version: "the working tree", use: use(view.next, judged.before) });
      const record = onRecord.record.releases.filter(({ name }) => !live.has(name));
      decided = decideDrop({
        record: onRecord.record,
        place,
        now: onRecord.now,
        live: uses,
        past: record.flatMap(({ name }) => {
          const version = elsewhere.get(name);
          return version === undefined ? [] : [{ version: name, use: use(version, view.start) }];
        }),
      });
      known.set(key, decided);
    }
    return decided;
  };
}

/** A statement after which something is gone for good. */
export function takesAway(change: Change): boolean {
  return change.kind === "drop-column" || change.kind === "drop-relation" || change.kind === "drop-schema" || change.kind === "drop-type";
}

/** The schema at the start where it has the thing: queries that an earlier statement broke can still be told there. */
function stateWith({ tables, columns }: Going, start: SchemaState, judged: JudgedStatement): SchemaState {
  const there = tables.every((table) => {
    const relation = start.relations.get(table);
    return relation !== undefined && columns.every((column) => relation.columns.some(({ name }) => name === column));
  });
  return there ? start : judged.before;
}
