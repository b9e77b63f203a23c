import type { ReleaseRecord } from "../../model/release.ts";
import { wasDeployed, type ServingPlace } from "../releases/live.ts";
import type { Use } from "./decide.ts";

/**
 * From which day on every release that was live in an environment is known to do without a thing: the day on which the last that may
 * have used it was retired, or the first that does not went live, whichever came later. Where releases retire by a support window the
 * record says nothing about days, and the day on which the oldest supported one was released is all that is known.
 * @param use of a release; what nobody looked at is `unread`
 * @returns a day (`2026-11-03`); null where the record does not reach back to it
 */
export function safeSince(record: ReleaseRecord, place: ServingPlace, now: Date, use: (release: string) => Use): string | null {
  let since: string | null = null;
  for (const release of record.releases.toReversed()) {
    const deployment = release.environments.get(place.name);
    if (deployment === undefined || !wasDeployed(deployment, now)) continue;
    if (use(release.name) === "certain" || use(release.name) === "unread") {
      const retired = deployment.retired?.slice(0, 10) ?? null;
      return retired === null || (since !== null && since > retired) ? since : retired;
    }
    since = deployment.live.slice(0, 10);
  }
  return since;
}
