import { defineConfig } from "vitest/config";

const temporary = process.env["TREAD_TEST_TMPDIR"];

export default defineConfig({
  test: {
    // vitest leaves compiled modules in its own temporary folder; `scripts/test.mjs` gives it one to remove, and the tests the real one.
    env: temporary === undefined ? {} : { TMPDIR: temporary },
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "conformance/**/*.test.ts"],
    // Two cores and real Postgres servers: more workers only wait for each other.
    maxWorkers: 2,
    // Real servers on a busy machine: what a second try mends is named at the end (scripts/second-tries.mjs), and is somebody's to look into.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
