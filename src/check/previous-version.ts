import { previousVersions } from "../apps/index.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { LiveVersion } from "../model/query.ts";
import { bareName } from "../model/schema.ts";
import { touched } from "../model/touched.ts";
import { compare, type Compatibility } from "./compatibility.ts";
import type { LoadedSource } from "./load-sources.ts";

/** Name of the version that is deployed when a migration runs, where nobody says which one that is. */
export const PREVIOUS = "the version before";

/** Reads it where the migrations tell the models (Django). Null elsewhere: rules then presume that the version before uses everything. */
export type BeforeRelease = (release: readonly JudgedStatement[]) => LiveVersion | null;

export async function beforeReleases(sources: readonly LoadedSource[]): Promise<BeforeRelease> {
  const django = sources.filter((source) => source.config.type === "django");
  const known = await Promise.all(
    django.map((source) =>
      previousVersions({ files: source.files, root: source.config.root, database: source.config.database, options: source.config.options }),
    ),
  );
  // Each migration is a release of its own here, and the matrix and the rules ask for the same ones.
  const versions = new Map<string, LiveVersion>();
  return (release) => {
    const migration = release[0]?.migration;
    if (migration?.source !== "django") return null;
    const before = versions.get(migration.id);
    if (before !== undefined) return before;
    const tables = new Set(release.flatMap(({ statement }) => statement.changes.flatMap(touched)).map(bareName));
    const queries = tables.size === 0 ? [] : known.flatMap((one) => one.before(migration.id, tables));
    const version: LiveVersion = { name: PREVIOUS, database: "postgres", queries, migrations: new Map(), dynamic: [], problems: [] };
    versions.set(migration.id, version);
    return version;
  };
}

/** Each release against the version before it, joined to what is known of the versions that serve throughout. */
export function compareWithPrevious(
  engine: PostgresEngine,
  environment: string,
  releases: readonly (readonly JudgedStatement[])[],
  before: BeforeRelease,
  throughout: Compatibility,
): Compatibility {
  const cells = [...throughout.cells];
  const breaks = new Map(throughout.breaks);
  for (const release of releases) {
    const version = before(release);
    const first = release[0];
    if (version === null || first === undefined || version.queries.length === 0) continue;
    const own = compare(engine, environment, [{ version, serves: "always" }], first.before, [release], false);
    cells.push(...own.cells.filter((cell) => cell.step !== "start"));
    for (const [judged, found] of own.breaks) breaks.set(judged, [...(breaks.get(judged) ?? []), ...found]);
  }
  return { ...throughout, cells, breaks };
}
