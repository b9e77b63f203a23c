import { readFileSync } from "node:fs";

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A published schema (`schemas/<name>.schema.json`), or one that nothing fits when the file is not there.
 *
 * zod takes about 70 ms of processor time to load (2 cores, Node 20: its index imports 50 locales), a seventh of what `check` may take.
 * So a value that fits the JSON Schema rendered from the zod schema is taken as it is, and zod is loaded only to say what is wrong.
 * A test holds the file equal to the zod schema, and another holds `fits` to what zod accepts.
 */
export function publishedSchema(name: "config" | "scale" | "releases" | "cluster"): JsonSchema {
  try {
    return JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), "utf8")) as JsonSchema;
  } catch {
    return { not: {} };
  }
}

/** Keywords that say nothing about the value. */
const NOTES = new Set(["$schema", "title", "description"]);

/** Whether a value satisfies a schema. A keyword that is not known here makes it false: the caller then asks zod. */
export function fits(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, wanted]) => NOTES.has(keyword) || (CHECKS[keyword]?.(wanted, value, schema) ?? false));
}

type Check = (wanted: unknown, value: unknown, schema: JsonSchema) => boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  type: (wanted, value) => {
    const types = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
    return types.includes(typeOf(value)) || (types.includes("integer") && Number.isInteger(value));
  },
  enum: (wanted, value) => (wanted as readonly unknown[]).includes(value),
  const: (wanted, value) => wanted === value,
  anyOf: (wanted, value) => (wanted as readonly JsonSchema[]).some((option) => fits(option, value)),
  oneOf: (wanted, value) => (wanted as readonly JsonSchema[]).filter((option) => fits(option, value)).length === 1,
  minLength: (wanted, value) => typeof value !== "string" || value.length >= Number(wanted),
  pattern: (wanted, value) => typeof value !== "string" || new RegExp(String(wanted)).test(value),
  minimum: (wanted, value) => typeof value !== "number" || value >= Number(wanted),
  maximum: (wanted, value) => typeof value !== "number" || value <= Number(wanted),
  exclusiveMinimum: (wanted, value) => typeof value !== "number" || value > Number(wanted),
  items: (wanted, value) => !Array.isArray(value) || value.every((item) => fits(wanted as JsonSchema, item)),
  minItems: (wanted, value) => !Array.isArray(value) || value.length >= Number(wanted),
  required: (wanted, value) => !isObject(value) || (wanted as readonly string[]).every((key) => Object.hasOwn(value, key)),
  properties: (wanted, value) =>
    !isObject(value) ||
    Object.entries(wanted as Record<string, JsonSchema>).every(([key, s]) => !Object.hasOwn(value, key) || fits(s, value[key])),
  propertyNames: (wanted, value) => !isObject(value) || Object.keys(value).every((key) => fits(wanted as JsonSchema, key)),
  additionalProperties: (wanted, value, schema) => {
    if (!isObject(value)) return true;
    const others = Object.keys(value).filter((key) => !Object.hasOwn(schema["properties"] ?? {}, key));
    return typeof wanted === "object"
      ? others.every((key) => fits(wanted as JsonSchema, value[key]))
      : wanted === true || others.length === 0;
  },
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && !Number.isFinite(value) ? "not a number" : typeof value;
}
