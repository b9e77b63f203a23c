import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { JudgedStatement, RollbackBreak } from "../model/judged.ts";
import type { LiveVersion, Query, RollbackTarget, VersionWrite } from "../model/query.ts";
import type { SchemaState } from "../model/schema.ts";
import { wholeSpan } from "../text/span.ts";
import { viewsOn } from "../model/apply/index.ts";
import { bareName } from "../model/schema.ts";
import type { EnvironmentView } from "./environment-view.ts";

/** What rules may ask of the versions beyond the matrix: what they write, and what a rollback would meet. */
export interface VersionFacts {
  writes(release: readonly JudgedStatement[], table: string): readonly VersionWrite[];
  rollback(release: readonly JudgedStatement[]): { readonly target: RollbackTarget; readonly breaks: readonly RollbackBreak[] } | null;
}

export function versionFacts(engine: PostgresEngine, view: EnvironmentView): VersionFacts {
  const next = view.next ?? null;
  return {
    writes(release, table) {
      const state = release[0]?.before ?? view.start;
      const previous = view.previous?.(release) ?? null;
      const now = [...view.versions, ...(previous === null ? [] : [previous])].map((version) => ({ version, serves: "now" as const }));
      // A query that names neither the table nor a view of it does not write it: most are not parsed for the few that are asked for.
      const names = [table, ...viewsOn(state, table).map((view) => view.name)].map(bareName);
      return versionWrites(engine, next === null ? now : [...now, { version: next, serves: "next" }], names, state);
    },
    rollback(release) {
      const version = view.rollback ?? view.previous?.(release) ?? null;
      if (version === null) return null;
      const serves = view.rollback === undefined || view.rollback === null || view.versions.includes(version);
      const breaks = serves ? [] : brokenBy(engine, version, release);
      return { target: { version: version.name, serves }, breaks };
    },
  };
}

/** Queries that work before the release and fail after it, with the statement from which on they stay broken. */
function brokenBy(engine: PostgresEngine, version: LiveVersion, release: readonly JudgedStatement[]): readonly RollbackBreak[] {
  const [first, last] = [release[0], release.at(-1)];
  if (first === undefined || last === undefined) return [];
  return version.queries.flatMap((query): readonly RollbackBreak[] => {
    const fate = engine.bind(query, last.after);
    if (fate.kind !== "fails" || engine.bind(query, first.before).kind !== "works") return [];
    const works = release.findLastIndex((judged) => engine.bind(query, judged.after).kind === "works");
    const { sql, origin, use, span } = query;
    const broken = {
      query: sql,
      origin,
      sqlstate: fate.sqlstate,
      error: fate.message,
      from: "static",
      use,
      version: version.name,
      span,
    } as const;
    return [{ ...broken, at: release[works + 1] ?? last }];
  });
}

type Target = Pick<VersionWrite, "verb" | "table" | "columns">;

// A query's targets do not depend on what a release changes, and several environments ask for the same versions.
const known = new WeakMap<Query, readonly Target[]>();

/** Which tables and columns the versions write. What does not parse names no target: it is counted as unknown elsewhere. */
function versionWrites(
  engine: PostgresEngine,
  versions: readonly { readonly version: LiveVersion; readonly serves: VersionWrite["serves"] }[],
  names: readonly string[],
  state: SchemaState,
): readonly VersionWrite[] {
  return versions.flatMap(({ version, serves }) =>
    version.queries
      .filter(({ sql }) => names.some((name) => sql.includes(name)))
      .flatMap((query) => targetsOf(engine, query, state).map((target) => ({ ...target, version: version.name, serves, query }))),
  );
}

function targetsOf(engine: PostgresEngine, query: Query, state: SchemaState): readonly Target[] {
  if (query.verb === "select") return [];
  let targets = known.get(query);
  if (targets === undefined) {
    const { sql } = query;
    const span = wholeSpan(query.origin, sql);
    const step = { kind: "sql", sql, span, verbatim: false, operation: null, reverse: "unknown", suppressions: [] } as const;
    targets = engine
      .read(step)
      .filter((raw) => raw.tree !== null)
      .flatMap((raw) => engine.changes(raw, state))
      .flatMap((change) => (change.kind === "write" ? [{ verb: change.verb, table: change.table, columns: change.columns }] : []));
    known.set(query, targets);
  }
  return targets;
}
