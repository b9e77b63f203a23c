// `npm run conformance:clickhouse-syntax`: packs conformance/clickhouse-syntax with the parser (no build needed) and runs it.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { install, root } from "./setup.mjs";

install();
const { rolldown } = await import("rolldown");
// Below node_modules, so that the dependencies, which stay outside, are found.
const cache = join(root, "node_modules", ".cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "tread-clickhouse-syntax-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const packed = await rolldown({
  input: { main: join(root, "conformance", "clickhouse-syntax", "main.ts") },
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
});
await packed.write({ dir: folder, format: "esm", entryFileNames: "[name].js", sourcemap: "inline" });
await packed.close();
process.chdir(root);
await import(pathToFileURL(join(folder, "main.js")).href);
