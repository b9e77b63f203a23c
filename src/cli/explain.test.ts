import { expect, test } from "vitest";
import { ruleIds, rulePreset } from "../rules/pages.ts";
import { explainCommand } from "./explain.ts";

async function explain(id?: string): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await explainCommand(id, { out: (t) => (out += t), err: (t) => (err += t) });
  return { code, out, err };
}

test("without an id every rule is listed in one line, those of a preset under its name", async () => {
  const { code, out } = await explain();
  expect(code).toBe(0);
  const lines = out.split("\n").filter((line) => line.startsWith("  "));
  const always = ruleIds().filter((id) => rulePreset(id) === null);
  const style = ruleIds().filter((id) => rulePreset(id) === "style");
  expect(lines.map((line) => line.trim().split(" ")[0])).toEqual([...always, ...style, "config"]);
  expect(out.indexOf("Preset style")).toBeGreaterThan(out.indexOf(always.at(-1) ?? "?"));
  expect(out.indexOf("Preset style")).toBeLessThan(out.indexOf(`  ${style[0]} `));
  // A summary may hold an ellipsis of SQL; none is cut off.
  expect(out).not.toMatch(/…$/m);
});

test("config prints every setting with its default", async () => {
  const { out } = await explain("config");
  for (const setting of [
    "sources[].type",
    "live[].ref",
    "environments.<name>.scale",
    "thresholds.stallMs",
    "policy.failOn   error | warning | info",
    "policy.review[].approvers",
    "django.operations",
  ]) {
    expect(out).toContain(setting);
  }
  expect(out).toContain("Default: 1000000.");
});

test("an id that does not exist is answered with the nearest", async () => {
  const { code, err } = await explain("drop-colum");
  expect(code).toBe(2);
  expect(err).toContain("did you mean `tread explain drop-column`?");
  expect((await explain("zzzzzz")).err).toContain("`tread explain` lists them all");
});
