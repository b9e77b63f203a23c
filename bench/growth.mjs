// `npm run bench:growth`: what tread says from 50,000, 100,000 and 200,000 rows about the 12 commonest statements, against a real run of
// the same statements at 5 million rows on the same kind of server. Times are of this machine; inside or not is what counts.
// Options: --rows=5000000, --without=<names, comma between> (leaves statements out of both runs), --record=<file> (the measurements as JSON).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, install, root } from "../scripts/setup.mjs";

install();
build();
const { loadConfig, rehearseProject } = await import(pathToFileURL(join(root, "dist", "index.js")).href);
const option = (name, otherwise) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const rows = Number(option("rows", "5000000"));
/** An interval that says nothing holds everything. Of the median: a noisy minute on this machine widens single ones, as it should. */
const TARGET_RATIO = 4;

// A freight forwarder's shipments, as wide as tables are: about 130 bytes a row.
const BEFORE = `CREATE TABLE carrier (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE shipment (id bigint NOT NULL, carrier_id bigint NOT NULL, reference varchar(60), weight int, price numeric(12,2),
  note varchar(200), booked_at timestamptz NOT NULL DEFAULT now(), updated_by text);`;
const without = option("without", "").split(",");
const STATEMENTS = [
  ["ADD PRIMARY KEY", "ALTER TABLE shipment ADD PRIMARY KEY (id);"],
  ["SET NOT NULL", "ALTER TABLE shipment ALTER COLUMN reference SET NOT NULL;"],
  ["ADD CHECK", "ALTER TABLE shipment ADD CONSTRAINT weight_known CHECK (weight > -2000000000);"],
  ["ADD FOREIGN KEY", "ALTER TABLE shipment ADD CONSTRAINT carrier_known FOREIGN KEY (carrier_id) REFERENCES carrier (id);"],
  ["", "ALTER TABLE shipment ADD CONSTRAINT price_known CHECK (price IS NOT NULL OR weight IS NOT NULL) NOT VALID;"],
  ["VALIDATE CONSTRAINT", "ALTER TABLE shipment VALIDATE CONSTRAINT price_known;"],
  ["CREATE INDEX (int)", "CREATE INDEX shipment_weight ON shipment (weight);"],
  ["CREATE INDEX (text)", "CREATE INDEX shipment_updated_by ON shipment (updated_by);"],
  ["CREATE INDEX (two columns)", "CREATE INDEX shipment_carrier ON shipment (carrier_id, booked_at);"],
  ["CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX shipment_reference ON shipment (reference);"],
  ["ALTER TYPE int → bigint", "ALTER TABLE shipment ALTER COLUMN weight TYPE bigint;"],
  ["ALTER TYPE narrower varchar", "ALTER TABLE shipment ALTER COLUMN note TYPE varchar(120);"],
  ["ADD COLUMN volatile default", "ALTER TABLE shipment ADD COLUMN public_id uuid DEFAULT gen_random_uuid();"],
  ["UPDATE of every row", "UPDATE shipment SET price = price * 1.02;"],
  ["VACUUM FULL", "VACUUM FULL shipment;"],
].filter(([name]) => name === "" || !without.includes(name));

const folder = mkdtempSync(join(tmpdir(), "tread-growth-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
const file = (name, text) => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
};
file("migrations/0001_start.sql", BEFORE);
STATEMENTS.forEach(([, sql], i) => file(`migrations/${String(i + 2).padStart(4, "0")}_step.sql`, sql));
const table = (name, count) => ({ table: `public.${name}`, rows: count });
const scale = {
  format: "tread.scale/1",
  collectedAt: "2026-11-21T08:00:00Z",
  server: { engine: "postgres", version: "18.0" },
  tables: [table("shipment", rows), table("carrier", Math.round(rows / 50))],
};
file("scale.json", JSON.stringify(scale));
file(
  "tread.config.yaml",
  `sources: [{ type: sql-dir, path: migrations, appliedThrough: 0001_start }]\nenvironments: { target: { postgres: 18, scale: scale.json } }\n`,
);

async function growth(sizes, repeat) {
  const config = await loadConfig({ cwd: folder });
  const options = { cwd: folder, config, paths: [], base: null, appliedThrough: null, live: [], maxRows: 1000, offline: false };
  const signal = new AbortController().signal;
  const { report } = await rehearseProject({ ...options, signal, growth: { sizes, inTime: false, ...repeat } }, "bench", {
    progress: (message) => console.error(`· ${message}`),
  });
  const trouble = report.rehearsal?.limits.filter((limit) => limit.startsWith("growth")) ?? [];
  if (trouble.length > 0) console.error(trouble.join("\n"));
  return report;
}

const statementsOf = (report) => report.migrations.flatMap((migration) => migration.statements);
const predicted = await growth([50_000, 100_000, 200_000], {});
const real = await growth([100_000, rows], { repeat: 1 });
const calibration = predicted.rehearsal.calibration;
console.log(
  `Node ${process.versions.node}, ${cpus().length} cores, ${predicted.rehearsal.server}: writes ${calibration.writeMbPerSecond} MB/s, scans ${calibration.scanMbPerSecond} MB/s; real runs at ${rows.toLocaleString("en-US")} rows`,
);
const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`.padStart(8);
let inside = 0;
let asked = 0;
const ratios = [];
for (const [i, [name, sql]] of STATEMENTS.entries()) {
  if (name === "") continue;
  asked++;
  const forecast = statementsOf(predicted)[i]?.growth;
  const estimate = forecast?.estimates[0];
  const measured = statementsOf(real)[i]?.growth?.sizes.at(-1)?.ms;
  if (estimate?.lowMs == null || measured === undefined) {
    console.log(`${name.padEnd(28)} no forecast or no real run: ${sql}`);
    continue;
  }
  const hit = measured >= estimate.lowMs && measured <= estimate.highMs;
  const ratio = estimate.highMs / estimate.lowMs;
  if (hit) inside++;
  ratios.push(ratio);
  const last = forecast.sizes.at(-1);
  const measuredAt = `${seconds(last.ms).trim()} at ${last.rows.toLocaleString("en-US")}`;
  console.log(
    `${name.padEnd(28)} ${seconds(estimate.lowMs)} to ${seconds(estimate.highMs)} (ratio ${ratio.toFixed(1)})  real ${seconds(measured)}  ${hit ? "inside" : "OUTSIDE"}  ${forecast.model}${forecast.per === null ? "" : ` per ${forecast.per}`}, ${measuredAt}, ×${(measured / ((last.ms * rows) / last.rows)).toFixed(2)} of proportional`,
  );
}
const recordTo = option("record", null);
if (recordTo !== null) {
  const records = STATEMENTS.flatMap(([name, sql], i) => {
    const sizes = statementsOf(predicted)[i]?.growth?.sizes;
    const there = statementsOf(real)[i]?.growth?.sizes.at(-1);
    return name === "" || sizes === undefined || there === undefined ? [] : [{ name, sql, sizes, real: there }];
  });
  writeFileSync(recordTo, `${JSON.stringify({ server: predicted.rehearsal.server, calibration, records }, null, 1)}\n`);
}
ratios.sort((a, b) => a - b);
const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
const widest = ratios.at(-1) ?? 0;
const met = asked > 0 && inside === asked && median <= TARGET_RATIO;
console.log(
  `${inside} of ${asked} real runs at ${rows.toLocaleString("en-US")} rows inside the interval from ≤ 200,000 rows, high/low ${median.toFixed(1)} (median; widest ${widest.toFixed(1)}); target: all ${asked}, median ≤ ${TARGET_RATIO}: ${met ? "met" : "MISSED"}`,
);
process.exit(met ? 0 : 1);
