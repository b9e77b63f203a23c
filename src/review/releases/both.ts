import type { Problem } from "../../model/migration.ts";
import type { Deployment, Release, ReleaseRecord } from "../../model/release.ts";
import { inOrder } from "./version.ts";

/**
 * One record of the file in git and the ledger of a database. Where they disagree, what keeps a release alive counts: one that either has
 * as live serves, and one that both retired was gone on the later day.
 */
export function bothRecords(
  file: ReleaseRecord | null,
  database: ReleaseRecord | null,
): { readonly record: ReleaseRecord | null; readonly problems: readonly Problem[] } {
  if (file === null || database === null || file.releases.length === 0) return { record: database ?? file, problems: [] };
  const problems: Problem[] = [];
  const releases = new Map<string, Release>(file.releases.map((release) => [release.name, release]));
  for (const other of database.releases) {
    const own = releases.get(other.name);
    if (own === undefined) {
      releases.set(other.name, other);
      continue;
    }
    const environments = new Map(own.environments);
    for (const [name, deployment] of other.environments) {
      const known = environments.get(name);
      environments.set(name, known === undefined ? deployment : longest(known, deployment));
      if (known !== undefined && (known.retired === null) !== (deployment.retired === null))
        problems.push(
          differ(
            `${other.name} is retired in ${name} by ${known.retired === null ? database.file : file.file} and live by the other: it counts as live`,
            own,
          ),
        );
    }
    const another = own.commit !== null && other.commit !== null && own.commit !== other.commit;
    if (another) {
      problems.push({
        ...differ(
          `${other.name} is commit ${own.commit.slice(0, 12)} in ${file.file} and ${(other.commit ?? "").slice(0, 12)} in ${database.file}: which of them serves is not known`,
          own,
        ),
        fatal: true,
      });
    }
    releases.set(other.name, { ...own, environments });
  }
  return { record: { file: `${file.file} and ${database.file}`, releases: inOrder([...releases.values()]) }, problems };
}

function longest(a: Deployment, b: Deployment): Deployment {
  const retired = a.retired === null || b.retired === null ? null : Date.parse(a.retired) > Date.parse(b.retired) ? a.retired : b.retired;
  return { live: Date.parse(a.live) < Date.parse(b.live) ? a.live : b.live, retired };
}

function differ(message: string, { span }: Release): Problem {
  return {
    code: "records-differ",
    message,
    help: "say it in both, or keep one record: `tread release` with and without --database-url",
    span,
    fatal: false,
  };
}
