import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { nearest } from "../text/nearest.ts";
import type { ConfigProblem } from "./config-error.ts";
import { RELEASES_FILE } from "./known.ts";
import type { RuleNames } from "./load.ts";
import { settingName } from "./located.ts";
import type { Located } from "./located.ts";
import { found } from "./problems.ts";

/** `working` is the working tree's own name in reports, `start` the schema before the first step. */
const RESERVED = new Set(["working", "start"]);

/**
 * What a schema cannot say: names that must be unique or must exist, settings that exclude each other, paths that must be there.
 * Works on the file as written, so that these are reported together with wrong shapes.
 */
export function checkNames(read: Located, root: string, adopting = false): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const config = mapping(read.value);
  const add = (path: readonly PropertyKey[], message: string, help = "", part: "key" | "value" = "value"): void => {
    problems.push({ span: read.span(path, part), setting: settingName(path), message, help });
  };
  const mustExist = (path: readonly PropertyKey[], value: unknown, kind: "file" | "file or folder" | "folder"): void => {
    if (typeof value !== "string" || value === "") return;
    const missing = whyMissing(resolve(root, value), kind);
    if (missing !== null) add(path, `${found(value)} ${missing}`, `paths are relative to ${root}`);
  };

  const sources = new Map<string, number>();
  for (const [index, item] of list(config["sources"]).entries()) {
    const source = mapping(item);
    const path = ["sources", index];
    if (source["root"] !== undefined && source["path"] !== undefined)
      add([...path, "path"], "says the same as `root`: keep one of them", "", "key");
    const key = source["path"] === undefined ? "root" : "path";
    mustExist([...path, key], source[key], "file or folder");
    mustExist([...path, "base"], source["base"], "file");
    mustExist([...path, "schema"], source["schema"], "file");
    if (source["base"] !== undefined && source["schema"] !== undefined) {
      add(
        [...path, "schema"],
        "contradicts `base`: that is the schema before the first migration, this the schema before those that are not applied",
        "keep one of them",
        "key",
      );
    }
    if (source["functions"] !== undefined && source["type"] !== "django-clickhouse")
      add([...path, "functions"], "belongs to sources of the type `django-clickhouse`", "", "key");
    if (source["type"] === "django-clickhouse" && source["database"] === "postgres")
      add([...path, "database"], "contradicts the type: `django-clickhouse` is for ClickHouse", "leave it out");
    const identity = JSON.stringify([source["type"], source[key] ?? ".", source["database"] ?? "postgres"]);
    const first = sources.get(identity);
    if (first !== undefined) add(path, `is the same source as sources[${first}]`, "keep one of them");
    else sources.set(identity, index);
  }

  const recorded = existsSync(join(root, typeof config["releases"] === "string" ? config["releases"] : RELEASES_FILE));
  const names: string[] = [];
  for (const [index, item] of list(config["live"]).entries()) {
    const live = mapping(item);
    const path = ["live", index];
    const { name } = live;
    if (typeof name === "string") {
      if (names.includes(name)) add([...path, "name"], `${found(name)} is the name of two live versions`, "give each its own name");
      if (RESERVED.has(name)) add([...path, "name"], `${found(name)} is a name that reports use themselves`, "choose another");
      names.push(name);
    }
    const kinds = ["ref", "path", "sql"].filter((key) => live[key] !== undefined);
    if (kinds.length !== 1) {
      const said = kinds.length === 0 ? "says nothing about where the version is" : `says it ${kinds.length} times (${kinds.join(", ")})`;
      add(path, said, "one of: `ref` (a git ref), `path` (a folder), `sql` (a file of queries)");
    } else if (live["root"] !== undefined && kinds[0] !== "ref") {
      add([...path, "root"], "belongs to `ref`", `\`${kinds[0]}\` already names the place`, "key");
    }
    if (live["sql"] !== undefined && live["type"] !== undefined)
      add([...path, "type"], "is for an app, and this is a file of queries", "", "key");
    if (live["database"] !== undefined && kinds.length === 1 && kinds[0] !== "sql")
      add([...path, "database"], "belongs to `sql`", "", "key");
    mustExist([...path, "path"], live["path"], "folder");
    mustExist([...path, "sql"], live["sql"], "file");
  }

  for (const [name, item] of Object.entries(mapping(config["environments"]))) {
    const environment = mapping(item);
    const path = ["environments", name];
    for (const [index, version] of list(environment["live"]).entries()) {
      // It may be a release on record: `check` looks there.
      if (typeof version !== "string" || names.includes(version) || recorded) continue;
      const meant = nearest(version, names);
      const help = names.length === 0 ? "nothing is listed under `live`" : `listed under \`live\`: ${names.join(", ")}`;
      add(
        [...path, "live", index],
        `there is no live version ${found(version)}${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
        help,
      );
    }
    const { scale } = environment;
    if (typeof scale === "string") mustExist([...path, "scale"], scale, "file");
    for (const [index, file] of list(scale).entries()) mustExist([...path, "scale", index], file, "file");
    if (!adopting) mustExist([...path, "cluster"], environment["cluster"], "file");
    if (environment["assume"] !== undefined && scale !== undefined) {
      add([...path, "assume"], "contradicts `scale`: sizes are either measured or assumed", "keep one of them", "key");
    }
  }

  mustExist(["policy", "allowedSigners"], mapping(config["policy"])["allowedSigners"], "file");
  const { workload } = config;
  if (typeof workload === "string") mustExist(["workload"], workload, "file");
  for (const [index, file] of list(workload).entries()) mustExist(["workload", index], file, "file");
  return problems;
}

/** Rules under `policy.rules` that do not exist, and those that nothing may change. */
export function checkRuleNames(read: Located, rules: RuleNames): ConfigProblem[] {
  const named = Object.keys(mapping(mapping(mapping(read.value)["policy"])["rules"]));
  return named.flatMap((rule): ConfigProblem[] => {
    const path = ["policy", "rules", rule];
    const at = { span: read.span(path, "key"), setting: settingName(path) };
    if (rules.fixed.includes(rule))
      return [
        {
          ...at,
          message: "cannot be changed or switched off: it says that the check itself is not to be trusted",
          help: "remove the line",
        },
      ];
    if (rules.known.includes(rule)) return [];
    const meant = nearest(rule, rules.known);
    return [
      {
        ...at,
        message: `no rule is called that${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
        help: meant === null ? "`tread explain` lists the rules" : "",
      },
    ];
  });
}

function whyMissing(absolute: string, kind: "file" | "file or folder" | "folder"): string | null {
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat === undefined) return "does not exist";
  if (kind === "file" && !stat.isFile()) return "is not a file";
  if (kind === "folder" && !stat.isDirectory()) return "is not a folder";
  return null;
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
