import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = new URL("../../", import.meta.url).pathname;
const script = join(repository, "scripts/new.mjs");
let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tread-new-"));
  for (const file of ["src/rules/index.ts", "src/sources/index.ts", "src/report/index.ts"])
    cpSync(join(repository, file), join(root, file));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (...args: string[]): string => execFileSync(process.execPath, [script, ...args, "--root", root], { encoding: "utf8" });
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("npm run new", () => {
  it("rule: writes three files and one line in its alphabetical place", () => {
    expect(run("rule", "drop-sequence")).toContain("src/rules/postgres/drop-sequence.ts");
    const index = read("src/rules/index.ts");
    expect(index).toContain('import { dropSequence } from "./postgres/drop-sequence.ts";');
    expect(index).toMatch(/ {2}dropPrimaryKey,\n {2}dropSequence,\n {2}dropTable,/);
    expect(read("src/rules/postgres/drop-sequence.md")).toMatch(/^# drop-sequence\n/);
    expect(read("src/rules/postgres/drop-sequence.cases.sql")).toContain("-- expect: drop-sequence@warning");
  });

  it("rule: one that would come first or last still finds its place", () => {
    run("rule", "aaa-first");
    run("rule", "zzz-last", "--any");
    const index = read("src/rules/index.ts");
    expect(index).toMatch(/= \[\n {2}aaaFirst,\n/);
    expect(index).toMatch(/ {2}zzzLast,\n\];/);
  });

  it("source: registers before the most general one", () => {
    run("source", "liquibase");
    const index = read("src/sources/index.ts");
    expect(index.indexOf('type: "liquibase"')).toBeGreaterThan(0);
    expect(index.indexOf('type: "liquibase"')).toBeLessThan(index.indexOf('type: "sql-dir"'));
  });

  it("format: is named wherever formats are listed", () => {
    run("format", "junit");
    const index = read("src/report/index.ts");
    expect(index).toContain('import { junit } from "./junit.ts";');
    expect(index).toMatch(/FormatName =[^;]*"junit"/);
    expect(index).toMatch(/formats:[^;]*\bjunit\b/);
    expect(index).toMatch(/formatNames:[^;]*"junit"/);
  });

  it("writes over nothing, and says what a name must look like", () => {
    const again = spawnSync(process.execPath, [script, "rule", "drop-sequence", "--root", root], { encoding: "utf8" });
    expect(again.status).toBe(2);
    expect(again.stderr).toContain("exists already");
    const misnamed = spawnSync(process.execPath, [script, "rule", "DropSequence", "--root", root], { encoding: "utf8" });
    expect(misnamed.status).toBe(2);
    expect(misnamed.stderr).toContain("lower case with hyphens");
  });
});
