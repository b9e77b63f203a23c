import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { bareName } from "../../model/schema.ts";
import { list, named } from "../words.ts";

export const createTrigger: Rule = ruleFor("create-trigger", {
  id: "create-trigger",
  summary: "a trigger on a table in use runs in every write of the versions that serve",
  check(change, statement, context) {
    const { table, trigger } = change;
    if (!context.existedBefore(statement, table)) return null;
    const versions = context.liveVersions;
    const when = trigger.events.length === 0 ? "every write" : `every ${list(trigger.events.map((event) => event.toUpperCase()))}`;
    return {
      severity: "info",
      about: `${table}.${trigger.name}`,
      message: `trigger ${named(trigger.name)} runs in ${when} on ${named(table)} from here on${versions.length === 0 ? "" : `, also of ${list(versions)}`}`,
      label: trigger.function === null ? "its errors become theirs" : `an error in ${bareName(trigger.function)}() becomes theirs`,
      why: "SHARE ROW EXCLUSIVE makes writes wait for a moment, reads go on. Afterwards an error in the trigger's function fails the write of a version that knows nothing of it, and its time is added to each row",
      help: "rehearse it with the versions' own writes (`tread rehearse`); in the function leave alone what the app has set itself, and catch what may fail without harm",
      evidence: context.evidence(statement, [table]),
    };
  },
});
