import { forDatabase, loadSources } from "../../check/load-sources.ts";
import type { CheckOptions } from "../../check/options.ts";
import { withReleases } from "../../check/releases.ts";
import { datedReleases } from "./dated.ts";
import type { DeprecationItem, DeprecationsReport } from "./item.ts";
import { postgresItems } from "./postgres.ts";

/**
 * Everything that is marked as deprecated and everything that nobody uses, with what still stands in the way of dropping it in each
 * environment. Touches no database.
 * @param tread version of tread, for the report
 * @throws ConfigError for a broken record of releases
 */
export async function deprecations(asked: CheckOptions, tread: string): Promise<DeprecationsReport> {
  const options = await withReleases(asked);
  const loaded = await loadSources(options);
  const clickhouse = forDatabase(loaded, "clickhouse");
  const postgres = clickhouse.sources.length === 0 || forDatabase(loaded, "postgres").sources.length > 0;
  const ids = new Set(clickhouse.migrations.map(({ id }) => id));
  const own = postgres ? await postgresItems(withoutIds(options, ids), loaded) : null;
  const other =
    clickhouse.sources.length === 0
      ? null
      : await (await import("./clickhouse/index.ts")).clickHouseItems(options, loaded, datedReleases(options));
  return {
    format: "tread.deprecations/1",
    tread,
    environments: own?.environments ?? other?.environments ?? [],
    items: [...(own?.items ?? []), ...(other?.items ?? [])].sort(byName),
    problems: [...(own?.problems ?? []), ...(other?.problems ?? [])],
  };
}

/** An environment names one migration as the last that is applied: where it is the other engine's, it says nothing about this one's. */
function withoutIds(options: CheckOptions, ids: ReadonlySet<string>): CheckOptions {
  const environments = options.config.environments.map((environment) =>
    environment.appliedThrough !== null && ids.has(environment.appliedThrough) ? { ...environment, appliedThrough: null } : environment,
  );
  return { ...options, config: { ...options.config, environments } };
}

function byName(a: DeprecationItem, b: DeprecationItem): number {
  return Number(b.marked) - Number(a.marked) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
