import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { selectEnvironments } from "../config/environments.ts";
import { loadConfig } from "../config/load.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import { importDeploys } from "../review/releases/import-deploys.ts";
import { importTags, type Imported } from "../review/releases/import-tags.ts";
import { fileLedger, type ReleaseLedger } from "../review/releases/ledger.ts";
import { listReleases, type ListFormat } from "../review/releases/list.ts";
import { addRelease, makeLive, retire, type AddFlags, type RecordInput, type RetireFlags } from "../review/releases/record.ts";
import { Refused } from "../review/releases/refused.ts";
import { EXIT } from "./exit-codes.ts";

export interface ReleaseFlags {
  readonly config?: string;
  /** Without a value: `DATABASE_URL` or the `PG*` variables. */
  readonly databaseUrl?: string | true;
}

export interface ImportFlags extends ReleaseFlags {
  readonly fromTags?: string;
  readonly from?: string;
  readonly replaces: boolean;
  readonly dryRun: boolean;
}

export interface ListFlags extends ReleaseFlags {
  readonly environment?: string;
  readonly format: ListFormat;
  readonly output?: string;
}

/** `tread release add`. @throws Refused, ConfigError, GitError */
export async function releaseAddCommand(cwd: string, name: string, flags: ReleaseFlags & AddFlags): Promise<number> {
  return print(await addRelease(await inputOf(cwd, flags), name, flags));
}

export async function releaseLiveCommand(
  cwd: string,
  name: string,
  flags: ReleaseFlags & { readonly environment?: readonly string[]; readonly date?: string },
): Promise<number> {
  return print(await makeLive(await inputOf(cwd, flags), name, flags.environment ?? [], flags.date));
}

export async function releaseRetireCommand(cwd: string, name: string, flags: ReleaseFlags & RetireFlags): Promise<number> {
  return print(await retire(await inputOf(cwd, flags), name, flags));
}

export async function releaseListCommand(cwd: string, flags: ListFlags): Promise<number> {
  const { config, ledger, now } = await inputOf(cwd, flags);
  const environments = selectEnvironments(config, flags.environment === undefined ? null : [flags.environment]);
  const text = listReleases(await ledger.read(), environments, config.root, now, flags.format);
  if (flags.output === undefined) process.stdout.write(text);
  else writeFileSync(resolve(cwd, flags.output), text);
  return EXIT.ok;
}

/**
 * `tread release import`: what contradicts the record is told and left as it is; the rest is recorded.
 * @returns 3 when something was left out that somebody must look at, or nothing was found
 */
export async function releaseImportCommand(cwd: string, flags: ImportFlags): Promise<number> {
  if ((flags.fromTags === undefined) === (flags.from === undefined))
    throw new Refused("import from where?", "--from-tags 'v*', or --from deploys.json (`-` reads what is piped in)");
  const { config, ledger } = await inputOf(cwd, flags);
  const record = await ledger.read();
  const found = flags.fromTags === undefined ? deploys(cwd, config, flags, record) : importTags(record, config.root, flags.fromTags);
  for (const note of found.notes) process.stderr.write(`${note}\n`);
  for (const trouble of found.troubles) process.stderr.write(`warning: ${trouble}\n`);
  if (found.events.length > 0 && !flags.dryRun) await ledger.append(found.events);
  for (const event of found.events)
    process.stdout.write(
      event.kind === "released" ? `${event.release.name}\n` : `${event.name}: ${event.kind} in ${event.environment} (${event.date})\n`,
    );
  const nothing = found.events.length + found.notes.length + found.troubles.length === 0;
  if (nothing)
    process.stderr.write(
      `error: no tag matches ${flags.fromTags ?? ""}\n  help: \`git tag --list '${flags.fromTags ?? ""}'\` must name some; in CI fetch the tags\n`,
    );
  else process.stdout.write(summary(found, flags.dryRun, ledger.where));
  return nothing || found.troubles.length > 0 ? EXIT.incomplete : EXIT.ok;
}

function deploys(cwd: string, config: ParsedConfig, flags: ImportFlags, record: Parameters<typeof importDeploys>[0]): Imported {
  const from = flags.from ?? "-";
  let text: string;
  try {
    text = from === "-" ? readFileSync(0, "utf8") : readFileSync(resolve(cwd, from), "utf8");
  } catch (error) {
    throw new Refused(
      `${from} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      "name the JSON file, or pipe it in with --from -",
    );
  }
  return importDeploys(record, from === "-" ? "stdin" : from, text, {
    repository: config.root,
    environments: config.environments.map(({ name }) => name),
    replaces: flags.replaces,
  });
}

function summary({ events }: Imported, dry: boolean, where: string): string {
  const count = events.filter(({ kind }) => kind === "released").length;
  const verb = dry ? "would record" : "recorded";
  return `${verb} ${count} ${count === 1 ? "release" : "releases"} and ${events.length - count} of what happened to them in ${where}\n`;
}

async function inputOf(cwd: string, flags: ReleaseFlags): Promise<RecordInput> {
  const config = await loadConfig({ cwd, ...(flags.config === undefined ? {} : { file: flags.config }) });
  return { ledger: await ledgerOf(config, cwd, flags), config, cwd, now: new Date() };
}

/** The file in git, or the ledger of a database. */
async function ledgerOf(config: ParsedConfig, cwd: string, { databaseUrl: asked }: ReleaseFlags): Promise<ReleaseLedger> {
  if (asked === undefined) return fileLedger(config.root, cwd, config.releases);
  const [{ databaseUrl }, { readTarget }, { databaseLedger }] = await Promise.all([
    import("../config/database-url.ts"),
    import("../engines/postgres/introspect/target.ts"),
    import("../review/releases/database-ledger.ts"),
  ]);
  const [only, ...others] = config.environments.filter((environment) => (environment.databaseUrlFrom ?? null) !== null);
  return databaseLedger(readTarget(databaseUrl(asked, others.length === 0 ? (only ?? null) : null, process.env), process.env));
}

function print(lines: readonly string[]): number {
  for (const line of lines) process.stdout.write(`${line}\n`);
  return EXIT.ok;
}
