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
    config === "tread.config.yaml" ? [1] : [0],
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
    parts.push(`${distinct.length} queries of ${versions} fail (SQLSTATE ${states})`);
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

title(`What would have happened to users (rehearsed on ${dangerous.rehearsal.server}; stalls grow with the rows, here at most 200,000)`);
let wrong = 0;
for (const { wish, first, safe: forms } of WISHES) {
  const caught = [...new Set(errors(dangerous, first).map((finding) => finding.rule))];
  const left = forms.flatMap((id) => errors(safe, id));
  const unseen = forms.filter((id) => statements(safe, id).length === 0);
  if (caught.length === 0 || left.length > 0 || unseen.length > 0) wrong++;
  console.log(wish);
  console.log(`  ${first}`);
  console.log(`      ${fate(dangerous, first)}`);
  console.log(`      ${caught.length > 0 ? `caught: ${caught.join(", ")}` : "NOT CAUGHT"}`);
  console.log(`  safe: ${forms.join(" → ")}`);
  console.log(
    `      ${unseen.length > 0 ? `NOT RUN: ${unseen.join(", ")}` : left.length === 0 ? `passes; longest stall ${Math.max(0, ...forms.flatMap((id) => statements(safe, id).map((s) => s.traffic?.longestStallMs ?? 0))).toFixed(0)} ms, 0 broken queries` : `STILL UNSAFE: ${left.map((f) => f.rule).join(", ")}`}\n`,
  );
}
console.log(
  wrong === 0
    ? `${WISHES.length} dangers caught, ${WISHES.length} safe forms pass.`
    : `${wrong} of ${WISHES.length} wishes did not come out as they should.`,
);
console.log("\nYour own project: `node bin/tread.js init` there, or `node bin/tread.js check path/to/migrations`. See README.md.");
process.exitCode = wrong === 0 ? 0 : 1;
