import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, type ConfigProblem } from "../../config/config-error.ts";
import { RELEASES_FILE } from "../../config/known.ts";
import { displayPath } from "../../config/environments.ts";
import { isUnreadable, settingName, type Located } from "../../config/located.ts";
import { problemsOf } from "../../config/problems.ts";
import type { Release, ReleaseRecord } from "../../model/release.ts";
import { fits, publishedSchema } from "../../scale/fits.ts";
import { isDate } from "../../text/date.ts";
import type { RawRelease, RawReleases } from "./schema.ts";
import { inOrder } from "./version.ts";

/**
 * Reads the releases on record.
 * @param root absolute folder of the config file (`ParsedConfig.root`)
 * @param cwd absolute; messages name the file relative to it
 * @param name where the settings say that it lies (`releases:`), relative to `root`
 * @returns null when there is no such file: nothing is on record
 * @throws ConfigError with every problem at once: broken YAML, a wrong shape, two releases with one name, one retired before it was live
 */
export async function readReleases(root: string, cwd: string, name: string = RELEASES_FILE): Promise<ReleaseRecord | null> {
  const path = resolve(root, name);
  const file = displayPath(cwd, path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return null;
    const message = code === "EISDIR" ? "is a folder" : `cannot be read (${code ?? String(error)})`;
    throw new ConfigError(file, [{ span: null, setting: file, message, help: "" }]);
  }
  return parseReleases(file, text);
}

/** @param file for messages @throws ConfigError */
export async function parseReleases(file: string, text: string): Promise<ReleaseRecord> {
  const { readYaml } = await import("../../config/read-yaml.ts");
  const read = readYaml(file, text, "yaml");
  if (isUnreadable(read))
    throw new ConfigError(
      file,
      read.errors.slice(0, 5).map((error) => ({ ...error, setting: "" })),
    );
  const schema = publishedSchema("releases");
  const { value } = read;
  // The published schema knows no calendar and says nothing about places: what it accepts is looked at once more below.
  const issues = fits(schema, value) ? [] : (await import("./schema.ts")).releasesIssues(value);
  const problems = [...problemsOf(issues, read, () => schema), ...contradictions(read)];
  if (problems.length > 0) throw new ConfigError(file, problems);
  const raw = value as RawReleases;
  return { file, releases: inOrder(raw.releases.map((release, index) => releaseOf(release, read, index))) };
}

function releaseOf(raw: RawRelease, read: Located, index: number): Release {
  return {
    name: raw.name,
    version: raw.version ?? null,
    ref: raw.ref ?? null,
    commit: raw.commit ?? null,
    path: raw.path ?? null,
    root: raw.root ?? null,
    released: raw.released,
    environments: new Map(
      Object.entries(raw.environments ?? {}).map(([name, { live, retired }]) => [name, { live, retired: retired ?? null }]),
    ),
    span: read.span(["releases", index], "value"),
  };
}

/** What a schema cannot say. Works on the file as written, so that these are reported together with wrong shapes. */
function contradictions(read: Located): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (path: readonly PropertyKey[], message: string, help: string): void => {
    problems.push({ span: read.span(path, "value"), setting: settingName(path), message, help });
  };
  const names = new Map<unknown, number>();
  for (const [index, item] of list(mapping(read.value)["releases"]).entries()) {
    const release = mapping(item);
    const path = ["releases", index];
    const { name } = release;
    const first = names.get(name);
    if (first !== undefined && typeof name === "string")
      add([...path, "name"], `${JSON.stringify(name)} is the name of two releases (the other: releases[${first}])`, "keep one of them");
    else names.set(name, index);
    const places = ["ref", "path"].filter((key) => release[key] !== undefined);
    if (places.length !== 1)
      add(
        path,
        places.length === 0 ? "says nothing about where its code is" : "says twice where its code is (ref, path)",
        "one of: `ref` (a git ref), `path` (a folder)",
      );
    if (release["commit"] !== undefined && release["ref"] === undefined)
      add([...path, "commit"], "belongs to `ref`: it is what the ref named when it was recorded", "remove it, or name the ref");
    dateAt(release, "released", path);
    for (const [environment, value] of Object.entries(mapping(release["environments"]))) {
      const at = [...path, "environments", environment];
      const live = dateAt(mapping(value), "live", at);
      const retired = dateAt(mapping(value), "retired", at);
      if (live !== null && retired !== null && Date.parse(retired) < Date.parse(live))
        add(
          [...at, "retired"],
          `is before it was live (${live})`,
          "a release that came back has a `live` after its release and `retired: null`",
        );
    }
  }
  return problems;

  function dateAt(object: Readonly<Record<string, unknown>>, key: string, path: readonly PropertyKey[]): string | null {
    const value = object[key];
    if (typeof value !== "string") return null;
    // A day that the calendar does not have passes the pattern of the published schema.
    if (/^\d{4}-\d{2}-\d{2}/.test(value) && !isDate(value)) add([...path, key], `${value} is no day of the calendar`, "");
    return isDate(value) ? value : null;
  }
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
