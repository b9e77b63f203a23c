import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { Report } from "../src/model/report.ts";

export const TREAD: string = process.env["TREAD_TEST_BIN"] ?? join(dirname(fileURLToPath(import.meta.url)), "..", "bin", "tread.js");

/** A project of a stranger's: its files, by path. */
export type ProjectFiles = Readonly<Record<string, string | Buffer>>;

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  /** Runs the built command line as a user would. */
  readonly tread: (...args: readonly string[]) => Run;
  readonly check: (...args: readonly string[]) => Run & { readonly report: Report };
  readonly rehearse: (...args: readonly string[]) => Run & { readonly report: Report };
  readonly write: (files: ProjectFiles) => void;
  readonly git: (...args: readonly string[]) => string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes the files to a temporary folder that goes with the test file. */
export function project(files: ProjectFiles): Project {
  const folder = mkdtempSync(join(tmpdir(), "tread-project-"));
  folders.push(folder);
  const write = (more: ProjectFiles): void => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write(files);
  const tread = (...args: readonly string[]): Run => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [TREAD, ...args], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, NO_COLOR: "1" },
    });
    return { status, stdout, stderr };
  };
  const json = (verb: string, args: readonly string[]): Run & { report: Report } => {
    const run = tread(verb, ...args, "--format", "json");
    let report: Report;
    try {
      report = JSON.parse(run.stdout) as Report;
    } catch {
      throw new Error(`tread ${verb} printed no JSON (exit ${run.status}):\n${run.stdout}\n${run.stderr}`);
    }
    return { ...run, report };
  };
  return {
    folder,
    tread,
    check: (...args) => json("check", args),
    rehearse: (...args) => json("rehearse", args),
    write,
    git: (...args) =>
      execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main", ...args], {
        cwd: folder,
        encoding: "utf8",
      }),
  };
}

/** Rules raised at `severity`, once each, in order of appearance. */
export function rules(report: Report, severity: "error" | "warning" | "info"): string[] {
  return [...new Set(report.findings.filter((finding) => finding.severity === severity).map((finding) => finding.rule))];
}
