// `npm run demo`: the main job on examples/analytics. For each danger: what would have happened to users, and that its safe form passes.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { build, install, root } from "./setup.mjs";

install();
build();
const example = join(root, "examples", "analytics");
const tread = join(root, "bin", "tread.js");
const folder = mkdtempSync(join(tmpdir(), "tread-demo-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

/** What was wished, the migration that does it as it comes to mind first, and the ones that do it safely. */
const WISHES = [
  { wish: "drop a column that the old release reads", first: "people.0003_drop_legacy_id", safe: ["people.0003_drop_legacy_id"] },
  {
    wish: "make a column required",
    first: "people.0004_name_required",
    safe: ["people.0004_name_check", "people.0005_name_validated", "people.0006_name_required"],
  },
  { wish: "give every person a public id", first: "people.0005_person_public_id", safe: ["people.0007_person_public_id"] },
  { wish: "index the largest table", first: "people.0006_distinct_id_index", safe: ["people.0008_distinct_id_index"] },
  {
    wish: "fill a new column for all rows",
    first: "people.0007_lower_emails",
    safe: ["people.0009_person_email_lower", "people.0010_lower_emails"],
  },
  { wish: "add a required setting with a default", first: "plugins.0002_plugin_priority", safe: ["plugins.0002_plugin_priority"] },
  { wish: "drop a many-to-many table", first: "dashboards.0003_drop_tags", safe: ["dashboards.0003_drop_watchers"] },
];

/** The same for the events in ClickHouse. */
const EVENT_WISHES = [
  { wish: "add a column to a sharded table", first: "0002_app_version", safe: ["0002_app_version"] },
  { wish: "forget a value of an Enum", first: "0003_forget_internet_explorer", safe: ["0003_forget_internet_explorer"] },
  { wish: "make a number of a text", first: "0004_response_code_number", safe: ["0004_response_status"] },
  { wish: "a table for sessions", first: "0005_sessions", safe: ["0005_sessions"] },
];

function run(args, allowed) {
  const result = spawnSync(process.execPath, [tread, ...args], { cwd: example, stdio: ["ignore", "inherit", "inherit"] });
  if (!allowed.includes(result.status)) {
    console.error(`tread ${args.join(" ")} ended with exit code ${result.status}`);
    process.exit(result.status ?? 1);
  }
}

function report(config, verb) {
  const file = join(folder, `${config}.${verb}.json`);
  // Exit code 1 is what the dangerous form is for; anything else is a failure of the demo.
  run(
    [verb, "--config", config, "--format", "json", "--output", file, ...(verb === "rehearse" ? ["--environment", "cloud"] : [])],
    config.includes("safe") ? [0] : [1],
  );
  return JSON.parse(readFileSync(file, "utf8"));
}

const title = (text) => console.log(`\n${process.stdout.isTTY ? styleText("bold", text) : text}\n`);

title("1. tread check: seven wishes, each in the form that comes to mind first (no database, no Python)");
run(["check"], [1]);
title("2. tread rehearse: the same migrations on a real PostgreSQL 17, while the old versions keep asking");
const dangerous = report("tread.config.yaml", "rehearse");
title("3. the safe form of each, once v1.42 is retired");
const safe = report("tread.safe.yaml", "rehearse");

const statements = (from, id) => from.migrations.find((m) => m.id === id)?.statements ?? [];
const errors = (from, id) => from.findings.filter((finding) => finding.migration === id && finding.environments.cloud === "error");
const brokenAfter = (from, id) => {
  const keys = from.compatibility.cells.filter(
    (cell) => cell.environment === "cloud" && cell.step.startsWith(`${id}#`) && cell.broken.length > 0,
  );
  const before = new Set(priorBroken(from, id));
  return keys.flatMap((cell) =>
    cell.broken
      .filter((b) => b.use === "certain" && !before.has(`${cell.version}\0${b.query}`))
      .map((b) => ({ ...b, version: cell.version })),
  );
};
function priorBroken(from, id) {
  const steps = from.compatibility.steps;
  const first = steps.findIndex((step) => step.startsWith(`${id}#`));
  const earlier = new Set(steps.slice(0, first));
  return from.compatibility.cells
    .filter((cell) => cell.environment === "cloud" && earlier.has(cell.step))
    .flatMap((cell) => cell.broken.map((b) => `${cell.version}\0${b.query}`));
}
function fate(from, id) {
  const broken = brokenAfter(from, id);
  const parts = [];
  const distinct = [...new Map(broken.map((b) => [`${b.version}\0${b.query}`, b])).values()];
  if (distinct.length > 0) {
    const versions = [...new Set(distinct.map((b) => b.version))].join(", ");
    const states = [...new Set(distinct.map((b) => b.sqlstate))].join(", ");
    const many = `${distinct.length} ${distinct.length === 1 ? "query" : "queries"} of ${versions} ${distinct.length === 1 ? "fails" : "fail"}`;
    parts.push(`${many} (${/^\d{1,4}$/.test(states) ? "code" : "SQLSTATE"} ${states})`);
  }
  const damage = statements(from, id).flatMap((s) => (s.observed?.silent?.what ? [oneLine(s.observed.silent.what)] : []));
  if (damage.length > 0) parts.push([...new Set(damage)].slice(0, 2).join("; "));
  if (from.migrations.some((m) => m.id === id && m.database === "clickhouse")) {
    const written = statements(from, id).reduce((sum, s) => sum + (s.observed?.bytesWritten ?? 0), 0);
    if (written > 0) parts.push(`writes ${(written / 1e6).toFixed(1)} MB anew for 200,000 rows`);
    return parts.length === 0 ? "accepted without a word" : parts.join("; ");
  }
  const stall = Math.max(0, ...statements(from, id).map((s) => s.traffic?.longestStallMs ?? 0));
  parts.push(`longest stall ${stall.toFixed(0)} ms`);
  const work = statements(from, id).flatMap((s) => [
    ...(s.observed?.rewrites ?? []).map((t) => `rewrites ${t}`),
    ...(s.observed?.scans ?? []).map((t) => `scans ${t}`),
  ]);
  if (work.length > 0) parts.push([...new Set(work)].join(", "));
  return parts.join("; ");
}

function oneLine(text) {
  const line = text.replace(/\s+/g, " ");
  return line.length > 170 ? `${line.slice(0, 168)}…` : line;
}

/** Prints what became of each wish. @returns how many did not come out as they should */
function outcomes(wishes, dangerous, safe) {
  let wrong = 0;
  for (const { wish, first, safe: forms } of wishes) {
    const caught = [...new Set(errors(dangerous, first).map((finding) => finding.rule))];
    const left = forms.flatMap((id) => errors(safe, id));
    const unseen = forms.filter((id) => statements(safe, id).length === 0);
    if (caught.length === 0 || left.length > 0 || unseen.length > 0) wrong++;
    console.log(wish);
    console.log(`  ${first}`);
    console.log(`      ${fate(dangerous, first)}`);
    console.log(`      ${caught.length > 0 ? `caught: ${caught.join(", ")}` : "NOT CAUGHT"}`);
    console.log(`  safe: ${forms.join(" → ")}`);
    const stalls = forms.flatMap((id) => statements(safe, id).map((s) => s.traffic?.longestStallMs ?? 0));
    const clickhouse = safe.migrations.some((m) => m.database === "clickhouse");
    const quiet = clickhouse ? "passes; every probe arrives once" : `passes; longest stall ${Math.max(0, ...stalls).toFixed(0)} ms`;
    console.log(
      `      ${unseen.length > 0 ? `NOT RUN: ${unseen.join(", ")}` : left.length === 0 ? `${quiet}, 0 broken queries` : `STILL UNSAFE: ${left.map((f) => f.rule).join(", ")}`}\n`,
    );
  }
  console.log(
    wrong === 0
      ? `${wishes.length} dangers caught, ${wishes.length} safe forms pass.`
      : `${wrong} of ${wishes.length} wishes did not come out as they should.`,
  );
  return wrong;
}

title(`What would have happened to users (rehearsed on ${dangerous.rehearsal.server}; stalls grow with the rows, here at most 200,000)`);
let wrong = outcomes(WISHES, dangerous, safe);

title("4. ClickHouse: four wishes for the events (Kafka → view → writable_events → sharded_events ← events)");
run(["check", "--config", "tread.clickhouse.yaml", "--environment", "cloud"], [1]);
title("5. tread rehearse: the same migrations on a real ClickHouse, with rows that hold every boundary value, and their safe form");
const events = report("tread.clickhouse.yaml", "rehearse");
const safeEvents = report("tread.clickhouse.safe.yaml", "rehearse");
title(`What would have happened to the events (rehearsed on ${events.rehearsal.server})`);
wrong += outcomes(EVENT_WISHES, events, safeEvents);
title("6. tread advise: which sorting key would have served the sessions, measured");
run(
  [
    "advise",
    "web.sessions",
    "--config",
    "tread.clickhouse.yaml",
    "--environment",
    "cloud",
    "--sample-rows",
    "100000",
    "--candidates",
    "2",
    "--search-seconds",
    "3",
  ],
  [0],
);

console.log("\nYour own project: `node bin/tread.js init` there, or `node bin/tread.js check path/to/migrations`. See README.md.");
process.exitCode = wrong === 0 ? 0 : 1;
