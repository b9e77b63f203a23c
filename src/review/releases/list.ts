import type { Deployment, ReleaseRecord } from "../../model/release.ts";
import { longDate } from "../../text/date.ts";
import { hasCome, isLive, liveIn, type ServingPlace } from "./live.ts";
import { locateRef } from "./locate.ts";
import { versionOf } from "./version.ts";

export type ListFormat = "text" | "json" | "markdown";

/** Every release with where it stands, and what is wrong with the record. */
export function listReleases(record: ReleaseRecord, places: readonly ServingPlace[], root: string, now: Date, format: ListFormat): string {
  const problems = record.releases.flatMap((release) => locateRef(release, root).problems);
  const standing = places.map((place) => ({ place, live: new Set(liveIn(record, place, now).releases) }));
  const rows = record.releases.map((release) => ({
    release,
    environments: standing.map(({ place, live }) => ({
      name: place.name,
      live: live.has(release),
      deployment: release.environments.get(place.name),
      text: inWords(release.environments.get(place.name), live.has(release), place, now),
    })),
  }));
  if (format === "json") {
    const releases = rows.map(({ release, environments }) => ({
      name: release.name,
      version: versionOf(release),
      ref: release.ref,
      commit: release.commit,
      path: release.path,
      released: release.released,
      environments: Object.fromEntries(
        environments.map(({ name, live, deployment }) => [
          name,
          { live: deployment?.live ?? null, retired: deployment?.retired ?? null, serves: live },
        ]),
      ),
    }));
    return `${JSON.stringify({ format: "tread.releases/1", releases, problems: problems.map(({ code, message, help }) => ({ code, message, help })) }, null, 2)}\n`;
  }
  if (rows.length === 0) return "nothing is on record: `tread release add NAME --ref TAG --environment NAME`\n";
  const head = ["release", "released", "code", ...places.map(({ name }) => name)];
  const table = rows.map(({ release, environments }) => [
    release.name,
    longDate(release.released),
    release.path ?? `${release.ref ?? ""}${release.commit === null ? "" : ` (${release.commit.slice(0, 12)})`}`,
    ...environments.map(({ text }) => text),
  ]);
  const warnings = problems.map(({ message, help }) => `warning: ${message}\n  help: ${help}\n`).join("");
  if (format === "markdown") {
    const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
    return line(head) + line(head.map(() => "---")) + table.map(line).join("") + (warnings === "" ? "" : `\n${warnings}`);
  }
  const widths = head.map((_, column) => Math.max(...[head, ...table].map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()}\n`;
  return line(head) + table.map(line).join("") + warnings;
}

function inWords(deployment: Deployment | undefined, live: boolean, { supports }: ServingPlace, now: Date): string {
  if (supports !== null) return live ? `supported (${supports})` : "not supported";
  if (deployment === undefined) return "–";
  if (isLive(deployment, now)) {
    const since = `${hasCome(deployment.live, now) ? "live since" : "live from"} ${longDate(deployment.live)}`;
    return deployment.retired === null ? since : `${since}, until ${longDate(deployment.retired)}`;
  }
  return `retired on ${longDate(deployment.retired ?? "")}`;
}
