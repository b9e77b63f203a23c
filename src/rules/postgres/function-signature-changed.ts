import type { UserFunction } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { list, named } from "../words.ts";

export const functionSignatureChanged: Rule = ruleFor("create-function", {
  id: "function-signature-changed",
  summary: "a function is made anew with other arguments while versions call the old one",
  check(change, _statement, context) {
    const { name } = change.function;
    const before = context.release[0]?.before.functions.get(name);
    const dropped = context.release.some((other) => changesOf(other, "drop-function").some((drop) => drop.name === name));
    if (before === undefined || !dropped || takesOldCalls(before, change.function)) return null;
    const callers = context.versionsNaming(bareName(name));
    if (context.liveVersions.length > 0 && callers.length === 0) return null;
    const who = callers.length > 0 ? list(callers) : "the version before";
    return {
      severity: "warning",
      about: name,
      message: `${named(name)} takes ${spell(change.function)}, and took ${spell(before)}`,
      label: callers.length > 0 ? `${who} ${callers.length === 1 ? "names" : "name"} it` : "who calls it is not known",
      why: `a call with as many arguments as before finds no function and fails with SQLSTATE 42883${callers.length > 0 ? `: ${who} ${callers.length === 1 ? "names" : "name"} the function in ${callers.length === 1 ? "its" : "their"} queries` : "; no live version is known, so nobody can tell whether one calls it"}`,
      help: "leave the old function, and make the new one beside it (Postgres tells functions apart by their arguments) or give new arguments a default; drop the old one when no version calls it any more",
      evidence: [],
      liveVersions: callers,
    };
  },
});

function takesOldCalls(before: UserFunction, after: UserFunction): boolean {
  const [old, next] = [before.arguments, after.arguments];
  if (old === undefined || next === undefined) return true;
  return next.least <= old.least && (next.most === null || (old.most !== null && next.most >= old.most));
}

function spell({ arguments: given }: UserFunction): string {
  if (given === undefined) return "other arguments";
  const { least, most } = given;
  const plural = (amount: number): string => (amount === 1 ? "1 argument" : `${amount} arguments`);
  if (most === null) return `${least} or more arguments`;
  return least === most ? plural(most) : `${least} to ${plural(most)}`;
}
