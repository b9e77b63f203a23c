import { describe, expect, it } from "vitest";
import type { MeasuredGrowth } from "../../model/growth.ts";
import { rehearse } from "../index.ts";
import { input, type MigrationSpec, sized } from "../input.test-helper.ts";
import type { RehearseInput, RehearseResult } from "../types.ts";

// A weather service: a reading belongs to a station, and there are few stations.
const before = [
  "CREATE TABLE station (id bigint PRIMARY KEY, name text NOT NULL)",
  "CREATE TABLE reading (id bigserial PRIMARY KEY, station_id bigint NOT NULL, celsius int, note varchar(80), taken_at timestamptz DEFAULT now())",
  "CREATE TABLE setting (key text PRIMARY KEY, value text)",
];
const production = sized({ "public.reading": 40_000_000, "public.station": 400_000, "public.setting": 12 });

async function growth(
  statements: MigrationSpec["statements"],
  more: Partial<MigrationSpec> & { readonly environment?: RehearseInput["environment"]; readonly sizes?: readonly number[] } = {},
): Promise<RehearseResult> {
  const { environment = production, sizes = [500, 1000, 2000], ...spec } = more;
  return rehearse(
    input({
      before,
      migrations: [{ id: "0002_change", statements, ...spec }],
      environment,
      maxRows: 300,
      growth: { sizes, inTime: false, repeat: 2 },
    }),
    { progress: () => {} },
  );
}
const rowsOf = (measured: MeasuredGrowth | undefined): readonly number[] => measured?.sizes.map((size) => size.rows) ?? [];

describe("growth", { timeout: 120_000 }, () => {
  it("measures what did work in proportion to a table, at every size, on the state that the statements before it leave", async () => {
    const result = await growth([
      "ALTER TABLE reading ADD COLUMN flagged boolean",
      "ALTER TABLE reading ADD COLUMN public_id uuid DEFAULT gen_random_uuid()",
      "CREATE INDEX reading_public_id ON reading (public_id)",
      "UPDATE reading SET flagged = celsius > 60",
      "ALTER TABLE reading ALTER COLUMN public_id SET NOT NULL",
      "VACUUM FULL reading",
      "COMMENT ON TABLE reading IS 'what a station saw'",
    ]);
    expect(result.statements.map(({ observed }) => observed?.error ?? null)).toEqual(Array(7).fill(null));
    expect(result.growth.map(({ key, work, table }) => [key, work, table])).toEqual([
      ["0002_change#1", "rewrite", "public.reading"],
      ["0002_change#2", "index-build", "public.reading"],
      ["0002_change#3", "write", "public.reading"],
      ["0002_change#4", "scan", "public.reading"],
      ["0002_change#5", "rewrite", "public.reading"],
    ]);
    for (const measured of result.growth) {
      expect([measured.key, rowsOf(measured)]).toEqual([measured.key, [500, 1000, 2000]]);
      for (const { runs, ms } of measured.sizes) {
        // On two copies; what leaves no trace also twice before each, undone.
        expect([measured.key, runs.length]).toEqual([measured.key, ["0002_change#3", "0002_change#5"].includes(measured.key) ? 2 : 6]);
        expect(ms).toBe(Math.min(...runs));
      }
    }
    const [, build, update, , vacuum] = result.growth;
    // The index exists where the UPDATE runs, and the UPDATE has left its old rows where VACUUM FULL runs.
    expect(update?.sizes[2]?.indexBytes).toBeGreaterThan(build?.sizes[2]?.indexBytes ?? Infinity);
    expect(vacuum?.sizes[2]?.bytes).toBeGreaterThan(1.5 * (update?.sizes[2]?.bytes ?? Infinity));
    expect(result.report.calibration?.scanMbPerSecond).toBeGreaterThan(0);
    expect(result.report.limits.filter((limit) => limit.includes("growth"))).toEqual([]);
  });

  it("keeps the proportion between the tables of a foreign key, and leaves tables alone that are small there", async () => {
    const result = await growth(
      [
        {
          sql: "ALTER TABLE reading ADD CONSTRAINT seen_by FOREIGN KEY (station_id) REFERENCES station (id)",
          changes: [
            {
              kind: "add-constraint",
              table: "public.reading",
              usingIndex: null,
              span: { file: "0002.sql", line: 1, column: 1, endLine: 1, endColumn: 1 },
              constraint: {
                name: "seen_by",
                kind: "foreign-key",
                columns: ["station_id"],
                validated: true,
                enforced: true,
                deferrable: false,
                expression: null,
                references: { relation: "public.station", columns: ["id"], onDelete: "no-action" },
                index: null,
              },
            },
          ],
        },
        "ALTER TABLE setting ALTER COLUMN value SET NOT NULL",
      ],
      { environment: sized({ "public.reading": 40_000_000, "public.station": 20_000_000, "public.setting": 12 }) },
    );
    expect(result.growth.map(({ key }) => key)).toEqual(["0002_change#0"]);
    const [key] = result.growth;
    expect(rowsOf(key)).toEqual([500, 1000, 2000]);
    for (const other of key?.others ?? []) expect(other.rows).toEqual([250, 500, 1000]);
  });

  it("a table that has fewer rows there than would be measured is measured at what it has, and at parts of it", async () => {
    const result = await growth(["CREATE INDEX station_name ON station (name)"], {
      environment: sized({ "public.reading": 40_000_000, "public.station": 8000 }),
      sizes: [4000, 16_000],
    });
    expect(result.growth.map(rowsOf)).toEqual([[2000, 8000]]);
  });

  it("runs every transaction as its tool does, and the code of a migration is stood in for", async () => {
    const facts = {
      opaque: null,
      accesses: [
        {
          table: "public.reading",
          columns: ["kelvin"],
          verb: "update" as const,
          perRow: false,
          batched: false,
          wholeTable: true,
          span: { file: "m.py", line: 1, column: 1, endLine: 1, endColumn: 1 },
        },
      ],
    };
    const result = await growth(
      [
        "ALTER TABLE reading ADD COLUMN kelvin int",
        { code: "RunPython fill", facts },
        "ALTER TABLE reading ALTER COLUMN kelvin SET NOT NULL",
      ],
      { transaction: "per-migration" },
    );
    expect(result.growth.map(({ key }) => key)).toEqual(["0002_change#2"]);
    // The code has written every row a second time.
    expect(rowsOf(result.growth[0])).toEqual([500, 1000, 2000]);
  });

  it("says what could not be measured, and why", async () => {
    const result = await growth([
      "ALTER TABLE reading ADD COLUMN wet boolean NOT NULL DEFAULT (random() < 2)",
      "DO $$ BEGIN IF (SELECT count(*) FROM reading) > 900 THEN RAISE EXCEPTION 'too many'; END IF; END $$",
      "CREATE INDEX reading_wet ON reading (wet)",
    ]);
    expect(result.growth.map(({ key, sizes }) => [key, sizes.length])).toEqual([["0002_change#0", 3]]);
    expect(result.report.limits).toContainEqual(
      expect.stringMatching(/growth of .*0002_change#2 was not measured: 0002_change#1 failed on the rows made for it \(P0001: too many\)/),
    );
  });
});
