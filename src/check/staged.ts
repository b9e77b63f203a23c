import type { Change } from "../model/change.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { LiveVersion } from "../model/query.ts";
import type { StagedDrop } from "../model/release.ts";
import type { SchemaState } from "../model/schema.ts";
import type { Thing } from "../review/drops/dependents.ts";
import type { Subject } from "../review/drops/drop-place.ts";
import { isJoinTable } from "../review/drops/join-table.ts";
import { judge, knownOf, pastUse } from "../review/drops/judge.ts";
import { mentionsOf, type Mentions } from "../review/drops/mentions.ts";
import { dropPlaces, searchedCode, type DropPlacesInput } from "./drop-places.ts";

/** What is to go: whole relations, or columns of one. */
export interface Going {
  /** Qualified. */
  readonly tables: readonly string[];
  /** Empty: the relations themselves. */
  readonly columns: readonly string[];
}

/** Asked by rules of what a statement takes away; null where nothing is on record. */
export type StagedDrops = (judged: JudgedStatement, going: Going) => StagedDrop | null;

/**
 * Answers for one environment, whatever the path on which it is asked: everything that serves there counts, and what is deployed next.
 * @param past releases that serve in no environment of this run; null: could not be read
 */
export function stagedDrops(input: Omit<DropPlacesInput, "needsApplied">, past: ReadonlyMap<string, LiveVersion | null>): StagedDrops {
  const { options, view, versions } = input;
  const { onRecord } = options;
  if (onRecord === undefined || view.environment.onRecord === undefined) return () => null;
  const known = new Map<string, StagedDrop>();
  const elsewhere = new Map<string, LiveVersion | null>([...versions.map((one) => [one.name, one] as const), ...past]);
  let prepared: { readonly places: ReturnType<typeof dropPlaces>; readonly mentions: Mentions } | null = null;
  return (judged, going) => {
    const key = JSON.stringify([going, judged.migration.id, judged.statement.index]);
    const before = known.get(key);
    if (before !== undefined) return before;
    // Reading every query of every version is worth it only where something goes.
    prepared ??= { places: dropPlaces({ ...input, needsApplied: false }), mentions: mentionsOf(searchedCode(options), takenAway(input)) };
    const { places, mentions } = prepared;
    const place = places.find(({ view: { start } }) => thingsOf(going).every((thing) => holds(start, thing))) ?? places[0];
    const decided = worstOf(
      thingsOf(going).map((thing) => {
        const subject = subjectOf(thing, judged.before, view.next ?? null);
        // Queries that an earlier statement broke can still be told at the start, where it has the thing.
        const state = holds(place.view.start, thing) ? place.view.start : judged.before;
        const facts = knownOf(place, subject, { state, before: judged.before, cascade: judged.predicted?.error === null });
        return judge(place, facts, {
          past: () =>
            [...elsewhere]
              .filter(([name]) => !place.live.some((one) => one.name === name))
              .map(([version, found]) => ({ version, use: pastUse(place, subject, found, state) })),
          mentions: () => mentions(thing, [...place.live, ...place.next]),
        });
      }),
    );
    known.set(key, decided);
    return decided;
  };
}

const RANK: readonly StagedDrop["verdict"][] = ["blocked", "unknown", "droppable"];

/** Of several things that go together the one that is furthest from safe decides. @param all at least one */
export function worstOf(all: readonly StagedDrop[]): StagedDrop {
  const [first, ...rest] = all.toSorted((a, b) => RANK.indexOf(a.verdict) - RANK.indexOf(b.verdict));
  if (first === undefined) throw new Error("a drop of nothing");
  const same = [first, ...rest.filter(({ verdict }) => verdict === first.verdict)];
  const byHand = [...new Set(same.flatMap((one) => one.byHand ?? []))];
  return { ...first, missing: [...new Set(same.flatMap(({ missing }) => missing))], ...(byHand.length === 0 ? {} : { byHand }) };
}

function thingsOf({ tables, columns }: Going): readonly Thing[] {
  return tables.flatMap((table): Thing[] =>
    columns.length === 0 ? [{ table, column: null }] : columns.map((column) => ({ table, column })),
  );
}

function subjectOf(thing: Thing, state: SchemaState, next: LiveVersion | null): Subject {
  const relation = state.relations.get(thing.table);
  const kind = thing.column !== null ? "column" : relation !== undefined && isJoinTable(relation) ? "m2m" : "table";
  const declared = next?.declares?.find((one) => one.table === thing.table && one.column === thing.column) ?? null;
  return { ...thing, kind, declared };
}

function holds(state: SchemaState, { table, column }: Thing): boolean {
  const relation = state.relations.get(table);
  return relation !== undefined && (column === null || relation.columns.some(({ name }) => name === column));
}

/** Everything that waits to be taken away here: the code is searched for all of it at once. */
function takenAway({ view }: Omit<DropPlacesInput, "needsApplied">): readonly Thing[] {
  return [view, ...(view.upgrades ?? [])]
    .flatMap(({ judged }) => judged.flat())
    .flatMap(({ before, after, statement }): Thing[] => {
      if (!statement.changes.some(takesAway)) return [];
      return [...before.relations.values()].flatMap(({ name, columns }): Thing[] => {
        const left = after.relations.get(name);
        if (left === undefined) return [{ table: name, column: null }];
        if (left.columns === columns) return [];
        const kept = new Set(left.columns.map((column) => column.name));
        return columns.filter((column) => !kept.has(column.name)).map((column) => ({ table: name, column: column.name }));
      });
    });
}

/** A statement after which something is gone for good. */
export function takesAway(change: Change): boolean {
  return change.kind === "drop-column" || change.kind === "drop-relation" || change.kind === "drop-schema" || change.kind === "drop-type";
}
