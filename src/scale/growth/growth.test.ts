import { describe, expect, it } from "vitest";
import type { Environment, TableScale } from "../../model/environment.ts";
import type { GrowthSize, MeasuredGrowth } from "../../model/growth.ts";
import { fitGrowth, growthReport, intervalAt } from "./index.ts";
import { spellInterval, spellRows } from "./words.ts";

const calibration = { writeMbPerSecond: 598, scanMbPerSecond: 3643, bytes: 56_180_736 };
const thresholds = { largeRows: 1_000_000, hotReadsPerSecond: 1000, stallMs: 10 };

/** Rows, table and index megabytes, and every repetition, as a rehearsal of examples/analytics on two busy cores recorded them. */
function sizes(...recorded: readonly (readonly [rows: number, mb: number, indexMb: number, runs: readonly number[]])[]): GrowthSize[] {
  return recorded.map(([rows, mb, indexMb, runs]) => ({ rows, bytes: mb * 1e6, indexBytes: indexMb * 1e6, ms: Math.min(...runs), runs }));
}
const addUuid: MeasuredGrowth = {
  key: "people.0005_person_public_id#0",
  table: "public.person",
  work: "rewrite",
  sizes: sizes([50_000, 7.1, 3.1, [202.77, 157.24, 160.9]], [100_000, 14.2, 6.2, [326.06, 354]], [200_000, 28.5, 12.3, [699.03, 681.89]]),
  others: [],
};
const indexBuild: MeasuredGrowth = {
  key: "people.0006_distinct_id_index#0",
  table: "public.person_distinct_id",
  work: "index-build",
  sizes: sizes([50_000, 4.2, 4.5, [33.11, 23.45, 22.64]], [100_000, 8.4, 8.3, [55.88, 56.88]], [200_000, 16.9, 16.3, [131.88, 132.5]]),
  others: [],
};
const instant: MeasuredGrowth = {
  ...addUuid,
  key: "people.0008_note#0",
  work: "scan",
  sizes: sizes([50_000, 7.1, 3.1, [1.9, 1.2, 1.3]], [100_000, 14.2, 6.2, [1.1, 1.4]], [200_000, 28.5, 12.3, [1.6, 1.2]]),
};
const correlated: MeasuredGrowth = {
  ...addUuid,
  key: "people.0009_first#0",
  work: "write",
  sizes: sizes([5000, 0.7, 0.3, [410, 402]], [10_000, 1.4, 0.6, [1620, 1604]], [20_000, 2.8, 1.2, [6440, 6400]]),
};

function cloud(...tables: readonly (Partial<TableScale> & { table: string; rows: number })[]): Environment {
  const known = {
    bytes: null,
    indexBytes: null,
    readsPerSecond: null,
    writesPerSecond: null,
    longestTransactionSeconds: null,
    columns: [],
  };
  return {
    name: "cloud",
    postgres: 17,
    postgresFrom: "profile",
    assume: null,
    live: null,
    appliedThrough: null,
    profiles: [
      {
        format: "tread.scale/1",
        collectedAt: "2026-11-21T08:00:00Z",
        server: { engine: "postgres", version: "17.4" },
        tables: tables.map((table) => ({ ...known, ...table })),
      },
    ],
  };
}
const nowhere: Environment = { ...cloud(), profiles: [] };

describe("what kind of growth it is", () => {
  it("a rewrite and an index build grow with the table, an instant change does not, a correlated UPDATE grows with its square", () => {
    expect(fitGrowth(addUuid)?.chosen.model).toMatch(/^(?:linear|n-log-n)$/);
    expect(fitGrowth(indexBuild)?.chosen.model).toBe("n-log-n");
    expect(fitGrowth(instant)?.chosen).toMatchObject({ model: "constant", per: null });
    expect(fitGrowth(correlated)?.chosen).toMatchObject({ model: "quadratic", per: "rows" });
  });

  it("an index build is no square because a table leaves the processor's caches between two sizes", () => {
    const stepped: MeasuredGrowth = {
      ...indexBuild,
      sizes: sizes(
        [50_000, 7.1, 3.1, [49.1, 49.9, 48, 39.3, 40.9, 40.2]],
        [100_000, 14.2, 6.2, [68.5, 67.7, 69.4, 82.4, 81.6, 126.2]],
        [200_000, 28.5, 12.3, [258.4, 243.8, 228.5, 231.4, 245.4, 243.4]],
      ),
    };
    for (const work of ["index-build", "scan", "rewrite"] as const)
      expect(fitGrowth({ ...stepped, work })?.chosen.model).not.toBe("quadratic");
    const fit = fitGrowth(stepped);
    if (fit === null) throw new Error("no fit");
    // What the same server took at twice the rows.
    const { lowMs, highMs } = intervalAt(fit, { rows: 400_000, bytes: null, indexBytes: null });
    expect(lowMs).toBeLessThan(520);
    expect(highMs).toBeGreaterThan(520);
  });

  it("a table that has one size only tells nothing about growth", () => {
    expect(fitGrowth({ work: "scan", others: [], sizes: sizes([9000, 1, 1, [4]], [9000, 1, 1, [5]]) })).toBeNull();
    expect(growthReport({ ...addUuid, sizes: addUuid.sizes.slice(0, 1) }, calibration, [nowhere], thresholds)).toBeNull();
  });

  it("a fixed cost is not taken for growth: the part that grows is found beside it", () => {
    const fit = fitGrowth({
      work: "scan",
      others: [],
      sizes: sizes([50_000, 5, 1, [105, 106]], [100_000, 10, 2, [110, 111]], [200_000, 20, 4, [120, 121]]),
    });
    expect(fit?.chosen.fixed).toBeCloseTo(100, 0);
    const at = fit === null ? null : intervalAt(fit, { rows: 10_000_000, bytes: null, indexBytes: null });
    expect(at?.lowMs).toBeGreaterThan(500);
    expect(at?.highMs).toBeLessThan(2500);
  });
});

describe("the interval", () => {
  const width = (measured: MeasuredGrowth, rows: number): number => {
    const fit = fitGrowth(measured);
    if (fit === null) throw new Error("no fit");
    const { lowMs, highMs } = intervalAt(fit, { rows, bytes: null, indexBytes: null });
    return highMs / lowMs;
  };

  it("widens with the distance from what was measured", () => {
    const widths = [200_000, 1_000_000, 5_000_000, 100_000_000, 2_000_000_000].map((rows) => width(addUuid, rows));
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
    expect(widths[2]).toBeLessThan(4);
  });

  it("widens with the noise of the measurements", () => {
    const noisy = { ...addUuid, sizes: addUuid.sizes.map((size) => ({ ...size, runs: [size.ms, size.ms * 1.3, size.ms * 1.4] })) };
    expect(width(noisy, 5_000_000)).toBeGreaterThan(width(addUuid, 5_000_000) * 1.2);
  });

  it("spans rows and bytes where the rows there are wider than those here", () => {
    const report = (bytes: number | null): readonly number[] => {
      const environment = cloud({ table: "public.person", rows: 2_000_000_000, bytes });
      const estimate = growthReport(addUuid, calibration, [environment], thresholds)?.estimates[0];
      return [estimate?.lowMs ?? 0, estimate?.highMs ?? 0];
    };
    const [low = 0, high = 0] = report(null);
    const [wideLow = 0, wideHigh = 0] = report(2_000_000_000 * 600);
    expect(wideLow / low).toBeCloseTo(1, 2);
    expect(wideHigh).toBeGreaterThan(high * 1.5);
  });

  it("reaches down where the other table of a foreign key does not grow in step", () => {
    const measured: MeasuredGrowth = { ...addUuid, work: "scan", others: [{ table: "public.team", rows: [50_000, 100_000, 200_000] }] };
    const alone = growthReport(
      measured,
      calibration,
      [cloud({ table: "public.person", rows: 2e9 }, { table: "public.team", rows: 2e9 })],
      thresholds,
    );
    const small = growthReport(
      measured,
      calibration,
      [cloud({ table: "public.person", rows: 2e9 }, { table: "public.team", rows: 1e6 })],
      thresholds,
    );
    expect((small?.estimates[0]?.lowMs ?? 0) / (alone?.estimates[0]?.lowMs ?? 1)).toBeCloseTo(0.5, 1);
    expect(small?.estimates[0]?.highMs).toBe(alone?.estimates[0]?.highMs);
  });
});

describe("what is said", () => {
  const said = (measured: MeasuredGrowth, environment: Environment): string =>
    growthReport(measured, calibration, [environment], thresholds)
      ?.estimates.map(({ text }) => text)
      .join("\n") ?? "";

  it("an interval with its rows, what it is estimated from, and what nobody knows", () => {
    expect(said(addUuid, cloud({ table: "public.person", rows: 2_004_118_230, bytes: 811_667_883_150 }))).toMatch(
      /^\d[\d.]* to \d[\d.]* hours at 2\.0 billion rows, estimated from 50 k, 100 k and 200 k rows; unknown: your disks \(they must keep up with \d+ MB\/s\)$/,
    );
  });

  it("a rate where the size of the environment is not known, and nothing where it is said to be small", () => {
    expect(said(addUuid, nowhere)).toMatch(
      /^\d.* s per million rows.*, estimated from 50 k, 100 k and 200 k rows; unknown: the size of the table there/,
    );
    expect(said(addUuid, { ...nowhere, assume: "small" })).toBe("");
  });

  it("that nothing grows, and that a size is within what was measured", () => {
    expect(said(instant, cloud({ table: "public.person", rows: 2e9 }))).toMatch(
      /not measurably dependent on rows: measured at 50 k, 100 k and 200 k rows$/,
    );
    expect(said(addUuid, cloud({ table: "public.person", rows: 120_000 }))).toMatch(
      /at 120 k rows of person, within what was measured here$/,
    );
  });

  it("durations and sizes as people say them, rounded outwards", () => {
    expect(spellInterval(4 * 3_600_000 + 1, 6.9 * 3_600_000)).toBe("4 to 6.9 hours");
    expect(spellInterval(53_000, 300_000)).toBe("53 s to 5 minutes");
    expect(spellInterval(1234, 1240)).toBe("1230 to 1240 ms");
    expect([950, 12_500, 50_000, 999_600, 5_000_000, 2_004_118_230].map(spellRows)).toEqual([
      "950",
      "12.5 k",
      "50 k",
      "1.0 million",
      "5.0 million",
      "2.0 billion",
    ]);
  });
});
