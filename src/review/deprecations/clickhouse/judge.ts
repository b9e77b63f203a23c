import type { ClickHouseView } from "../../../check/clickhouse/view.ts";
import type { ClickHouseEngine } from "../../../engines/clickhouse/engine.ts";
import { dependentsOf } from "../../../engines/clickhouse/graph/index.ts";
import { applyClickHouse } from "../../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import { wholeSpan } from "../../../text/span.ts";
import type { Thing } from "../../drops/dependents.ts";
import type { ItemVerdict } from "../item.ts";
import { placeOf } from "../../drops/place.ts";
import { names, type ObjectUse, type VersionUses } from "../../drops/uses.ts";

export interface ClickHousePlace {
  readonly view: ClickHouseView;
  readonly engine: ClickHouseEngine;
  readonly database: string;
  /** Live here, with what they ask of ClickHouse; and the workload, which says what is asked in production. */
  readonly live: readonly VersionUses[];
  /** Why nothing is known of what asks here; null where something is. */
  readonly nothing: string | null;
  readonly doubts: readonly string[];
  readonly isRelease: (name: string) => boolean;
}

export interface ClickHouseJudgement {
  readonly verdict: ItemVerdict;
  readonly missing: readonly string[];
  readonly reason: string;
  readonly uses: readonly ObjectUse[];
  readonly dependents: readonly string[];
  readonly notes: readonly string[];
  readonly absent?: boolean;
}

/** Whether a column or table of ClickHouse may be dropped in one environment: only where everything is known, as for Postgres. */
export function judgeClickHouse(place: ClickHousePlace, thing: Thing): ClickHouseJudgement {
  const { view, live } = place;
  const { table, column } = thing;
  const state = view.start;
  const uses = live.flatMap((version) => version.of(table, column));
  const hanging = dependentsOf(table, column, state);
  const dependents = hanging.map(
    ({ kind, name, forwards }) => `${forwards === null ? kind.replace("-", " ") : `${forwards.kind} table`} ${name}`,
  );
  const base = { uses, dependents, notes: [] };
  if (place.nothing !== null)
    return { ...base, verdict: "unknown", missing: [place.nothing, ...place.doubts], reason: `not known: ${place.nothing}` };
  if (!has(state, thing)) return { ...base, ...absent(view, thing) };
  const blocked: string[] = [];
  const unknown: string[] = [...place.doubts];
  const because: string[] = [];
  for (const { version } of live) {
    const own = uses.filter((use) => use.version === version.name);
    const first = own[0];
    if (first !== undefined) {
      const at = first.query.span === null ? first.query.origin : placeOf(first.query.span);
      blocked.push(place.isRelease(version.name) ? `retire ${version.name}` : `take it out of ${version.name} (${at})`);
      because.push(`${version.name} ${first.kind === "read" ? "reads" : first.kind === "write" ? "writes" : "deletes by"} it (${at})`);
    }
    for (const access of version.dynamic)
      if (access.tables.length === 0 || access.tables.includes(table))
        unknown.push(`look at ${placeOf(access.span)} (${version.name}): ${access.reason}`);
  }
  for (const version of live)
    for (const { query, reason } of version.unread(table, column))
      unknown.push(`look at ${query.span === null ? query.origin : placeOf(query.span)} (${version.version.name}): ${reason}`);
  hanging.forEach(({ name }, at) => {
    const text = dependents[at] ?? name;
    blocked.push(column === null ? `drop ${text} first` : `take ${column} out of ${text} first`);
    because.push(`${text} depends on it`);
  });
  for (const migration of view.applied) {
    for (const { kind, opaque, syntaxError, suppressions, span, sql } of migration.statements) {
      if (kind === "code" || (opaque === null && syntaxError === null)) continue;
      if (suppressions.some(({ rule, reason }) => rule === "opaque-code" && reason !== null)) continue;
      if (kind === "sql" && !names(sql, table.slice(table.indexOf(".") + 1))) continue;
      unknown.push(
        `look at ${migration.id} (${placeOf(span)}): ${opaque ?? syntaxError?.message ?? ""}; it may have made something that uses ${table}`,
      );
    }
  }
  if (blocked.length === 0) {
    const { error, after } = tryDrop(place, thing);
    if (error !== null) {
      blocked.push(`make way for the drop: ${error}`);
      because.push(`ClickHouse refuses the drop: ${error}`);
    } else {
      for (const { version } of live) {
        const broken = version.queries.find(
          (query) =>
            place.engine.bind(query, after, place.database).kind === "fails" &&
            place.engine.bind(query, state, place.database).kind !== "fails",
        );
        if (broken !== undefined) blocked.push(`take it out of ${version.name}: \`${broken.sql.slice(0, 80)}\` would fail`);
      }
    }
  }
  const verdict = blocked.length > 0 ? "blocked" : unknown.length > 0 ? "unknown" : "droppable";
  const missing = [...new Set(verdict === "droppable" ? [] : [...blocked, ...unknown])];
  const reason =
    verdict === "droppable"
      ? `safe to drop now: nothing that is live in ${view.environment.name} uses it`
      : verdict === "blocked"
        ? `not yet: ${because[0] ?? missing[0] ?? ""}`
        : `not known: ${unknown[0] ?? ""}`;
  return { ...base, verdict, missing, reason };
}

function has(state: ClickHouseState, { table, column }: Thing): boolean {
  const known = state.tables.get(table);
  return known !== undefined && (column === null || known.columns.some(({ name }) => name === column));
}

function absent(view: ClickHouseView, thing: Thing): Pick<ClickHouseJudgement, "verdict" | "missing" | "reason" | "absent"> {
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
    return { verdict: "droppable", absent: true, missing: [], reason: `dropped already: ${drops.id} is applied in ${name}` };
  const adding = view.judged.flat().find(({ before, after }) => !has(before, thing) && has(after, thing));
  if (adding !== undefined)
    return {
      verdict: "blocked",
      missing: [`apply ${adding.migration.id}`],
      reason: `not there yet: ${adding.migration.id} is not applied in ${name}`,
    };
  const step = `show tread where ${thing.table} comes from: no migration that was read creates it`;
  return { verdict: "unknown", missing: [step], reason: `not known: no migration that was read creates ${thing.table}` };
}

function tryDrop(
  { engine, view, database }: ClickHousePlace,
  { table, column }: Thing,
): { readonly error: string | null; readonly after: ClickHouseState } {
  const quoted = table
    .split(".")
    .map((part) => `\`${part}\``)
    .join(".");
  const sql = column === null ? `DROP TABLE ${quoted}` : `ALTER TABLE ${quoted} DROP COLUMN \`${column}\``;
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan("drop", sql),
    verbatim: false,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  let after = view.start;
  let error: string | null = null;
  for (const raw of engine.read(step)) {
    const changes = engine.changes(raw, view.start, { database });
    const effects = engine.predict(changes, view.start, { version: view.version, isEmpty: () => false });
    if (effects.error !== null) error = `${effects.error.message} (code ${effects.error.code})`;
    for (const change of changes) after = applyClickHouse(change, after, { migration: null });
  }
  return { error, after };
}
