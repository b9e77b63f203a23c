import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adviceJsonSchema } from "./schema.ts";

test("schemas/advice.schema.json is what the code says (else: npm run build && node scripts/render-schemas.mjs)", () => {
  const path = join(import.meta.dirname, "..", "..", "schemas", "advice.schema.json");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(adviceJsonSchema());
});
