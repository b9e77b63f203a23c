// `npm run bench:example`: wall time of `tread check` from a cold start, and of `tread rehearse`, on examples/analytics.
// Absolute times are of this machine; the ratio to an empty Node process is what can be compared between machines.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, install, root } from "../scripts/setup.mjs";

install();
build();
const tread = join(root, "bin", "tread.js");
const example = join(root, "examples", "analytics");

function seconds(args, allowed) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: example, encoding: "utf8", maxBuffer: 1 << 28 });
  if (!allowed.includes(status)) throw new Error(`${args.join(" ")} ended with ${status}\n${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const runs = 9;
const empty = median(Array.from({ length: runs }, () => seconds(["-e", "0"], [0])));
const help = median(Array.from({ length: runs }, () => seconds([tread, "--help"], [0])));
const check = median(Array.from({ length: runs }, () => seconds([tread, "check", "--format", "json"], [1])));
// The same through the library: modules not packed into few files (scripts/build.mjs), wasm optimised as V8 likes (bin/load.cjs).
const library = pathToFileURL(join(root, "dist", "index.js")).href;
const untuned = `import { check, loadConfig } from ${JSON.stringify(library)}; const cwd = process.cwd(); const config = await loadConfig({ cwd });
const { report } = await check({ cwd, config, paths: [], base: null, appliedThrough: null, live: [] }, "bench"); process.stdout.write(JSON.stringify(report));`;
const loose = median(Array.from({ length: runs }, () => seconds(["--input-type=module", "-e", untuned], [0])));
const rehearse = seconds([tread, "rehearse", "--format", "json"], [1]);
const row = (name, value, target) =>
  console.log(
    `${name.padEnd(34)} ${value.toFixed(3).padStart(8)} s   ${(value / empty).toFixed(1).padStart(6)} × empty Node   target ${target}`,
  );
console.log(`Node ${process.versions.node}, ${cpus().length} cores; median of ${runs} runs, rehearse once`);
row("empty Node process", empty, "-");
row("tread --help", help, "< 0.150 s");
row("tread check, the example", check, "< 0.500 s");
row("  through the library, untuned", loose, "-");
row("tread rehearse, the example", rehearse, "< 20.000 s");
