import type { Problem } from "../model/migration.ts";
import { spellCode } from "../model/report.ts";
import type { EnvironmentView } from "./environment-view.ts";

/** Share of a version's queries that may fail before the first step; above it the version was read wrongly (design section 6). */
const TOLERATED = 1 / 5;

/** As much of a view, of either engine, as this question needs. */
interface Served {
  readonly environment: { readonly name: string };
  readonly versions: EnvironmentView["versions"];
  readonly compatibility: Pick<EnvironmentView["compatibility"], "baseline">;
}

export function readWrongly(views: readonly Served[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { versions, compatibility, environment } of views) {
    for (const version of versions) {
      const broken = compatibility.baseline.get(version.name) ?? [];
      if (version.queries.length === 0 || broken.length <= version.queries.length * TOLERATED) continue;
      const first = broken[0];
      problems.set(version.name, {
        code: "version-misread",
        message: `${broken.length} of the ${version.queries.length} queries of ${version.name} fail before the first step (${environment.name}): the version, or what is applied, was read wrongly`,
        help: `the first is ${first?.origin ?? "unknown"}: ${spellCode(first?.sqlstate ?? "")}: ${first?.error ?? ""}. Compare \`root\`, \`path\` or \`ref\` under \`live:\` with where the app is, and what is applied (\`--base\`, \`appliedThrough\`)`,
        span: null,
        fatal: true,
      });
    }
  }
  return [...problems.values()];
}
