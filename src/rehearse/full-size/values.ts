import type { EngineError } from "../../model/effects.ts";

/**
 * An error of the clone as it may be shown: real values stay there. Messages about the schema and about constraints name no value (the
 * DETAIL does, and is never read); those about data quote it, and what a function raises may hold anything.
 */
export function withoutValues(error: EngineError): EngineError {
  const { sqlstate, message } = error;
  if (/^(?:42|23|0A|25|40|53|54|55|57|2[5BDF]|3[BDF])/.test(sqlstate)) return error;
  if (sqlstate.startsWith("22"))
    return { sqlstate, message: message.replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\d{3,}/g, '"…"').split("\n")[0] ?? "" };
  return { sqlstate, message: "its message is left out: it may hold values" };
}
