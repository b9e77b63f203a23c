import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { diskFiles } from "../files/disk.ts";
import type { Captured } from "./django-oracle.test-helper.ts";
import { djangoEnvironment, normalised, renderedLines, runOracle } from "./django-oracle.test-helper.ts";
import { djangoSource } from "./index.ts";

const count = Number(process.env["TREAD_DJANGO_HISTORIES"] ?? "60");
const seed = process.env["TREAD_DJANGO_SEED"] ?? "1";
const django = djangoEnvironment();
const skip = django.python === null && process.env["CI"] !== "true";

// Made by the test that uses it: after a file whose tests are all skipped, vitest calls no afterAll.
let folder = "";
afterAll(() => {
  if (folder === "") return;
  if (process.env["ORACLE_KEEP"] === undefined) rmSync(folder, { recursive: true, force: true });
  else process.stderr.write(`histories kept in ${folder}\n`);
});

describe("random histories", () => {
  const because = django.reason === null ? "" : ` (${django.reason})`;
  it.skipIf(skip)(
    `sends the same statements as Django 5.2 on ${count} random migration histories${because}`,
    async () => {
      expect(django.reason).toBeNull();
      folder = mkdtempSync(join(tmpdir(), "tread-histories-"));
      await using database = await freshDatabase();
      const histories = (await runOracle(django.python ?? "", "histories.py", [folder, String(count), seed], database)) as {
        readonly name: string;
        readonly migrations: readonly Captured[];
      }[];
      const differences: string[] = [];
      let statements = 0;
      for (const history of histories) {
        const files = diskFiles(join(folder, history.name));
        const result = await djangoSource.read(files, {
          type: "django",
          root: ".",
          database: "postgres",
          options: {},
        });
        const fatal = result.problems.filter((p) => p.fatal);
        if (fatal.length > 0) differences.push(`${history.name}: ${fatal[0]?.message ?? ""}`);
        for (const captured of history.migrations) {
          const rendered = result.migrations.find((m) => m.id === captured.id);
          // Django goes through the models that refer to a renamed one in the order of a Python set: compared without order.
          const unordered = rendered?.steps.some((s) => s.operation?.startsWith("RenameModel") === true) === true;
          const ordered = (lines: readonly string[]): readonly string[] => (unordered ? lines.toSorted() : lines);
          const expected = ordered(captured.statements.map(([, sql]) => normalised(sql)));
          const actual = ordered(rendered === undefined ? [] : renderedLines(rendered.steps));
          statements += expected.length;
          const at = expected.findIndex((line, i) => actual[i] !== line);
          const index = at === -1 && actual.length > expected.length ? expected.length : at;
          if (index !== -1)
            differences.push(
              `${history.name} ${captured.id} #${index}\n  django: ${expected[index] ?? "(nothing)"}\n  tread:  ${actual[index] ?? "(nothing)"}`,
            );
        }
      }
      expect(statements).toBeGreaterThan(count * 5);
      expect(
        differences.slice(0, Number(process.env["ORACLE_SHOW"] ?? "10")).join("\n"),
        `${differences.length} differences in ${statements} statements`,
      ).toBe("");
    },
    600_000,
  );
});
