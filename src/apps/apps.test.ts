import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diskFiles } from "../sources/files/disk.ts";
import { apps, readApp } from "./index.ts";
import type { App } from "./index.ts";

test("every folder that exports an app is registered, and loads", async () => {
  const types: string[] = [];
  for (const folder of readdirSync(import.meta.dirname, { withFileTypes: true })) {
    const index = join(import.meta.dirname, folder.name, "index.ts");
    if (!folder.isDirectory() || !existsSync(index)) continue;
    const exported = Object.entries((await import(index)) as Record<string, unknown>).filter(([name]) => name.endsWith("App"));
    types.push(...exported.map(([, app]) => (app as App).type));
  }
  expect(apps.map(({ type }) => type).sort()).toEqual(types.sort());
  for (const entry of apps) expect((await entry.load()).type).toBe(entry.type);
});

test("a kind of app that does not exist is named with those that do", async () => {
  const input = { files: diskFiles(import.meta.dirname), root: ".", name: "v1", database: "postgres", options: {} } as const;
  expect((await readApp("rails", input)).problems).toMatchObject([
    { code: "unknown-app", fatal: true, help: expect.stringContaining("django") },
  ]);
});
