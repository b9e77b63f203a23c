import { expect, test } from "vitest";
import type { GrowthWork } from "../../model/growth.ts";
import { fitGrowth, intervalAt } from "./index.ts";
import recorded from "./recorded.test-helper.json" with { type: "json" };

/**
 * `npm run bench:growth -- --record=FILE` on 23 November 2026, two cores, PostgreSQL 18.4: fourteen statements at 50,000, 100,000 and
 * 200,000 rows, and the real run of each at 5 million on the same machine.
 */
const REAL_ROWS = 5_000_000;

const measured = recorded.map(({ sizes, work, joins, ...rest }) => ({
  ...rest,
  fit: fitGrowth({
    work: work as GrowthWork,
    others: joins ? [{ table: "public.carrier", rows: [1000, 2000, 4000] }] : [],
    sizes: (sizes as [number, number, number, number[]][]).map(([rows, bytes, indexBytes, runs]) => ({
      rows,
      bytes,
      indexBytes,
      runs,
      ms: Math.min(...runs),
    })),
  }),
}));

test.each(measured)("$name: what 200,000 rows tell holds at 5 million", ({ fit, realMs }) => {
  if (fit === null) throw new Error("no fit");
  const { lowMs, highMs } = intervalAt(fit, { rows: REAL_ROWS, bytes: null, indexBytes: null });
  expect(lowMs).toBeLessThanOrEqual(realMs);
  expect(highMs).toBeGreaterThanOrEqual(realMs);
});

test("the intervals say something: half of them are narrower than one to four", () => {
  const widths = measured.flatMap(({ fit }) => {
    if (fit === null) return [];
    const { lowMs, highMs } = intervalAt(fit, { rows: REAL_ROWS, bytes: null, indexBytes: null });
    return [highMs / lowMs];
  });
  expect(widths).toHaveLength(measured.length);
  expect(widths.filter((width) => width < 4).length).toBeGreaterThanOrEqual(widths.length / 2);
});
