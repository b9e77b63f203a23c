import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { ADD_INDEX, NOT_NULL } from "../emit/emit.test-helper.ts";
import { planJsonSchema } from "./schema.ts";

test("schemas/plan.schema.json is what the code says (else: npm run build && node scripts/render-schemas.mjs)", () => {
  const path = join(import.meta.dirname, "..", "..", "..", "schemas", "plan.schema.json");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(planJsonSchema());
});

test("an editor that holds a plan against the schema accepts one, and refuses a step of a kind that there is not", () => {
  const validate = new Ajv2020({ allErrors: true, strict: false }).compile(planJsonSchema());
  for (const plan of [NOT_NULL, ADD_INDEX]) expect([validate(plan), validate.errors]).toEqual([true, null]);
  const [phase] = ADD_INDEX.phases;
  expect(validate({ ...ADD_INDEX, phases: [{ ...phase, steps: [{ kind: "migrat", name: "build", summary: "built" }] }] })).toBe(false);
});
