import type { SourceSettings } from "../source.ts";
import type { PyValue } from "../django/values.ts";
import { KNOWN_FUNCTIONS } from "./roots.ts";

/** Settings of the source, as the configuration has validated them. */
export interface Options {
  /** Functions that take a statement, by the last part of their names; the known ones are always among them. */
  readonly functions: ReadonlySet<string>;
  /** Values for settings and module variables: `CLICKHOUSE_CLUSTER: main`. */
  readonly constants: ReadonlyMap<string, PyValue>;
  /** The settings module, as Django's source has it. */
  readonly settings: string | null;
}

export function optionsOf({ options }: SourceSettings): Options {
  const { functions, constants, settings } = options;
  return {
    functions: new Set([...KNOWN_FUNCTIONS, ...(Array.isArray(functions) ? functions.filter((name) => typeof name === "string") : [])]),
    constants: new Map(
      typeof constants !== "object" || constants === null
        ? []
        : Object.entries(constants).flatMap(([name, value]: [string, unknown]): [string, PyValue][] => {
            const python = pythonValue(value);
            return python === undefined ? [] : [[name, python]];
          }),
    ),
    settings: typeof settings === "string" ? settings : null,
  };
}

function pythonValue(value: unknown): PyValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isInteger(value) ? value : { kind: "float", value };
  if (!Array.isArray(value)) return undefined;
  const items = value.map(pythonValue);
  return items.every((item) => item !== undefined) ? { kind: "list", items } : undefined;
}
