import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { diskFiles } from "../files/disk.ts";
import type { Captured } from "./django-oracle.test-helper.ts";
import { djangoEnvironment, normalised, renderedLines, runOracle } from "./django-oracle.test-helper.ts";
import { djangoSource } from "./index.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const django = djangoEnvironment();
const skip = django.python === null && process.env["CI"] !== "true";
const because = django.reason === null ? "" : ` (${django.reason})`;

describe("whole projects", () => {
  it.skipIf(skip).each([
    ["every operation and field type", "everything", "config.settings"],
    ["the contrib apps with Django's own user, and a squash", "bookshop", "settings"],
  ])(
    `send the same statements as Django 5.2, in the same order: %s${because}`,
    async (_title, name, settingsModule) => {
      const folder = fixture(name);
      expect(django.reason).toBeNull();
      await using database = await freshDatabase();
      const captured = (await runOracle(django.python ?? "", "project.py", [folder, settingsModule], database)) as Captured[];
      const result = await djangoSource.read(diskFiles(folder), { type: "django", root: ".", database: "postgres", options: {} });
      expect(result.problems).toEqual([]);
      expect(captured.filter((m) => m.error !== null)).toEqual([]);
      expect(result.migrations.map((m) => m.id)).toEqual(captured.map((m) => m.id));
      const differences: string[] = [];
      for (const migration of captured) {
        const rendered = result.migrations.find((m) => m.id === migration.id);
        const expected = migration.statements.map(([, sql]) => normalised(sql));
        const actual = renderedLines(rendered?.steps ?? []);
        for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
          if (expected[i] === actual[i]) continue;
          differences.push(`${migration.id} #${i}\n  django: ${expected[i] ?? "(nothing)"}\n  tread:  ${actual[i] ?? "(nothing)"}`);
          if (expected.length !== actual.length) break;
        }
      }
      expect(differences.join("\n")).toBe("");
    },
    120_000,
  );
});
