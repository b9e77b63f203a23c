import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { list, named } from "../words.ts";

export const removeEnumValue: Rule = ruleFor("create-type", {
  id: "remove-enum-value",
  summary: "an enum is made anew without a value that a version of the app may still send",
  check(change, statement, context) {
    const { type } = change;
    // Where it still exists CREATE TYPE fails, or is passed over in a block that catches that: nothing is made anew.
    if (type.kind !== "enum" || statement.before.types.has(type.name)) return null;
    const before = context.release[0]?.before.types.get(type.name);
    if (before?.kind !== "enum") return null;
    const removed = before.values.filter((value) => !type.values.includes(value));
    if (removed.length === 0) return null;
    const known = context.liveVersions;
    const values = list(removed.map((value) => `\`${value}\``));
    return {
      severity: known.length > 0 ? "warning" : "error",
      about: type.name,
      message: `enum ${named(type.name)} is made anew without ${values}`,
      label: "refused from here on, wherever it is sent",
      why: `${known.length > 0 ? `values travel as parameters, so whether ${list(known)} ${known.length === 1 ? "sends" : "send"} ${values} cannot be read from the queries` : `no live version is known, so the version before this migration is presumed to send ${values}`}: a query that does fails with SQLSTATE 22P02, also one that only compares. Rows that hold ${removed.length === 1 ? "it" : "them"} make the change of type fail`,
      help: "leave the value in the enum and stop using it: it costs nothing. Where it must go, a version that no longer sends it comes first, then the rows are changed in batches, then a column of the new type takes the place of the old one, with both written meanwhile",
      evidence: [],
    };
  },
});
