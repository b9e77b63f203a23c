import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

// The README's first command. It ends with 0 only where each danger is found and each safe form is clean, with witnesses that agree.
it("npm run demo shows each danger, what users would have felt, and that the safe form passes", { timeout: 600_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts", "demo.mjs")], { cwd: root, encoding: "utf8" });
  expect(status, `${stdout.slice(-2000)}\n${stderr.slice(-2000)}`).toBe(0);
  expect(stdout).toContain("42703");
});
