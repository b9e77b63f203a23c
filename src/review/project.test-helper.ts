import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { check } from "../check/index.ts";
import { loadConfig } from "../config/load.ts";
import type { Finding, Report } from "../model/report.ts";
import { ruleNames } from "../rules/policy.ts";

/** The day on which the stories of these tests take place. */
export const TODAY: Date = new Date("2026-11-22T12:00:00Z");

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A project of a stranger's in a folder that goes with the test file. */
export interface Project {
  readonly folder: string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  readonly remove: (path: string) => void;
  readonly check: (options?: {
    readonly base?: string;
    readonly now?: Date;
  }) => Promise<{ readonly report: Report; readonly exitCode: number }>;
  readonly git: (...args: readonly string[]) => string;
  /** Commits everything as somebody, and makes them the one who works here from now on. */
  readonly commit: (who: Person, message: string) => void;
  readonly become: (who: Person) => void;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tread-review-"));
  folders.push(folder);
  return folder;
}

export function project(files: Readonly<Record<string, string>>): Project {
  const folder = temporaryFolder();
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write(files);
  // The settings of whoever runs the tests must not decide who somebody is, or how git signs.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
  const become = ({ name, email }: Person): void => {
    git("config", "user.name", name);
    git("config", "user.email", email);
  };
  let started = false;
  return {
    folder,
    write,
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    git(...args) {
      if (!started) execFileSync("git", ["init", "-q", "-b", "main", folder], { env });
      started = true;
      return git(...args);
    },
    become,
    commit(who, message) {
      if (!started) execFileSync("git", ["init", "-q", "-b", "main", folder], { env });
      started = true;
      become(who);
      git("add", "-A");
      git("commit", "-q", "-m", message);
    },
    async check(options = {}) {
      const config = await loadConfig({ cwd: folder, rules: () => Promise.resolve(ruleNames()) });
      return check(
        { cwd: folder, config, paths: [], base: options.base ?? null, appliedThrough: null, live: [], now: options.now ?? TODAY },
        "0.0.0",
      );
    },
  };
}

export function findings(report: Report, rule: string): readonly Finding[] {
  return report.findings.filter((finding) => finding.rule === rule);
}

/** What the releases on record say of a finding, by environment. */
export function staged(finding: Finding | undefined): readonly string[] {
  return (finding?.evidence ?? [])
    .filter(({ kind }) => kind === "release")
    .map(({ text }) => text)
    .sort();
}
