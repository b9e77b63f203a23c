import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress } from "./progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("in a log there is one line per step, with the time it started at", () => {
  const written: string[] = [];
  const progress = createProgress({ write: (text) => written.push(text) });
  progress.update("starting PostgreSQL 18");
  vi.advanceTimersByTime(2100);
  progress.update("seeding person", 75);
  progress.update("seeding person", 60);
  progress.end();
  expect(written).toEqual(["0 s  starting PostgreSQL 18\n", "2 s  seeding person, about 1 min 15 s left\n"]);
});

test("on a terminal one line changes, fits, counts on, and is taken away", () => {
  const written: string[] = [];
  const progress = createProgress({ isTTY: true, columns: 40, write: (text) => written.push(text) });
  progress.update("running 0003_a_migration_with_a_very_long_name statement 2 of 9");
  vi.advanceTimersByTime(1000);
  progress.end();
  vi.advanceTimersByTime(5000);
  expect(written.map((text) => text.replace("\r\u001b[2K", "⌫"))).toEqual([
    "⌫0 s  running 0003_a_migration_with_a_v…",
    "⌫1 s  running 0003_a_migration_with_a_v…",
    "⌫1 s  running 0003_a_migration_with_a_v…",
    "⌫",
  ]);
});

test("names from migrations cannot act on the terminal", () => {
  const written: string[] = [];
  createProgress({ write: (text) => written.push(text) }).update("running \u001b[2Jevil\n\rname");
  expect(written).toEqual(["0 s  running ␛[2Jevil name\n"]);
});
