import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { ParsedConfig } from "../../config/parsed-config.ts";
import type { Release, ReleaseRecord } from "../../model/release.ts";
import { GitError, resolveCommit } from "../../sources/files/git.ts";
import { isDate, longDate } from "../../text/date.ts";
import { nearest } from "../../text/nearest.ts";
import type { NewRelease, ReleaseEvent, ReleaseLedger } from "./ledger.ts";
import { isLive } from "./live.ts";
import { Refused } from "./refused.ts";
import { versionOf } from "./version.ts";

export interface RecordInput {
  readonly ledger: ReleaseLedger;
  readonly config: ParsedConfig;
  /** Absolute: paths on the command line are relative to it. */
  readonly cwd: string;
  readonly now: Date;
}

export interface AddFlags {
  readonly ref?: string | undefined;
  readonly path?: string | undefined;
  readonly root?: string | undefined;
  readonly semver?: string | undefined;
  readonly released?: string | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly date?: string | undefined;
}

/** `release add`: where the code is must be there now, and what a ref names is written down. @returns what to print @throws Refused, GitError */
export async function addRelease(input: RecordInput, name: string, flags: AddFlags): Promise<readonly string[]> {
  const record = await input.ledger.read();
  const known = record.releases.find((release) => release.name === name);
  if (known !== undefined)
    throw new Refused(
      `${name} is on record already (${known.span.file}:${known.span.line})`,
      `\`tread release live ${name} --environment NAME\` says where it serves; another release needs another name`,
    );
  const environments = (flags.environment ?? []).map((environment) => knownEnvironment(input.config, environment));
  const release = { name, ...(flags.semver === undefined ? {} : { version: flags.semver }), ...whereIs(input, name, flags) };
  const unversioned = { name, version: flags.semver ?? null };
  const windows = input.config.environments.filter(({ supports }) => supports !== null);
  if (flags.semver !== undefined && versionOf(unversioned) === null)
    throw new Refused(`${flags.semver} is no semantic version`, "for example 1.43.0, or 1.43.0-rc.1");
  if (versionOf(unversioned) === null && windows.length > 0)
    throw new Refused(
      `${name} is no semantic version, and ${windows.map((one) => `${one.name} declares \`supports: ${one.supports ?? ""}\``).join(", ")}: nobody could tell whether it is inside`,
      `give it one: \`tread release add ${name} --semver 1.43.0\``,
    );
  const date = dayOf(flags.date, input, "--date");
  await input.ledger.append([
    {
      kind: "released",
      release: { ...release, released: flags.released === undefined ? date : dayOf(flags.released, input, "--released") },
    },
    ...environments.map((environment): ReleaseEvent => ({ kind: "live", name, environment, date })),
  ]);
  const lines = [
    `recorded ${name} in ${input.ledger.where}${release.ref === undefined ? "" : ` (${release.ref}, commit ${release.commit.slice(0, 12)})`}`,
  ];
  const after = await input.ledger.read();
  for (const environment of environments) lines.push(...nowLive(after, name, environment, date, input.now));
  if (environments.length === 0) lines.push(`once it serves: \`tread release live ${name} --environment NAME\``);
  return lines;
}

type Where =
  | { readonly ref: string; readonly commit: string; readonly root?: string; readonly path?: undefined }
  | { readonly ref?: undefined; readonly path: string };

function whereIs({ config, cwd }: RecordInput, name: string, { ref, path, root }: AddFlags): Where {
  if (ref !== undefined && path !== undefined) throw new Refused("--ref and --path both say where the code is", "keep one of them");
  if (path !== undefined) {
    const absolute = resolve(cwd, path);
    if (!existsSync(absolute)) throw new Refused(`${path} does not exist`, "name the folder that holds the app of this release");
    const below = relative(config.root, absolute).replaceAll("\\", "/");
    return { path: below === "" ? "." : below };
  }
  const wanted = ref ?? name;
  try {
    return { ref: wanted, commit: resolveCommit(config.root, wanted), ...(root === undefined ? {} : { root }) };
  } catch (error) {
    if (!(error instanceof GitError) || ref !== undefined) throw withExit(error);
    throw new Refused(`where is the code of ${name}? There is no git tag of that name`, "name it with --ref TAG or --path FOLDER");
  }
}

/** A ref that is not there is the user's to correct. */
function withExit(error: unknown): unknown {
  return error instanceof GitError ? new Refused(error.message, error.help) : error;
}

/** `release live`. @throws Refused */
export async function makeLive(
  input: RecordInput,
  name: string,
  environments: readonly string[],
  date: string | undefined,
): Promise<readonly string[]> {
  const record = await input.ledger.read();
  const release = knownRelease(record, name);
  if (environments.length === 0)
    throw new Refused(
      "--environment is missing: where does it serve?",
      `known: ${input.config.environments.map((one) => one.name).join(", ")}`,
    );
  const day = dayOf(date, input, "--date");
  const lines: string[] = [];
  const events: ReleaseEvent[] = [];
  for (const environment of environments.map((one) => knownEnvironment(input.config, one))) {
    const deployment = release.environments.get(environment);
    if (deployment !== undefined && deployment.retired === null) {
      lines.push(`${name} is on record as live in ${environment} since ${longDate(deployment.live)} already`);
      continue;
    }
    if (deployment !== undefined && deployment.retired !== null)
      lines.push(
        `${name} was retired in ${environment} on ${longDate(deployment.retired)} and is back: its first time there is no longer on record`,
      );
    events.push({ kind: "live", name, environment, date: day });
  }
  if (events.length > 0) await input.ledger.append(events);
  const after = await input.ledger.read();
  for (const event of events) if (event.kind === "live") lines.push(...nowLive(after, name, event.environment, day, input.now));
  return lines;
}

export interface RetireFlags {
  readonly environment?: readonly string[] | undefined;
  readonly everywhere?: boolean | undefined;
  readonly date?: string | undefined;
}

/** `release retire`. @throws Refused where it does not serve, or serves in several places and none was named */
export async function retire(input: RecordInput, name: string, flags: RetireFlags): Promise<readonly string[]> {
  const record = await input.ledger.read();
  const release = knownRelease(record, name);
  const serves = [...release.environments].filter(([, { retired }]) => retired === null).map(([environment]) => environment);
  const named = flags.environment ?? [];
  if (named.length === 0 && flags.everywhere !== true && serves.length > 1)
    throw new Refused(`${name} is on record as live in ${serves.join(" and ")}: retired where?`, "--environment NAME, or --everywhere");
  const wanted = named.length > 0 ? named.map((one) => knownOf([...input.config.environments.map((e) => e.name), ...serves], one)) : serves;
  if (wanted.length === 0) throw new Refused(`${name} is on record as live nowhere`, "`tread release list` shows the record");
  const day = dayOf(flags.date, input, "--date");
  for (const environment of wanted) {
    const deployment = release.environments.get(environment);
    if (deployment === undefined)
      throw new Refused(
        `${name} was never on record as live in ${environment}`,
        `\`tread release live ${name} --environment ${environment} --date DAY\` records when it was`,
      );
    if (deployment.retired !== null)
      throw new Refused(`${name} was retired in ${environment} on ${longDate(deployment.retired)} already`, "nothing is left to do");
    if (Date.parse(day) < Date.parse(deployment.live.slice(0, 10)))
      throw new Refused(
        `${name} is live in ${environment} since ${longDate(deployment.live)}: it cannot have been retired on ${longDate(day)}`,
        "correct --date",
      );
  }
  await input.ledger.append(wanted.map((environment) => ({ kind: "retired", name, environment, date: day })));
  const after = await input.ledger.read();
  const lines: string[] = [];
  for (const environment of wanted) {
    const left = liveNames(after, environment, input.now).filter((one) => one !== name);
    lines.push(
      `${name} is retired in ${environment} since ${longDate(day)}; live there: ${left.length === 0 ? "nothing" : left.join(", ")}`,
    );
    if (left.length === 0)
      lines.push(
        `  with nothing on record as live in ${environment} its verdict is unknown: \`tread release live NAME --environment ${environment}\``,
      );
    const window = input.config.environments.find((one) => one.name === environment)?.supports ?? null;
    if (window !== null)
      lines.push(`  ${environment} declares \`supports: ${window}\`: a release inside of it counts as live until the window is raised`);
  }
  const elsewhere = serves.filter((environment) => !wanted.includes(environment));
  if (elsewhere.length > 0) lines.push(`still live in ${elsewhere.join(", ")}`);
  const listed = listedBy(input.config, name, wanted);
  for (const place of listed)
    lines.push(`warning: ${place} of ${input.config.file ?? "the config"} still lists ${name}: it counts as live until you take it out`);
  return lines;
}

function listedBy(config: ParsedConfig, name: string, environments: readonly string[]): string[] {
  const narrowed = config.environments.filter((one) => environments.includes(one.name));
  return [
    ...(config.live.some((entry) => entry.name === name) && narrowed.some((one) => one.live === null) ? ["`live`"] : []),
    ...narrowed.filter((one) => one.live?.includes(name)).map((one) => `\`environments.${one.name}.live\``),
  ];
}

function nowLive(record: ReleaseRecord, name: string, environment: string, date: string, now: Date): readonly string[] {
  const others = liveNames(record, environment, now).filter((other) => other !== name);
  return [
    `${name} is on record as live in ${environment} since ${longDate(date)}${others.length === 0 ? "" : `, beside ${others.join(", ")}`}`,
    ...(others.length === 0
      ? []
      : [
          `  when their last server is gone: ${others.map((other) => `\`tread release retire ${other} --environment ${environment}\``).join(", ")}`,
        ]),
  ];
}

function liveNames(record: ReleaseRecord, environment: string, now: Date): string[] {
  return record.releases.filter(({ environments }) => isLive(environments.get(environment), now)).map(({ name }) => name);
}

function knownRelease(record: ReleaseRecord, name: string): Release {
  const release = record.releases.find((one) => one.name === name);
  if (release !== undefined) return release;
  const names = record.releases.map((one) => one.name);
  const meant = nearest(name, names);
  throw new Refused(
    `${name} is not on record${meant === null ? "" : `; did you mean ${meant}?`}`,
    `\`tread release add ${name}\` records it${names.length === 0 ? "" : `; on record: ${names.slice(-8).join(", ")}`}`,
  );
}

export function knownEnvironment(config: ParsedConfig, name: string): string {
  return knownOf(
    config.environments.map((one) => one.name),
    name,
  );
}

function knownOf(known: readonly string[], name: string): string {
  if (known.includes(name)) return name;
  const meant = nearest(name, known);
  throw new Refused(
    `there is no environment ${JSON.stringify(name)}${meant === null ? "" : `; did you mean ${meant}?`}`,
    `known: ${[...new Set(known)].join(", ")}; environments are listed in tread.config.yaml`,
  );
}

function dayOf(value: string | undefined, { now }: RecordInput, flag: string): string {
  if (value === undefined) return now.toISOString().slice(0, 10);
  if (!isDate(value)) throw new Refused(`${flag}: expected a day such as 2026-11-03, found ${JSON.stringify(value)}`, "");
  return value;
}

/** For `import`: what is the same release as one on record, as far as the record says. */
export function sameCode(release: Release, found: NewRelease): boolean {
  return release.commit === null || found.commit == null || release.commit === found.commit;
}
