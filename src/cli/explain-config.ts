import { wrap } from "../text/width.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Settings and their defaults, from the schema that checks them. */
export function describeConfig(schema: JsonSchema, width: number): string {
  const lines = [
    "tread.config.yaml (or .json, .ts, .mjs; scripts are read, never run)",
    "Without a config file the sources are detected and there is one environment of which nothing is known.",
    "",
  ];
  describeProperties(schema, "", lines, width);
  return `${lines.join("\n")}\n`;
}

const TOP: Readonly<Record<string, string>> = {
  sources: "Where migrations come from. Default: detected.",
  live: "Versions of the app that may be serving while a migration runs. Default: none.",
  environments: "Where the migrations run, by name. Default: one of which nothing is known.",
};

function describeProperties(schema: JsonSchema, prefix: string, lines: string[], width: number): void {
  for (const [key, property] of Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>)) {
    if (key.startsWith("$")) continue;
    const name = prefix === "" ? key : `${prefix}.${key}`;
    const text = typeof property["description"] === "string" ? property["description"] : (TOP[name] ?? "");
    const { inner, suffix } = nested(property);
    lines.push(`  ${name}${suffix}${choices(property)}`, ...wrap(text, width - 8).map((line) => `        ${line}`));
    // `django` inside a source says the same as at the top.
    if (inner !== null && name !== "sources[].django") describeProperties(inner, `${name}${suffix}`, lines, width);
    if (prefix === "") lines.push("");
  }
}

function nested(property: JsonSchema): { inner: JsonSchema | null; suffix: string } {
  const items = property["items"] as JsonSchema | undefined;
  if (items !== undefined) return { inner: objectOf(items), suffix: objectOf(items) === null ? "" : "[]" };
  const each = property["additionalProperties"];
  if (typeof each === "object" && each !== null) return { inner: objectOf(each as JsonSchema), suffix: ".<name>" };
  return { inner: objectOf(property), suffix: "" };
}

function objectOf(schema: JsonSchema): JsonSchema | null {
  if (schema["properties"] !== undefined) return schema;
  const any = schema["anyOf"] as readonly JsonSchema[] | undefined;
  return any?.find((option) => option["properties"] !== undefined) ?? null;
}

function choices(property: JsonSchema): string {
  const values = property["enum"] as readonly unknown[] | undefined;
  const short = values !== undefined && values.length <= 8 && values.every((value) => typeof value === "string");
  return short ? `   ${values.join(" | ")}` : "";
}
