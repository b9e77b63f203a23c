// What the runs of `npm run faults` came to: one line of JSON per run in a file, so that a series can be run in portions, on several days or
// majors, and a portion that is cut off still counts with what it had.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/setup.mjs";

/** Which tread it was: the commit, and what was built (another build of the same commit is another tread). */
export function whichTread() {
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
  const built = createHash("sha256");
  const folder = join(root, "dist/bin");
  for (const name of readdirSync(folder).sort()) if (name.endsWith(".cjs")) built.update(readFileSync(join(folder, name)));
  return `${commit === "" ? "no commit" : commit} (build ${built.digest("hex").slice(0, 8)})`;
}

export function record(file, run) {
  appendFileSync(file, `${JSON.stringify(run)}\n`);
}

/** A run that was made twice counts once, and as lost when it was lost at all. */
export function readRuns(file) {
  if (!existsSync(file)) throw new Error(`${file}: there is no such file; \`npm run faults -- --into=${file}\` writes it`);
  const runs = new Map();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.trim() === "") continue;
    const run = JSON.parse(line);
    const key = [run.tread, run.postgres, run.seed, run.kind, run.run].join(" ");
    if (runs.get(key)?.wrong !== true) runs.set(key, run);
  }
  return [...runs.values()];
}

/**
 * The table, and the totals as the last line.
 * @param wanted how many runs of each kind are asked for; null: as many as there were
 * @returns whether nothing was lost, and nothing is missing
 */
export function tell(runs, titles, wanted) {
  const table = Object.entries(titles).map(([kind, title]) => {
    const own = runs.filter((run) => run.kind === kind && !run.skipped);
    const skipped = runs.filter((run) => run.kind === kind && run.skipped).length;
    return {
      title,
      runs: own.length,
      interrupted: own.filter((run) => run.disturbed).length,
      lost: own.filter((run) => run.wrong).length,
      skipped,
      wanted: wanted?.[kind] ?? 0,
    };
  });
  for (const { title, runs: n, interrupted, lost, skipped, wanted: asked } of table) {
    if (n + skipped + asked === 0) continue;
    const notes = [
      ...(skipped > 0 ? [`${skipped} skipped (no small file system here: needs root)`] : []),
      ...(n < asked ? [`${asked - n} of ${asked} still to be run`] : []),
    ];
    console.log(
      `${title.padEnd(66)} ${String(n).padStart(4)} runs, ${String(interrupted).padStart(4)} interrupted, ${lost} with a loss${notes.map((note) => `, ${note}`).join("")}`,
    );
  }
  const sum = (what) => table.reduce((total, row) => total + row[what], 0);
  const [total, losses, skipped] = [sum("runs"), sum("lost"), sum("skipped")];
  const missing = table.reduce((left, row) => left + Math.max(0, row.wanted - row.runs - row.skipped), 0);
  const verdict = losses > 0 || total === 0 ? "LOSSES" : "no row lost, none processed twice, nothing left behind";
  console.log(
    `${total} runs, ${losses} with a loss, ${skipped} skipped${missing > 0 ? `, ${missing} still to be run` : ""}: ${total === 0 ? "NOTHING RAN" : verdict}`,
  );
  return losses === 0 && total > 0 && missing === 0;
}
