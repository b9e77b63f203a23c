import type { Environment } from "../model/environment.ts";
import type { LiveVersion } from "../model/query.ts";
import type { Releases } from "./applied.ts";
import type { EnvironmentView } from "./environment-view.ts";

/** One way in which an environment comes to the schema under judgement. */
export interface UpgradePath {
  /** What serves all the way. */
  readonly versions: readonly LiveVersion[];
  readonly releases: Releases;
}

/**
 * An environment is upgraded from what it runs: one path. With a support window every installation may run another release and skip those
 * between: the path of the oldest is the longest, and each newer release begins further on, where tables that it brought hold rows and
 * its own queries must go on working. Releases that carry the same migrations take the same path.
 * @param decide what is applied, in an environment whose record names one release
 */
export function upgradePaths(
  environment: Environment,
  versions: readonly LiveVersion[],
  decide: (environment: Environment) => Releases,
): readonly [UpgradePath, ...UpgradePath[]] {
  const { onRecord } = environment;
  const supported =
    onRecord?.by === "window" ? versions.filter(({ name, migrations }) => onRecord.live.includes(name) && migrations !== null) : [];
  const paths = new Map<string, { versions: LiveVersion[]; releases: Releases }>();
  for (const version of supported) {
    const releases = decide({
      ...environment,
      onRecord: { live: [version.name], by: "window", supports: onRecord?.supports ?? null, doubt: null },
    });
    const key = [...releases.applied].sort().join("\n");
    const known = paths.get(key);
    if (known === undefined) paths.set(key, { versions: [version], releases });
    else known.versions.push(version);
  }
  const [first, ...later] = paths.values();
  if (first === undefined || later.length === 0) return [{ versions, releases: decide(environment) }];
  // What is live beside the releases serves everywhere; the longest path shows it.
  const beside = versions.filter((version) => !supported.includes(version));
  return [{ ...first, versions: [...first.versions, ...beside] }, ...later];
}

/** The environment's own path and the shorter ones, as if each were an environment of its own. */
export function allPaths(views: readonly EnvironmentView[]): readonly EnvironmentView[] {
  return views.flatMap((view) => [view, ...(view.upgrades ?? [])]);
}
