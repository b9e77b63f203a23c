// tsc, and what tsc leaves where it is: the rules' pages, which `tread explain` prints.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readdirSync } from "node:fs";
import { install, root, run } from "./setup.mjs";

install();
const dist = join(root, "dist");
if (existsSync(dist)) rmSync(dist, { recursive: true });
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"]);
const source = join(root, "src");
for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !/\.(md|json)$/.test(entry.name)) continue;
  const from = join(entry.parentPath ?? entry.path, entry.name);
  if (/[\\/](fixtures|oracle)[\\/]/.test(from)) continue;
  const to = join(dist, relative(source, from));
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
writeFileSync(join(dist, ".built"), "");
