import { describe, expect, test } from "vitest";
import { ADD_INDEX, emitted, fileOf, findings, NOT_NULL, projectOf } from "./emit.test-helper.ts";
import { TOOLS } from "./tools.test-helper.ts";

describe.each(TOOLS)("migrations of a plan for $name", ({ files, first, index, guard }) => {
  test("an index is written in the tool's own naming, and check has nothing to say about it", async () => {
    const folder = projectOf(files);
    const { place, files: written } = await emitted(folder, ADD_INDEX);
    expect(written.map(({ file }) => `${place.shown}/${file}`)).toEqual(index);
    expect(await findings(folder, first)).toEqual([]);
  });

  test("each step of a column that becomes NOT NULL is a migration of its own, and check has nothing to say about them", async () => {
    const folder = projectOf(files);
    const { place, files: written, phases } = await emitted(folder, NOT_NULL);
    expect(phases.map(({ name }) => name)).toEqual(["writers", "guard"]);
    expect(written.map(({ file }) => `${place.shown}/${file}`)).toEqual(guard);
    expect(fileOf(folder, guard[0] ?? "")).toContain("every release that serves writes person.email in every row");
    expect(await findings(folder, first)).toEqual([]);
  });
});
