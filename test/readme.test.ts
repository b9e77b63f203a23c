import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { project } from "./project.test-helper.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("what the pages tell people to type exists", () => {
  const docs = "advise apply architecture clickhouse deprecations fixes formats guard ledger rehearsal releases review scale".split(" ");
  const pages = ["README.md", "CONTRIBUTING.md", ...docs.map((name) => `docs/${name}.md`)].map((path) => [path, read(path)] as const);
  const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts);

  test.each(pages)("%s: npm scripts", (_, text) => {
    for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toContain(script);
  });

  test.each(pages)("%s: commands and options of tread", (_, text) => {
    const { tread } = project({ "a.sql": "select 1;" });
    const commands = new Set([...text.matchAll(/(?:^|`|\n)tread ((?:scale|release|ledger) [a-z]+|[a-z]+)/g)].map(([, name]) => name ?? ""));
    for (const name of commands) {
      const help = tread(...name.split(" "), "--help");
      expect([name, help.status]).toEqual([name, 0]);
      // `tread release`: its options are those of `add`, `live` and the others.
      if (help.stdout.includes("\nCommands:")) continue;
      for (const [, option] of text.matchAll(new RegExp(`tread ${name}[^\\n\`]*?(--[a-z-]+)`, "g"))) expect(help.stdout).toContain(option);
    }
  });

  test("every rule that a page names can be explained", () => {
    const { tread } = project({ "a.sql": "select 1;" });
    for (const [, rule] of read("README.md").matchAll(/tread explain ([a-z-]+)/g)) expect(tread("explain", rule ?? "").status).toBe(0);
  });
});
