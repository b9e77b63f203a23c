import type * as z from "zod";
import { nearest } from "../text/nearest.ts";
import type { ConfigProblem } from "./config-error.ts";
import { settingName, valueAt } from "./located.ts";
import type { Located } from "./located.ts";

type Issue = z.core.$ZodIssue;
type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What a schema found wrong, in the reader's words and at the reader's lines.
 * @param schema the JSON Schema of the same shape: it knows which keys exist where
 */
export function problemsOf(issues: readonly Issue[], read: Located, schema: () => JsonSchema): ConfigProblem[] {
  return issues.flatMap((issue): ConfigProblem[] => {
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema(), issue.path);
      return issue.keys.map((key) => {
        const meant = nearest(key, known);
        const path = [...issue.path, key];
        return {
          span: read.span(path, "key"),
          setting: settingName(path),
          message: meant === null ? "unknown setting" : `unknown setting; did you mean \`${meant}\`?`,
          help: meant === null && known.length > 0 ? `known here: ${known.join(", ")}` : "",
        };
      });
    }
    const value = valueAt(read.value, issue.path);
    return [{ span: read.span(issue.path, "value"), setting: settingName(issue.path), message: sentence(issue, value), help: "" }];
  });
}

const TYPES: Readonly<Record<string, string>> = {
  object: "a mapping of settings",
  record: "a mapping of names to settings",
  array: "a list",
  string: "text",
  number: "a number",
  boolean: "true or false",
};

function sentence(issue: Issue, value: unknown): string {
  if (value === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value")) return "is missing";
  switch (issue.code) {
    case "invalid_type": {
      const own = issue.message.startsWith("Invalid input") ? `expected ${TYPES[issue.expected] ?? issue.expected}` : issue.message;
      const quotes = issue.expected === "string" && (typeof value === "number" || typeof value === "boolean") ? "; put it in quotes" : "";
      return `${own}, found ${found(value)}${quotes}`;
    }
    case "invalid_value": {
      if (!issue.message.startsWith("Invalid")) return `${issue.message}, found ${found(value)}`;
      const choices = issue.values.map(String);
      const meant = typeof value === "string" ? nearest(value, choices) : null;
      return `expected ${listed(choices)}, found ${found(value)}${meant === null ? "" : `; did you mean "${meant}"?`}`;
    }
    case "invalid_union":
    case "invalid_format":
      return `${issue.message}, found ${found(value)}`;
    case "too_small":
    case "too_big":
      return issue.message.startsWith("Too") ? `${issue.message.toLowerCase()}, found ${found(value)}` : issue.message;
    default:
      return issue.message;
  }
}

function listed(choices: readonly string[]): string {
  const shown = choices.length > 8 ? [...choices.slice(0, 8), "…"] : choices;
  const quoted = shown.map((choice) => (choice === "…" ? choice : `"${choice}"`));
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1) ?? ""}`;
}

/** A value as the reader wrote it, short. */
export function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value) ?? "something that is no data";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The keys that a JSON Schema allows in the object at `path`. */
function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let current: JsonSchema | undefined = schema;
  for (const part of path) current = current && step(objectLike(current), part);
  const properties = current && objectLike(current)["properties"];
  return properties && typeof properties === "object" ? Object.keys(properties).filter((key) => !key.startsWith("$")) : [];
}

function step(schema: JsonSchema, part: PropertyKey): JsonSchema | undefined {
  if (typeof part === "number") return schema["items"] as JsonSchema | undefined;
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
  return (
    properties?.[String(part)] ??
    (typeof schema["additionalProperties"] === "object" ? (schema["additionalProperties"] as JsonSchema) : undefined)
  );
}

/** `anyOf: [object, null]` is how a nullable object is written. */
function objectLike(schema: JsonSchema): JsonSchema {
  const any = schema["anyOf"] as readonly JsonSchema[] | undefined;
  return any?.find((option) => option["type"] === "object" || option["type"] === "array") ?? schema;
}
