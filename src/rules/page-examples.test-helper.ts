import { buildReport } from "../check/build-report.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { text } from "../report/text.ts";
import type { Case } from "./cases.test-helper.ts";
import { THRESHOLDS, viewsOf } from "./cases.test-helper.ts";
import { RULES } from "./index.ts";
import { count } from "./words.ts";

// A line longer than this wraps in most terminals and in every browser that shows the page.
export const WIDTH = 100;

/**
 * The `## Examples` of a rule's page: one case that is found and one that passes, each with the report that tread prints for it.
 * `-- page: bad` and `-- page: good` name the two cases; without a mark it is the first that fires and the first that is silent.
 */
export function examplesSection(engine: PostgresEngine, rule: string, stories: readonly Case[]): string {
  const fires = (story: Case): boolean => story.expected.some((expectation) => expectation.rule === rule);
  const bad = stories.find((story) => story.page === "bad") ?? stories.find(fires);
  const good = stories.find((story) => story.page === "good") ?? stories.find((story) => story.expected.length === 0);
  if (bad === undefined || good === undefined) throw new Error(`${rule}: no case that fires, or none in which nothing at all is found`);
  return ["## Examples", `Found: ${bad.name}.`, ...example(engine, bad), `Passes: ${good.name}.`, ...example(engine, good)].join("\n\n");
}

/** Puts the section where the page has it, or before the section about suppressions. */
export function withExamples(page: string, section: string): string {
  const parts = page.split(/^(?=## )/m).filter((part) => !part.startsWith("## Examples"));
  const before = parts.findIndex((part) => part.startsWith("## If a person has judged it"));
  const at = before === -1 ? parts.length : before;
  const tail = parts.slice(at);
  return [...parts.slice(0, at).map((part) => `${part.trimEnd()}\n\n`), section, tail.length === 0 ? "\n" : "\n\n", ...tail].join("");
}

function example(engine: PostgresEngine, story: Case): readonly string[] {
  const files = new Map(story.files.map(({ name, lines }) => [name, lines.map(withoutMark)]));
  const judgedFrom = story.files.findIndex(({ name }) => name === `${story.firstOfRelease}.sql`);
  const sql = [
    ...setting(story),
    ...[...files].map(([name, lines], at) => `-- ${name}${at < judgedFrom ? " (applied)" : ""}\n${lines.join("\n").trim()}`),
  ];
  const report = buildReport(
    {
      options: {
        cwd: "/",
        paths: [],
        base: null,
        appliedThrough: null,
        live: [],
        config: {
          root: "/",
          file: null,
          sources: [],
          live: [],
          environments: [],
          thresholds: THRESHOLDS,
          policy: { failOn: "error", onUnknown: "fail", review: [], rules: {}, presets: ["style"] },
          workload: [],
        },
      },
      engine,
      migrations: story.migrations,
      views: viewsOf(engine, story),
      problems: [],
      dumps: [],
      origin: { from: "migrations", name: null, applied: null },
    },
    "",
    null,
  );
  // A preset's page shows its own rule, and not what the others of the preset would say of the same lines.
  const isOther = (rule: string): boolean => rule !== story.rule && RULES.some(({ id, preset }) => id === rule && preset !== undefined);
  const own = { ...report, findings: report.findings.filter(({ rule }) => !isOther(rule)) };
  const printed = text.render(own, {
    color: false,
    width: WIDTH,
    verbose: false,
    readFile: (path) => files.get(path)?.join("\n") ?? null,
  });
  return [fence("sql", sql.join("\n")), fence("text", printed.trimEnd())];
}

/** What the migrations meet, as comments: the versions that serve, the server, the tables' sizes. */
function setting(story: Case): readonly string[] {
  const lines = story.versions.flatMap((version) =>
    version.queries.map((query) => `-- ${version.onRecord === false ? "found in the code" : `${version.name} sends`}: ${query.sql}`),
  );
  for (const environment of story.environments) {
    const tables = environment.profiles.flatMap((profile) =>
      profile.tables.map((table) => {
        const reads = table.readsPerSecond === null ? "" : `, ${count(table.readsPerSecond)} reads per second`;
        return `${table.rows === null ? "unknown" : count(table.rows)} rows in ${table.table.replace("public.", "")}${reads}`;
      }),
    );
    if (environment.name !== "default") tables.unshift(`environment ${environment.name}`);
    if (environment.assume === "small") tables.push("assume: small");
    if (environment.postgres !== 18 || tables.length > 0) lines.push(`-- ${[`PostgreSQL ${environment.postgres}`, ...tables].join("; ")}`);
  }
  const mode = story.migrations[0]?.transaction;
  if (mode === "per-migration") lines.push("-- the tool runs each migration in a transaction");
  if (mode === "all-pending") lines.push("-- the tool runs all pending migrations in one transaction");
  return lines;
}

export function withoutMark(line: string): string {
  return line.replace(/\s*-- expect: .+$/, "");
}

export function fence(language: string, content: string): string {
  return `\`\`\`${language}\n${content}\n\`\`\``;
}
