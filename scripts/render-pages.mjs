// The examples in src/rules/*/*.md from the cases beside them, each with the report that tread prints. A test fails when one is out of date.
// usage: node scripts/render-pages.mjs
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "src/rules/page-examples.test.ts",
    "src/rules/clickhouse/page-examples.test.ts",
    "--reporter=dot",
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, TREAD_RENDER_PAGES: "1" } },
);
process.exitCode = status ?? 1;
