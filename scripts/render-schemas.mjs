// schemas/*.json from the zod schemas in the code. Run after `npm run build`; a test fails when a file is out of date.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adviceJsonSchema } from "../dist/advise/schema.js";
import { clusterJsonSchema } from "../dist/config/cluster/schema.js";
import { configJsonSchema } from "../dist/config/schema.js";
import { planJsonSchema } from "../dist/plan/format/schema.js";
import { reportJsonSchema } from "../dist/report/schema.js";
import { releasesJsonSchema } from "../dist/review/releases/schema.js";
import { scaleJsonSchema } from "../dist/scale/schema.js";

const folder = join(import.meta.dirname, "..", "schemas");
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries({
  advice: adviceJsonSchema(),
  cluster: clusterJsonSchema(),
  config: configJsonSchema(),
  plan: planJsonSchema(),
  report: reportJsonSchema(),
  scale: scaleJsonSchema(),
  releases: releasesJsonSchema(),
})) {
  writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
