import { describe, expect, test } from "vitest";
import { NO_EFFECTS } from "../model/effects.ts";
import { disagreements } from "./agreement.ts";

describe("two witnesses", () => {
  const index = {
    ...NO_EFFECTS,
    locks: [{ relation: "public.show", mode: "Share" as const }],
    scans: ["public.show"],
    indexBuilds: ["public.show_title"],
  };

  test("the same effects agree, whatever the error is called", () => {
    expect(disagreements(index, { ...index })).toEqual([]);
    const failed = (message: string) => ({ ...index, error: { sqlstate: "23502", message } });
    expect(
      disagreements(failed("column contains null values"), { ...NO_EFFECTS, error: { sqlstate: "23502", message: "other words" } }),
    ).toEqual([]);
  });

  test("a stronger lock, an unseen rewrite, a scan that did not happen: each is named", () => {
    const observed = {
      ...index,
      locks: [{ relation: "public.show", mode: "AccessExclusive" as const }],
      rewrites: ["public.show"],
      scans: [],
    };
    expect(disagreements(index, observed)).toEqual([
      "locks: predicted and not observed: Share on public.show",
      "locks: observed and not predicted: AccessExclusive on public.show",
      "rewrites: observed and not predicted: public.show",
      "scans: predicted and not observed: public.show",
    ]);
  });

  test("a failure that nobody predicted, and a predicted one that did not come", () => {
    const failed = { ...NO_EFFECTS, error: { sqlstate: "42701", message: "column exists" } };
    expect(disagreements(NO_EFFECTS, failed)).toEqual(["error: predicted none, observed 42701 (column exists)"]);
    expect(disagreements(failed, NO_EFFECTS)).toEqual(["error: predicted 42701, observed none"]);
  });
});
