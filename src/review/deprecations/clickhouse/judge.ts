import type { ClickHouseView } from "../../../check/clickhouse/view.ts";
import type { ClickHouseEngine } from "../../../engines/clickhouse/engine.ts";
import { dependentsOf } from "../../../engines/clickhouse/graph/index.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import { bareName } from "../../../model/schema.ts";
import {
  decideDrop,
  hindrances,
  type DropDecision,
  type DropFacts,
  type LiveFacts,
  type Obstacle,
  type VersionFacts,
} from "../../drops/decide.ts";
import type { RecordNow } from "../../drops/drop-place.ts";
import type { Thing } from "../../drops/dependents.ts";
import { placeOf } from "../../drops/place.ts";
import { names, type ObjectUse, type VersionUses } from "../../drops/uses.ts";
import { tryDrop } from "./try-drop.ts";

export interface ClickHousePlace {
  readonly view: ClickHouseView;
  readonly engine: ClickHouseEngine;
  readonly database: string;
  /** Live here, with what they ask of ClickHouse; and the workload, which says what is asked in production. */
  readonly live: readonly VersionUses[];
  /** Why nothing is known of what asks here; null where something is. */
  readonly nothing: string | null;
  readonly doubts: readonly string[];
  readonly onRecord: RecordNow | null;
  readonly isRelease: (name: string) => boolean;
}

/** What is known of a column or table of ClickHouse in one environment, with what a reader is shown of it. */
export interface ClickHouseKnown {
  readonly facts: LiveFacts;
  readonly uses: readonly ObjectUse[];
  readonly dependents: readonly string[];
  readonly absent: DropDecision | null;
}

/**
 * @param statement what a migration does: its own predictions say whether ClickHouse takes it, and what only empties a thing has nothing
 * in its way. Null: a plain drop of the thing
 */
export function knownOfClickHouse(
  place: ClickHousePlace,
  thing: Thing,
  statement: { readonly drops: boolean } | null = null,
): ClickHouseKnown {
  const { view, live } = place;
  const { table, column } = thing;
  const hanging = dependentsOf(table, column, view.start);
  const dependents = hanging.map(
    ({ kind, name, forwards }) => `${forwards === null ? kind.replace("-", " ") : `${forwards.kind} table`} ${name}`,
  );
  const obstacles = (statement?.drops === false ? [] : hanging).map(({ name }, at): Obstacle => {
    const text = dependents[at] ?? name;
    return {
      kind: "in-the-way",
      step: column === null ? `drop ${text} first` : `take ${column} out of ${text} first`,
      because: `${text} depends on it`,
    };
  });
  const facts: LiveFacts = {
    place: { name: view.environment.name, supports: view.environment.onRecord?.by === "window" ? view.environment.supports : null },
    nothing: place.nothing,
    doubts: place.doubts,
    live: live.map((version) => factsOf(place, thing, version)),
    next: [],
    obstacles: [...obstacles, ...opaqueBefore(view, thing)],
    loosen: [],
    successor: null,
    shown: column === null ? table : `${table}.${column}`,
  };
  const absent = place.nothing === null && statement === null && !has(view.start, thing) ? whenAbsent(view, thing) : null;
  const tried = place.nothing === null && absent === null && statement === null && hindrances(facts)?.blocked.length === 0;
  return {
    facts: tried ? { ...facts, obstacles: [...facts.obstacles, ...refusedBy(place, thing)] } : facts,
    uses: live.flatMap((version) => version.of(table, column)),
    dependents,
    absent,
  };
}

/** What is known, decided by the function that Postgres is decided by. */
export function judgeClickHouse(
  place: ClickHousePlace,
  { facts, absent }: ClickHouseKnown,
  looked: Pick<DropFacts, "past" | "mentions">,
): DropDecision {
  if (absent !== null) return absent;
  const { record, now } = place.onRecord ?? { record: null, now: new Date(0) };
  return decideDrop({ ...facts, ...looked, record, now });
}

function factsOf(place: ClickHousePlace, { table, column }: Thing, uses: VersionUses): VersionFacts {
  const { version } = uses;
  const found = uses.of(table, column);
  const [first] = found;
  const at = first === undefined ? "" : first.query.span === null ? first.query.origin : placeOf(first.query.span);
  const doubts = [
    ...version.dynamic
      .filter(({ tables }) => tables.length === 0 || tables.includes(table))
      .map(({ span, reason }) => `look at ${placeOf(span)} (${version.name}): ${reason}`),
    ...uses
      .unread(table, column)
      .map(({ query, reason }) => `look at ${query.span === null ? query.origin : placeOf(query.span)} (${version.name}): ${reason}`),
  ];
  const stands = place.isRelease(version.name) ? "release" : "beside";
  const verb = first?.kind === "write" ? "writes" : first?.kind === "delete" ? "deletes by" : "reads";
  return {
    version: version.name,
    stands,
    use: first !== undefined ? "certain" : doubts.length > 0 ? "unread" : "none",
    because: `${version.name} ${verb} it (${at})`,
    steps: first === undefined ? [] : [`take it out of ${version.name} (${at})`],
    doubts,
  };
}

/** Statements that nobody could read and that may have made something which hangs on it. */
function opaqueBefore(view: ClickHouseView, { table, column }: Thing): Obstacle[] {
  return view.applied.flatMap((migration) =>
    migration.statements.flatMap(({ kind, opaque, syntaxError, suppressions, span, sql }): Obstacle[] => {
      // ClickHouse takes the drop, and every query of the table fails then (UNKNOWN_IDENTIFIER).
      if (
        /^\s*(?:create|alter)\s+(?:row\s+|masking\s+)?policy\b/i.test(sql) &&
        names(sql, bareName(table)) &&
        (column === null || names(sql, column))
      )
        return [{ kind: "unread", step: `look at ${migration.id} (${placeOf(span)}): a policy names ${column ?? table}`, because: "" }];
      if (kind === "code" || (opaque === null && syntaxError === null)) return [];
      if (suppressions.some(({ rule, reason }) => rule === "opaque-code" && reason !== null)) return [];
      if (kind === "sql" && !names(sql, bareName(table))) return [];
      const why = opaque ?? syntaxError?.message ?? "";
      return [
        {
          kind: "unread",
          step: `look at ${migration.id} (${placeOf(span)}): ${why}; it may have made something that uses ${table}`,
          because: "",
        },
      ];
    }),
  );
}

/** What ClickHouse says to the drop, and which queries would fail after it. */
function refusedBy(place: ClickHousePlace, thing: Thing): Obstacle[] {
  const { engine, view, database, live } = place;
  const { error, after } = tryDrop(engine, view.start, thing, { version: view.version, database });
  if (error !== null)
    return [{ kind: "in-the-way", step: `make way for the drop: ${error}`, because: `ClickHouse refuses the drop: ${error}` }];
  return live.flatMap(({ version }): Obstacle[] => {
    const broken = version.queries.find(
      (query) => engine.bind(query, after, database).kind === "fails" && engine.bind(query, view.start, database).kind !== "fails",
    );
    const what = broken === undefined ? "" : `\`${broken.sql.slice(0, 80)}\` would fail`;
    return broken === undefined
      ? []
      : [{ kind: "in-the-way", step: `take it out of ${version.name}: ${what}`, because: `${what} in ${version.name}` }];
  });
}

function has(state: ClickHouseState, { table, column }: Thing): boolean {
  const known = state.tables.get(table);
  return known !== undefined && (column === null || known.columns.some(({ name }) => name === column));
}

function whenAbsent(view: ClickHouseView, thing: Thing): DropDecision {
  const { name } = view.environment;
  const drops = view.applied.find(({ statements }) =>
    statements.some(({ changes }) =>
      changes.some((change) =>
        change.kind === "drop-column"
          ? change.table === thing.table && change.column === thing.column
          : change.kind === "drop-table" && change.name === thing.table,
      ),
    ),
  );
  if (drops !== undefined)
    return { verdict: "droppable", missing: [], since: null, sentence: `dropped already: ${drops.id} is applied in ${name}` };
  const adding = view.judged.flat().find(({ before, after }) => !has(before, thing) && has(after, thing));
  if (adding !== undefined)
    return {
      verdict: "blocked",
      missing: [`apply ${adding.migration.id}`],
      since: null,
      sentence: `not there yet: ${adding.migration.id} is not applied in ${name}`,
    };
  const step = `show tread where ${thing.table} comes from: no migration that was read creates it`;
  return { verdict: "unknown", missing: [step], since: null, sentence: `not known: no migration that was read creates ${thing.table}` };
}
