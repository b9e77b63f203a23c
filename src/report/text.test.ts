import { test, expect } from "vitest";
import { text } from "./text.ts";
import { unsafeReport, safeReport, readSample } from "./sample.test-helper.ts";
test("x", () => {
  console.log(text.render(unsafeReport, { color: false, width: 100, readFile: readSample, verbose: false }));
  console.log(text.render(safeReport, { color: false, width: 100, readFile: readSample, verbose: false }));
  expect(1).toBe(1);
});
