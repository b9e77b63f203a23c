import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import type { EnvironmentConfig } from "../../config/parsed-config.ts";
import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import type { ClickHouseJudged, ClickHouseParsedMigration } from "../../model/clickhouse/judged.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { TableScale } from "../../model/environment.ts";
import type { Migration } from "../../model/migration.ts";
import type { LiveVersion } from "../../model/query.ts";
import type { Releases } from "../applied.ts";
import type { ClickHouseCompatibility } from "./compatibility.ts";
import type { FoldedClickHouse } from "./fold.ts";

/** Everything that `check` knows about the ClickHouse of one environment. */
export interface ClickHouseView {
  readonly environment: EnvironmentConfig;
  /** Version that predictions are made for: the environment's, else the profile's, else the newest that tread knows. */
  readonly version: string;
  readonly releases: Releases;
  /** Versions that are live here, with what they ask of ClickHouse. */
  readonly versions: readonly LiveVersion[];
  readonly applied: readonly ClickHouseParsedMigration[];
  /** Applied ones whose work is in the schema that folding began with: not folded, and not run by a rehearsal. */
  readonly held: readonly Migration[];
  /** The schema before the first judged statement. */
  readonly start: ClickHouseState;
  /** Judged statements by release. */
  readonly judged: readonly (readonly ClickHouseJudged[])[];
  readonly judgedMigrations: readonly ClickHouseParsedMigration[];
  readonly compatibility: ClickHouseCompatibility;
}

/** Predicts what every judged statement does on this environment's server version, release by release. */
export function judgeClickHouse(
  engine: ClickHouseEngine,
  version: string,
  sizeOf: (table: string) => TableScale | null,
  folded: readonly FoldedClickHouse[],
  releases: Releases,
): readonly (readonly ClickHouseJudged[])[] {
  const byRelease = new Map<string, ClickHouseJudged[]>();
  for (const { migration, statements } of folded) {
    if (releases.applied.has(migration.id)) continue;
    const release = releases.releaseOf(migration.id);
    const judged = byRelease.get(release) ?? [];
    byRelease.set(release, judged);
    for (const { statement, before, after } of statements) {
      const isEmpty = (table: string): boolean => {
        const known = before.tables.get(table);
        return known !== undefined && releases.releaseOf(known.origin.migration) === release;
      };
      const options = { version, isEmpty, sizeOf };
      const readable = statement.opaque === null && statement.syntaxError === null;
      const silentCode = statement.kind !== "sql" && statement.changes.length === 0;
      judged.push({
        migration,
        statement,
        before,
        after,
        predicted: !readable || silentCode ? null : engine.predict(statement.changes, before, options),
        ...(statement.changes.length > 1 ? { alone: (change: ClickHouseChange) => engine.predict([change], before, options) } : {}),
        observed: null,
        breaks: [],
      });
    }
  }
  return [...byRelease.values()];
}

/** What the profiles say of a table on its largest replica, which is what one server has to do. */
export function largestReplica(environment: EnvironmentConfig): (table: string) => TableScale | null {
  const known = new Map<string, TableScale>();
  for (const { server, tables } of environment.profiles) {
    if (server.engine !== "clickhouse") continue;
    for (const entry of tables) {
      const before = known.get(entry.table);
      if (before === undefined || (entry.bytes ?? 0) > (before.bytes ?? 0)) known.set(entry.table, entry);
    }
  }
  return (table) => known.get(table) ?? null;
}
