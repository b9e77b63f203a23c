import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, type ConfigProblem } from "../config/config-error.ts";
import { RELEASES_FILE } from "../config/known.ts";
import type { EnvironmentConfig, LiveConfig } from "../config/parsed-config.ts";
import type { Problem } from "../model/migration.ts";
import type { Release, ReleaseRecord } from "../model/release.ts";
import { hasCome, isLive, liveIn } from "../review/releases/live.ts";
import { locateRef } from "../review/releases/locate.ts";
import { bothRecords } from "../review/releases/both.ts";
import { readReleases } from "../review/releases/read.ts";
import { isRange } from "../review/releases/version.ts";
import { longDate } from "../text/date.ts";
import { nearest } from "../text/nearest.ts";
import type { CheckOptions } from "./options.ts";

/**
 * Lets the releases on record say which versions are live where: their code joins `live`, and each environment names what serves in it.
 * Every pipeline then works as if the settings had said so. Without `tread.releases.yaml` nothing changes. Idempotent.
 * @throws ConfigError for a broken record, a support window that is no range, and names under `environments.*.live` that nothing has
 */
export async function withReleases(options: CheckOptions): Promise<CheckOptions> {
  if (options.onRecord !== undefined) return options;
  const { config } = options;
  checkWindows(config.environments);
  const file = await readReleases(config.root, options.cwd, config.releases);
  const { record, problems: differences } = bothRecords(file, await inDatabase(options));
  checkLiveNames(config.environments, config.live, record);
  if (record === null || record.releases.length === 0) return options;
  const now = options.now ?? new Date();
  const problems: Problem[] = [...differences];
  const added = new Set(options.live.map(({ name }) => name));
  const environments = config.environments.map((environment) => serving(environment, record, config.live, now, added, problems));
  const needed = new Set(environments.flatMap(({ live }) => live ?? []));
  const isRelease = new Set(record.releases.map(({ name }) => name));
  const entries = [
    // Queries under the name of a release are a part of it: an export of what it sends, or what it asks of ClickHouse.
    ...config.live.filter((entry) => !isRelease.has(entry.name) || (entry.kind === "sql" && needed.has(entry.name))),
    // Oldest first: the newest that serves says what is applied.
    ...record.releases
      .filter(({ name }) => needed.has(name) && !added.has(name))
      .flatMap((release) => entryOf(release, options, problems) ?? []),
  ];
  return { ...options, config: { ...config, live: entries, environments }, onRecord: { record, now, problems, listed: config.live } };
}

/** The ledger of a database keeps releases too (`tread release --database-url`). */
async function inDatabase({ database }: CheckOptions): Promise<ReleaseRecord | null> {
  if (database == null) return null;
  const { releasesInDatabase } = await import("../review/releases/database-ledger.ts");
  return releasesInDatabase(database);
}

/** Which versions serve in an environment, by the record and by what the settings say beside it. */
function serving(
  environment: EnvironmentConfig,
  record: ReleaseRecord,
  listed: readonly LiveConfig[],
  now: Date,
  added: ReadonlySet<string>,
  problems: Problem[],
): EnvironmentConfig {
  const here = liveIn(record, environment, now);
  const live = new Set(here.releases.map(({ name }) => name));
  const releases = new Map(record.releases.map((release) => [release.name, release]));
  for (const { name } of here.unversioned) problems.push(unversioned(name, environment));
  const others: string[] = [];
  for (const { name, kind } of listed) {
    const release = releases.get(name);
    if (release === undefined && (environment.live === null || environment.live.includes(name))) others.push(name);
    // Listed for everywhere and retired here: two files disagree, and what serves by either of them counts.
    if (release !== undefined && kind === "app" && environment.live === null && !live.has(name) && contradicts(release, environment, now)) {
      problems.push(stillListed(release, environment, "`live`"));
      live.add(name);
    }
  }
  for (const name of environment.live ?? []) {
    const release = releases.get(name);
    if (release === undefined || live.has(name)) continue;
    problems.push(stillListed(release, environment, `\`environments.${environment.name}.live\``));
    live.add(name);
  }
  if (here.by === "window") {
    for (const name of live) {
      const retired = releases.get(name)?.environments.get(environment.name)?.retired;
      if (retired != null && hasCome(retired, now))
        problems.push({
          code: "retired-and-supported",
          message: `${name} is on record as retired in ${environment.name}, and inside of its \`supports: ${environment.supports ?? ""}\`: it counts as live`,
          help: `raise \`supports\` above ${name} when nobody may run it any more; in an environment with a window the record of retirements says nothing`,
          span: releases.get(name)?.span ?? null,
          fatal: false,
        });
    }
  }
  const ordered = record.releases.map(({ name }) => name).filter((name) => live.has(name));
  const nothing = ordered.length === 0 && added.size === 0;
  // What the settings list is still held against the migrations: it can break, and proves nothing.
  const fallback = nothing ? listed.map(({ name }) => name).filter((name) => releases.has(name)) : [];
  return {
    ...environment,
    live: [...others, ...(nothing ? fallback : ordered)],
    onRecord: { live: ordered, by: here.by, supports: environment.supports, doubt: nothing ? nothingLive(environment, record) : null },
  };
}

function contradicts(release: Release, environment: EnvironmentConfig, now: Date): boolean {
  const deployment = release.environments.get(environment.name);
  return environment.supports === null && deployment !== undefined && !isLive(deployment, now);
}

function nothingLive({ name, supports }: EnvironmentConfig, record: ReleaseRecord): string {
  if (supports !== null) return `no release inside of \`supports: ${supports}\` is on record`;
  const others = [...new Set(record.releases.flatMap(({ environments }) => [...environments.keys()]))];
  const meant = others.includes(name) ? null : nearest(name, others);
  return `no release is on record as live here${meant === null ? "" : ` (${record.file} has some for \`${meant}\`)`}: \`tread release live NAME --environment ${name}\``;
}

function stillListed(release: Release, environment: EnvironmentConfig, where: string): Problem {
  const retired = release.environments.get(environment.name)?.retired ?? null;
  return {
    code: "retired-and-listed",
    message:
      retired === null
        ? `${release.name} is listed under ${where} and is not on record as live in ${environment.name}: it counts as live`
        : `${release.name} is on record as retired in ${environment.name} since ${longDate(retired)}, and is still listed under ${where}: it counts as live`,
    help:
      retired === null
        ? `\`tread release live ${release.name} --environment ${environment.name}\`, or take it out of ${where}`
        : `take it out of ${where}: which releases serve is told by ${RELEASES_FILE}`,
    span: release.span,
    fatal: false,
  };
}

function unversioned(name: string, environment: EnvironmentConfig): Problem {
  return {
    code: "not-semver",
    message: `release ${name} has no semantic version: nobody can tell whether \`supports: ${environment.supports ?? ""}\` of ${environment.name} holds it, so it counts as live there`,
    help: `give it one: \`version: 1.42.0\` in ${RELEASES_FILE}`,
    span: null,
    fatal: false,
  };
}

/** Where the code of a release is. Null, with a problem, where it is gone. */
export function entryOf(release: Release, options: CheckOptions, problems: Problem[]): LiveConfig | null {
  const { root } = options.config;
  if (release.path !== null) {
    const path = resolve(root, release.path);
    if (!existsSync(path)) {
      problems.push({
        code: "release-gone",
        message: `release ${release.name}: ${release.path} does not exist`,
        help: `correct its \`path\` in ${RELEASES_FILE} (relative to that file), or name the git ref that holds it`,
        span: release.span,
        fatal: true,
      });
      return null;
    }
    if (statSync(path).isFile()) return { kind: "sql", name: release.name, path: release.path, database: "postgres" };
    return { kind: "app", name: release.name, type: null, ref: null, path: release.path, root: null };
  }
  const found = locateRef(release, root);
  problems.push(...found.problems);
  return found.ref === null ? null : { kind: "app", name: release.name, type: null, ref: found.ref, path: null, root: release.root };
}

function checkWindows(environments: readonly EnvironmentConfig[]): void {
  const problems = environments.flatMap(({ name, supports }): ConfigProblem[] =>
    supports === null || isRange(supports)
      ? []
      : [
          {
            span: null,
            setting: `environments.${name}.supports`,
            message: `${JSON.stringify(supports)} is no range of versions`,
            help: "for example '>=1.40', '>=1.40 <2', '1.40 - 1.43'",
          },
        ],
  );
  if (problems.length > 0) throw new ConfigError("the configuration", problems);
}

/** Names that are neither under `live` nor on record; reading the config leaves them to this where there is a record. */
function checkLiveNames(environments: readonly EnvironmentConfig[], listed: readonly LiveConfig[], record: ReleaseRecord | null): void {
  const known = [...listed.map(({ name }) => name), ...(record?.releases ?? []).map(({ name }) => name)];
  const problems = environments.flatMap((environment): ConfigProblem[] =>
    (environment.live ?? [])
      .filter((name) => !known.includes(name))
      .map((name) => {
        const meant = nearest(name, known);
        return {
          span: null,
          setting: `environments.${environment.name}.live`,
          message: `there is no live version ${JSON.stringify(name)}${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
          help: `listed under \`live\` or on record: ${known.join(", ")}`,
        };
      }),
  );
  if (problems.length > 0) throw new ConfigError("the configuration", problems);
}
