import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named } from "../words.ts";

export const securityDefinerSearchPath: Rule = ruleFor("create-function", {
  id: "security-definer-search-path",
  summary: "a SECURITY DEFINER function whose search_path its caller decides",
  check(change, statement, context) {
    const { name, securityDefiner, settings, language } = change.function;
    if (securityDefiner !== true || settings?.includes("search_path") === true || language === "c" || language === "internal") return null;
    const end = (context.release.at(-1) ?? statement).after.functions.get(name);
    if (end !== undefined && (end.securityDefiner !== true || end.settings?.includes("search_path") === true)) return null;
    return {
      severity: "warning",
      about: name,
      message: `function ${named(name)} runs with its owner's rights and its caller's search_path`,
      label: "SECURITY DEFINER without SET search_path",
      why: "a caller who may create a table, a function or an operator in a schema of its own puts that schema first on its path; the function then uses it, with the rights of its owner",
      help: "`SET search_path = pg_catalog, pg_temp` on the function, with every name of its body qualified (pg_temp last, or it is searched first); and `REVOKE EXECUTE … FROM PUBLIC` in the same transaction, because everybody may call a new function",
      evidence: [],
    };
  },
});
