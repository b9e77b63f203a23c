import type { ParsedConfig } from "../config/parsed-config.ts";
import type { Finding, Report } from "../model/report.ts";
import { verdictOf } from "./verdict.ts";

/** One report about both engines. An environment is as bad as the worse of its two. */
export function mergeReports(postgres: Report, clickhouse: Report, policy: ParsedConfig["policy"]): Report {
  const findings = [...once(postgres.findings, clickhouse.findings), ...clickhouse.findings];
  const problems = unique([...postgres.problems, ...clickhouse.problems]);
  const environments = postgres.environments.map((one) => {
    const other = clickhouse.environments.find(({ name }) => name === one.name);
    if (other === undefined) return one;
    const doubts = [one, other].filter(({ verdict }) => verdict === "unknown").map(({ reason }) => reason);
    const because = one.reason.replace(/^nothing at or above \w+; /, "");
    return {
      ...one,
      ...(other.clickhouse === undefined ? {} : { clickhouse: other.clickhouse }),
      ...verdictOf(one.name, findings, policy, problems, () => [...new Set(doubts)], because),
    };
  });
  const cells = [...postgres.compatibility.cells, ...clickhouse.compatibility.cells];
  const [a, b] = [postgres.coverage, clickhouse.coverage];
  const { facts } = clickhouse;
  return {
    ...postgres,
    verdict: environments.some(({ verdict }) => verdict === "unsafe")
      ? "unsafe"
      : environments.some(({ verdict }) => verdict === "unknown") || environments.length === 0
        ? "unknown"
        : "safe",
    environments,
    migrations: [...postgres.migrations, ...clickhouse.migrations],
    findings,
    compatibility: {
      versions: [...new Set(cells.map(({ version }) => version))],
      steps: [...new Set([...postgres.compatibility.steps, ...clickhouse.compatibility.steps])],
      cells,
    },
    coverage: {
      ...a,
      migrations: a.migrations + b.migrations,
      statements: a.statements + b.statements,
      understood: a.understood + b.understood,
      opaque: a.opaque + b.opaque,
      unparsed: a.unparsed + b.unparsed,
      topology: [...a.topology, ...b.topology],
      appliedMigrations: (a.appliedMigrations ?? 0) + (b.appliedMigrations ?? 0),
      appliedOpaque: (a.appliedOpaque ?? 0) + (b.appliedOpaque ?? 0),
    },
    suppressions: [...postgres.suppressions, ...clickhouse.suppressions],
    problems,
    rehearsal: postgres.rehearsal ?? clickhouse.rehearsal,
    ...(facts === undefined ? {} : { facts }),
  };
}

/** Problems of the sources are findings of both halves. */
function once(own: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const seen = new Set(others.map((finding) => JSON.stringify([finding.rule, finding.migration, finding.statement, finding.message])));
  return own.filter((finding) => !seen.has(JSON.stringify([finding.rule, finding.migration, finding.statement, finding.message])));
}

function unique(problems: Report["problems"]): Report["problems"] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, span }) => {
    const key = `${code}\0${message}\0${span?.file ?? ""}\0${span?.line ?? ""}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
