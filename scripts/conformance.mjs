// `npm run conformance`: packs conformance/ with the sources it tests (0.1 s, no build needed) and runs it.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { install, root } from "./setup.mjs";

install();
// `npm run conformance:clickhouse`: the cases of the other engine. `npm run recipes`: plans, from the unsafe form to its end.
const room = ["clickhouse", "recipes"].find((name) => name === process.argv[2]) ?? "";
if (room !== "") process.argv.splice(2, 1);
const { rolldown } = await import("rolldown");
// Below node_modules, so that the dependencies, which stay outside, are found.
const cache = join(root, "node_modules", ".cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "tread-conformance-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const packed = await rolldown({
  input: { main: join(root, "conformance", room, "main.ts") },
  // Node 20 has no `using`.
  transform: { target: "node20" },
  platform: "node",
  external: (id) => !id.startsWith(".") && !id.startsWith("@oxc-project/") && !isAbsolute(id),
});
await packed.write({ dir: folder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", sourcemap: "inline" });
await packed.close();
process.chdir(root);
await import(pathToFileURL(join(folder, "main.js")).href);
