import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

// `npm run faults` is hundreds of them; these are a few, on the same server and by the same judge.
test("tread apply survives kills, cuts, a server that dies and a second applier", { timeout: 400_000 }, () => {
  const counts = ["--kills=3", "--boundaries=2", "--servers=1", "--cuts=2", "--disks=0", "--twins=1", "--rows=4000", "--seed=7"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "..", "bench", "faults.mjs"), ...counts], {
    encoding: "utf8",
  });
  expect(status, stderr.slice(-3000)).toBe(0);
  expect(stderr).not.toContain("✗");
  expect(stdout.trim().split("\n").at(-1)).toBe("9 runs, 0 with a loss, 0 skipped: no row lost, none processed twice, nothing left behind");
});
