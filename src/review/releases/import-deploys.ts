import type { ReleaseRecord } from "../../model/release.ts";
import { GitError, resolveCommit } from "../../sources/files/git.ts";
import { isDate } from "../../text/date.ts";
import type { Imported } from "./import-tags.ts";
import type { ReleaseEvent } from "./ledger.ts";
import { Refused } from "./refused.ts";

/** One row of a deploy system's export (docs/releases.md). */
interface Deploy {
  readonly release: string;
  readonly environment: string;
  readonly at: string;
  readonly retiredAt: string | null;
  readonly ref: string | null;
  readonly path: string | null;
  readonly status: string | null;
}

export interface DeployOptions {
  /** The repository that refs are looked up in. */
  readonly repository: string;
  /** Names of the environments that the settings know; others are left out and named. */
  readonly environments: readonly string[];
  /** A deploy takes the place of the one before it at once: the release before is retired on the same day. */
  readonly replaces: boolean;
}

const FAILED = /^(fail|error|cancel|abort|reject|rolled|pending|queued|running|in_progress)/i;

/**
 * Releases and where they are live from the JSON of a deploy system: a list of rows, or `{ "deploys": [rows] }`.
 * @param source for messages
 * @throws Refused when a row cannot be read: nothing of the file is taken then
 */
export function importDeploys(record: ReleaseRecord, source: string, text: string, options: DeployOptions): Imported {
  const rows = readDeploys(source, text).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const events: ReleaseEvent[] = [];
  const notes: string[] = [];
  const troubles: string[] = [];
  const known = new Map(record.releases.map((release) => [release.name, release]));
  const added = new Set<string>();
  /** By environment and release, as it will be on record. */
  const state = new Map<string, { live: string; retired: string | null }>();
  for (const release of record.releases)
    for (const [environment, deployment] of release.environments) state.set(`${environment}\n${release.name}`, { ...deployment });
  const retireAll = (environment: string, but: string, at: string): void => {
    for (const [key, deployment] of state) {
      const [where = "", name = ""] = key.split("\n");
      if (where !== environment || name === but || deployment.retired !== null || Date.parse(deployment.live) > Date.parse(at)) continue;
      deployment.retired = at;
      events.push({ kind: "retired", name, environment, date: at });
    }
  };
  for (const row of rows) {
    if (row.status !== null && FAILED.test(row.status)) {
      notes.push(`${row.release} in ${row.environment}: ${row.status}, so it does not count`);
      continue;
    }
    if (!options.environments.includes(row.environment)) {
      troubles.push(
        `${row.release}: the settings have no environment ${JSON.stringify(row.environment)} (known: ${options.environments.join(", ")}): left out`,
      );
      continue;
    }
    if (!known.has(row.release) && !added.has(row.release)) {
      const where = row.path === null ? commitOf(row, options.repository) : { path: row.path };
      if (where === null) {
        troubles.push(
          `${row.release}: git has no ${row.ref ?? row.release}: left out. Give the row a \`ref\` or a \`path\`, or fetch the tags`,
        );
        continue;
      }
      events.push({ kind: "released", release: { name: row.release, ...where, released: row.at } });
      added.add(row.release);
    }
    const key = `${row.environment}\n${row.release}`;
    const before = state.get(key);
    if (before === undefined) {
      state.set(key, { live: row.at, retired: null });
      events.push({ kind: "live", name: row.release, environment: row.environment, date: row.at });
    } else if (before.retired !== null && row.retiredAt === null && Date.parse(row.at) > Date.parse(before.retired)) {
      troubles.push(
        `${row.release} in ${row.environment}: retired on ${before.retired} by the record, and deployed again on ${row.at}: \`tread release live ${row.release} --environment ${row.environment}\` says that it is back`,
      );
      continue;
    } else notes.push(`${row.release} is on record in ${row.environment} already`);
    if (options.replaces) retireAll(row.environment, row.release, row.at);
    const now = state.get(key);
    if (row.retiredAt !== null && now !== undefined && now.retired === null) {
      now.retired = row.retiredAt;
      events.push({ kind: "retired", name: row.release, environment: row.environment, date: row.retiredAt });
    }
  }
  return { events, notes: [...new Set(notes)], troubles: [...new Set(troubles)] };
}

function commitOf({ ref, release }: Deploy, repository: string): { ref: string; commit: string } | null {
  const wanted = ref ?? release;
  try {
    return { ref: wanted, commit: resolveCommit(repository, wanted) };
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

function readDeploys(source: string, text: string): readonly Deploy[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Refused(`${source} is no JSON: ${error instanceof Error ? error.message : String(error)}`, SHAPE);
  }
  const rows = Array.isArray(value) ? (value as readonly unknown[]) : (value as { deploys?: unknown } | null)?.deploys;
  if (!Array.isArray(rows)) throw new Refused(`${source} holds no list of deploys`, SHAPE);
  if (rows.length === 0) throw new Refused(`${source} holds no deploys`, SHAPE, 3);
  return (rows as readonly unknown[]).map((row, index) => readRow(row, `${source}, row ${index + 1}`));
}

const SHAPE =
  'expected [{ "release": "v1.43", "environment": "cloud", "at": "2026-11-03T08:00:00Z", "retiredAt": null, "ref": "v1.43" }] (docs/releases.md)';

function readRow(row: unknown, where: string): Deploy {
  const given = typeof row === "object" && row !== null ? (row as Readonly<Record<string, unknown>>) : {};
  const text = (key: string, needed: boolean): string | null => {
    const value = given[key];
    if (value === undefined || value === null || value === "") {
      if (needed) throw new Refused(`${where}: \`${key}\` is missing`, SHAPE);
      return null;
    }
    if (typeof value !== "string") throw new Refused(`${where}: \`${key}\` is no text`, SHAPE);
    return value;
  };
  const date = (key: string, needed: boolean): string | null => {
    const value = text(key, needed);
    if (value !== null && !isDate(value))
      throw new Refused(`${where}: \`${key}\` is no date: ${JSON.stringify(value)}`, "a day (2026-11-03) or an RFC 3339 moment");
    return value;
  };
  const [at, retiredAt] = [date("at", true) ?? "", date("retiredAt", false)];
  if (retiredAt !== null && Date.parse(retiredAt) < Date.parse(at))
    throw new Refused(`${where}: retired on ${retiredAt}, before it was deployed on ${at}`, "");
  return {
    release: text("release", true) ?? "",
    environment: text("environment", true) ?? "",
    at,
    retiredAt,
    ref: text("ref", false),
    path: text("path", false),
    status: text("status", false),
  };
}
