// `npm run bench:check`: `tread check` on 2,500 and 10,000 generated migrations, cold, side by side with squawk's native binary and
// pgfence in one run. Absolute times are of this machine; the ratios are what can be compared. Ends with 1 when a target is missed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { build, install, root } from "../scripts/setup.mjs";
import { installPeers } from "./install-peers.mjs";
import { writeHistory } from "./sql-history.mjs";
import { whereTimeGoes } from "./where-time-goes.mjs";

const RUNS = 7;

install();
build();
const peers = installPeers();
const work = mkdtempSync(join(tmpdir(), "tread-bench-"));
let missed = false;
try {
  missed = measure();
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = missed ? 1 : 0;

function measure() {
  const tread = [process.execPath, join(root, "bin", "tread.js"), "check", "migrations"];
  const squawk = [peers.squawk];
  const pgfence = [process.execPath, peers.pgfence, "analyze"];
  const small = history(2500);
  const large = history(10_000);
  console.log(
    `Node ${process.versions.node}, ${cpus().length} cores, medians of ${RUNS} runs taken in turn, text output, findings allowed`,
  );
  console.log(`${small.files} files with ${small.statements} statements; ${large.files} files with ${large.statements}`);
  const times = inTurn({
    empty: () => run(small.folder, [process.execPath, "-e", "0"], []),
    help: () => run(small.folder, [process.execPath, join(root, "bin", "tread.js"), "--help"], []),
    tread: () => run(small.folder, tread, []),
    squawk: () => run(small.folder, squawk, small.paths),
    pgfence: () => run(small.folder, pgfence, small.paths),
    treadLarge: () => run(large.folder, tread, []),
    squawkLarge: () => run(large.folder, squawk, large.paths),
  });
  const row = (name, { seconds, megabytes }) =>
    console.log(`${name.padEnd(40)} ${seconds.toFixed(3).padStart(8)} s   ${String(Math.round(megabytes)).padStart(5)} MB at most`);
  row("empty Node process", times.empty);
  row("tread --help", times.help);
  row("tread check, 2,500 files", times.tread);
  row("squawk, 2,500 files", times.squawk);
  row("pgfence, 2,500 files", times.pgfence);
  row("tread check, 10,000 files", times.treadLarge);
  row("squawk, 10,000 files", times.squawkLarge);
  console.log("where the time of a check of 2,500 files goes (one run under V8's profiler):");
  for (const line of whereTimeGoes(small.folder, tread.slice(1), work)) console.log(line);
  const verdicts = [
    verdict("tread / squawk at 2,500 files", times.tread.seconds / times.squawk.seconds, "at most", 1),
    verdict("pgfence / tread at 2,500 files", times.pgfence.seconds / times.tread.seconds, "at least", 8),
    verdict("tread, 10,000 / 2,500 files", times.treadLarge.seconds / times.tread.seconds, "at most", 4.3),
    verdict("tread's peak memory at 2,500 files in MB", times.tread.megabytes, "at most", 350),
    verdict("tread --help in seconds", times.help.seconds, "at most", 0.15),
  ];
  console.log(verdicts.map(({ text }) => text).join("; "));
  return verdicts.some(({ ok }) => !ok);
}

function verdict(name, figure, bound, target) {
  const ok = bound === "at most" ? figure <= target : figure >= target;
  return { ok, text: `${name} ${figure.toFixed(2)} (target ${bound} ${target}: ${ok ? "met" : "missed"})` };
}

/** One run of each after the other, so that a busy minute of the machine falls on all of them. */
function inTurn(jobs) {
  const samples = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
  for (let turn = 0; turn < RUNS; turn++) for (const [name, job] of Object.entries(jobs)) samples[name].push(job());
  return Object.fromEntries(
    Object.entries(samples).map(([name, all]) => [
      name,
      { seconds: median(all.map((one) => one.seconds)), megabytes: median(all.map((one) => one.megabytes)) },
    ]),
  );
}

/** GNU time tells the largest resident set of the child. Without it memory is not measured, and that target counts as missed. */
function run(cwd, [program, ...args], paths) {
  const start = process.hrtime.bigint();
  const timed = existsSync("/usr/bin/time");
  const [command, all] = timed ? ["/usr/bin/time", ["-f", "%M", program, ...args, ...paths]] : [program, [...args, ...paths]];
  const { status, stderr, error } = spawnSync(command, all, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    maxBuffer: 1 << 28,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error !== undefined || ![0, 1].includes(status)) throw new Error(`${program} ended with ${status}: ${error ?? stderr.slice(0, 500)}`);
  const kilobytes = timed ? Number(/(\d+)\s*$/.exec(stderr)?.[1]) : Number.NaN;
  return { seconds, megabytes: kilobytes / 1024 };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function history(files) {
  const folder = join(work, String(files));
  const { statements } = writeHistory(join(folder, "migrations"), files);
  const paths = readdirSync(join(folder, "migrations")).map((name) => `migrations/${name}`);
  return { folder, files, statements, paths };
}
