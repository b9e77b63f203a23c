import type { Analysis } from "../../check/analyse.ts";
import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import type { LiveVersion } from "../../model/query.ts";
import type { StagedDrop } from "../../model/release.ts";
import { decideDrop, type VersionUse } from "../releases/staged.ts";
import { wasDeployed } from "../releases/live.ts";
import type { Candidate } from "./objects.ts";
import { versionUses } from "./uses.ts";

export interface Safety {
  /** The decision by the releases on record; null where nothing is on record. */
  readonly staged: StagedDrop | null;
  /** The day since when nothing that was live used it; null where the record does not reach back to it. */
  readonly day: string | null;
}

/** What the record of releases says about something that nothing live uses: since when, and whether an older release may still come. */
export function safetyOf(
  { options, views, read }: Analysis,
  grammar: Grammar,
  environment: string,
  candidate: Candidate,
  past: ReadonlyMap<string, LiveVersion | null>,
): Safety {
  const { onRecord } = options;
  const view = views.find((one) => one.environment.name === environment);
  if (onRecord === undefined || view === undefined) return { staged: null, day: null };
  const { record, now } = onRecord;
  const place = { name: environment, supports: view.environment.onRecord?.supports ?? null };
  const live = [...(view.environment.live ?? []), ...(view.environment.onRecord?.live ?? [])];
  // What serves elsewhere was read as well, and may have served here.
  const elsewhere = new Map<string, LiveVersion | null>([
    ...(read?.versions ?? []).map((version) => [version.name, version] as const),
    ...past,
  ]);
  const uses = [...elsewhere]
    .filter(([name]) => !live.includes(name))
    .map(([version, found]): VersionUse => ({ version, use: found === null ? "unread" : useOf(found) }));
  const staged = decideDrop({ record, place, now, live: [...new Set(live)].map((version) => ({ version, use: "none" })), past: uses });
  return { staged, day: staged.verdict === "droppable" ? day() : null };

  function useOf(version: LiveVersion): VersionUse["use"] {
    const used = versionUses(grammar, version, view?.start ?? emptyView()).of(candidate.table, candidate.column);
    return used.some(({ query }) => query.use === "certain") ? "certain" : "none";
  }

  /** From when on every release that was live here is known to do without it. */
  function day(): string | null {
    let since: string | null = null;
    for (const release of record.releases.toReversed()) {
      const deployment = release.environments.get(environment);
      if (deployment === undefined || !wasDeployed(deployment, now)) continue;
      const use = live.includes(release.name) ? "none" : (uses.find(({ version }) => version === release.name)?.use ?? "unread");
      if (use !== "none") return deployment.retired === null ? since : later(since, deployment.retired);
      since = deployment.live.slice(0, 10);
    }
    return since;
  }

  /** What used it was retired after the first that did without it had gone live. */
  function later(live: string | null, retired: string): string {
    const gone = retired.slice(0, 10);
    return live === null || gone > live ? gone : live;
  }
}

function emptyView(): never {
  throw new Error("an environment without a view");
}
