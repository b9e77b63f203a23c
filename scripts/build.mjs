// tsc, and what tsc leaves where it is: the rules' pages, which `tread explain` prints.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { dirname, isAbsolute, join, relative } from "node:path";
import { install, root, run } from "./setup.mjs";

install();
const dist = join(root, "dist");
if (existsSync(dist)) rmSync(dist, { recursive: true });
run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"]);
const source = join(root, "src");
for (const entry of readdirSync(source, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !/\.(md|json)$/.test(entry.name) || entry.name.includes(".test-helper.")) continue;
  const from = join(entry.parentPath ?? entry.path, entry.name);
  if (/[\\/](fixtures|oracle)[\\/]/.test(from)) continue;
  const to = join(dist, relative(source, from));
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
// The command line is hundreds of modules, and loading them one by one is a large part of a check (`npm run bench:example` shows it):
// what tsc wrote is packed into a few files, split where the code itself loads lazily, without comments and indentation (V8 reads every
// character). Dependencies stay outside, but for two that every check needs and that come as 80 files: a tenth of its time.
const PACKED = ["commander", "semver", "yaml"];
const { rolldown } = await import("rolldown");
const packed = await rolldown({
  input: { main: join(dist, "cli", "main.js") },
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id) && !PACKED.some((name) => id === name || id.startsWith(`${name}/`)),
});
await packed.write({
  dir: join(dist, "bin"),
  // Loaded by bin/load.cjs. What the code imports lazily is required lazily: an `import()` in code from a store has no loader.
  format: "cjs",
  dynamicImportInCjs: false,
  entryFileNames: "[name].cjs",
  chunkFileNames: "[name]-[hash].cjs",
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await packed.close();
const notices = PACKED.map((name) => `${name}\n\n${readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8")}`);
writeFileSync(join(dist, "bin", "third-party-licences.txt"), notices.join("\n\n"));
// A check of the example, so that the store holds what a check runs.
const warm = `const cli = require(${JSON.stringify(join(root, "bin", "load.cjs"))}); cli.main(["check", "--format", "json", "--output", ${JSON.stringify(devNull)}]).then(() => cli.writeStore());`;
run(process.execPath, ["-e", warm], { cwd: join(root, "examples", "analytics"), stdio: "ignore" });
writeFileSync(join(dist, ".built"), "");
