import { describe, expect, test } from "vitest";
import { hasEngine } from "./engine.ts";
import { generate } from "./generate.ts";
import { check, handWritten } from "./main.ts";

/** `npm run conformance:clickhouse-syntax` runs 20,000 of them. */
const generated = 2_000;

const engine = hasEngine() ? describe : describe.skip;

engine("ClickHouse's own parser agrees with ours", () => {
  for (const { name, statements } of handWritten("conformance/clickhouse-syntax/statements")) {
    test(`on the statements of ${name}`, async () => {
      expect((await check(name, statements)).disagreements).toEqual([]);
    });
  }

  test(`on ${generated} statements that nobody wrote, a good part of them with a mistake in it`, async () => {
    const row = await check("generated", generate(20_261_122, generated));
    expect(row.disagreements).toEqual([]);
    expect(row.accepted).toBeGreaterThan(generated * 0.4);
    expect(row.accepted).toBeLessThan(generated * 0.7);
  });
});
