import { resolve } from "node:path";
import type { Analysis } from "../../check/analyse.ts";
import type { CheckOptions } from "../../check/options.ts";
import { datesOf, type DatedMark, type DatedRelease } from "./history.ts";
import type { DeprecationItem } from "./item.ts";
import type { Candidate } from "./objects.ts";

/** Oldest first: those on record, else the live versions in their order. */
export function datedReleases(options: CheckOptions): readonly DatedRelease[] {
  const { config } = options;
  return options.onRecord !== undefined
    ? options.onRecord.record.releases.map(({ name, ref, commit, path }) => ({
        name,
        ref: commit ?? ref,
        path: path === null ? null : resolve(config.root, path),
      }))
    : config.live.flatMap((entry) =>
        entry.kind === "app"
          ? [{ name: entry.name, ref: entry.ref, path: entry.path === null ? null : resolve(config.root, entry.path) }]
          : [],
      );
}

/** Since when each candidate is marked: the earliest of its marks. */
export function dated(
  analysis: Analysis,
  marked: readonly Candidate[],
): { of(candidate: Candidate): DeprecationItem["since"]; doubt: string | null } {
  const { options, read } = analysis;
  const { config, cwd } = options;
  const releases = datedReleases(options);
  const roots = read?.sources.sources.map(({ folder, config: { root } }) => resolve(folder, root)) ?? [];
  const marks = new Map<Candidate, DatedMark[]>();
  for (const candidate of marked) {
    marks.set(
      candidate,
      candidate.marks.map(({ path, file, owner, field, text, version }): DatedMark => {
        const source = config.live.find(({ name }) => name === version);
        // A version that is a folder has its own paths; the file of the working tree is below the source's root.
        const below = source?.kind === "app" && source.path !== null ? (roots[0] ?? config.root) : config.root;
        const absolute = path === null ? resolve(cwd, file) : resolve(below, path);
        const root = roots.find((each) => absolute.startsWith(`${each}/`)) ?? config.root;
        return {
          file: absolute,
          inApp: absolute.startsWith(`${root}/`) ? absolute.slice(root.length + 1) : (path ?? file),
          probe: { owner, field, text },
        };
      }),
    );
  }
  const { since, doubt } = datesOf(config.root, [...marks.values()].flat(), releases);
  return {
    doubt,
    of: (candidate) => {
      const all = (marks.get(candidate) ?? []).flatMap((mark) => since.get(mark) ?? []);
      const order = releases.map(({ name }) => name);
      const release = all
        .map((one) => one.release)
        .filter((name) => name !== null)
        .sort((a, b) => order.indexOf(a) - order.indexOf(b))[0];
      const first = all.find((one) => one.release === (release ?? null)) ?? all[0];
      return { commit: first?.commit ?? null, release: release ?? null };
    },
  };
}
