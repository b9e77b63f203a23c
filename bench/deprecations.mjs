// `npm run bench:deprecations`: `tread deprecations` on a generated Django repository of 1,500 Python files and 300 models, of which three
// tagged releases are live. Cold is without a cache; warm answers from it; after a change only what says the same is found again. Ends
// with 1 when a target is missed.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { build, install, root } from "../scripts/setup.mjs";
import { writeRepository } from "./django-repository.mjs";

const RUNS = 5;

install();
build();
const work = mkdtempSync(join(tmpdir(), "tread-bench-"));
let missed = false;
try {
  missed = measure();
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = missed ? 1 : 0;

function measure() {
  const folder = join(work, "repository");
  const { files, models } = writeRepository(folder);
  console.log(
    `Node ${process.versions.node}, ${cpus().length} cores, medians of ${RUNS} runs, JSON output; ${files} Python files, ${models} models, 3 live versions`,
  );
  const cold = [];
  const warm = [];
  const changed = [];
  let items = 0;
  for (let turn = 0; turn < RUNS; turn++) {
    const cache = join(work, `cache-${turn}`);
    const first = run(folder, cache);
    items = first.items;
    cold.push(first.seconds);
    warm.push(run(folder, cache).seconds);
    appendFileSync(join(folder, "app_00", "views_0.py"), `\n# ${turn}\n`);
    changed.push(run(folder, cache).seconds);
  }
  const row = (name, seconds) => console.log(`${name.padEnd(40)} ${median(seconds).toFixed(2).padStart(6)} s`);
  row("cold", cold);
  row("nothing changed", warm);
  row("one file of the working tree changed", changed);
  console.log(`${items} items listed`);
  const verdicts = [verdict("cold in seconds", median(cold), 5), verdict("nothing changed in seconds", median(warm), 1)];
  console.log(verdicts.map(({ text }) => text).join("; "));
  return verdicts.some(({ ok }) => !ok);
}

function run(folder, cache) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin", "tread.js"), "deprecations", "--format", "json"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, TREAD_CACHE: cache },
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`tread deprecations ended with ${status}: ${stderr}`);
  return { seconds, items: JSON.parse(stdout).items.length };
}

function verdict(name, figure, target) {
  const ok = figure <= target;
  return { ok, text: `${name} ${figure.toFixed(2)} (target at most ${target}: ${ok ? "met" : "missed"})` };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
