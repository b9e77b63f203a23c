import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/setup.mjs";

export const PEERS = { "squawk-cli": "2.66.0", "@flvmnt/pgfence": "0.1.5" };

/** The peers are measured, not used: they live in the cache folder of the repository and in no list of dependencies. */
export function installPeers() {
  const home = join(root, ".cache", "peers");
  const squawkPackage = join(home, "node_modules", "@squawk-cli");
  const pgfence = join(home, "node_modules", "@flvmnt", "pgfence", "dist", "index.js");
  if (!existsSync(squawkPackage) || !existsSync(pgfence)) {
    console.log(`· installing the peers into ${home}`);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies: PEERS }));
    const { status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--silent"], { cwd: home, encoding: "utf8" });
    if (status !== 0) throw new Error(`the peers could not be installed from the package index:\n${stderr}`);
  }
  const platform = readdirSync(squawkPackage)[0];
  return { squawk: join(squawkPackage, platform, "bin", "squawk"), pgfence };
}
